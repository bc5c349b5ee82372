"""`rego watch`: what it prints of each update, and the real command in a process of its own."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import msgspec
import pytest
from msgspec.structs import replace

from rego.cli.exit_codes import ExitCode
from rego.cli.output import Output
from rego.cli.watching import ENDINGS, Lines, Sieve, Wanted, Watcher
from rego.client import cards
from rego.client.blocking import Client
from rego.client.boards import delete_board, list_boards
from rego.client.call import Call
from rego.client.updates import Ended, EventCame, Offline, Online, PresenceCame, SnapshotCame
from rego.wire.cards import UpdateCard
from rego.wire.codec import read_event
from rego.wire.errors import Gone
from rego.wire.event_data import RawEvent
from rego.wire.frames import Advice, Hello, Resume
from tests.cli.conftest import Person, Rego
from tests.cli.payloads import HOSTILE, steering
from tests.cli.samples import NOON, board, id_of, snapshot


def hello(resume: Resume, seq: int = 7, reason: str | None = None) -> Online:
    frame = Hello(connection_id="c", board_id=id_of(1), epoch="e", seq=seq, heartbeat=15.0, resume=resume, reason=reason)
    return Online(hello=frame)


def offline(reason: str = "connection refused") -> Offline:
    return Offline(since=NOON, reason=reason, retry_in=1.0)


def event(seq: int, title: str = "x") -> EventCame:
    data = msgspec.Raw(json.dumps({"type": "card.archived", "title": title}, ensure_ascii=False).encode())
    raw = RawEvent(seq=seq, board_id=id_of(1), type="card.archived", at=datetime(2026, 11, 23, tzinfo=UTC), data=data)
    return EventCame(event=read_event(raw), raw=raw)


class Trimmed:
    """A log of which nothing is kept any more."""

    async def send(self, call: Call[Any]) -> Any:
        raise Gone("Trimmed.")


class Watched:
    """A watcher with its two streams."""

    def __init__(self, since: int | None = None) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        output = Output(self.out, self.err)
        cursor = None if since is None else ("e", since)
        self.watcher = Watcher(output, board(), cursor, Sieve(), Lines(output, Wanted()))

    def take(self, update: Any) -> ExitCode | None:
        return asyncio.run(self.watcher.take(update, Trimmed()))

    def said(self, *updates: object) -> list[str]:
        for update in updates:
            self.take(update)
        return self.err.getvalue().splitlines()


def test_it_begins_by_saying_where() -> None:
    assert Watched().said(hello(Resume.SNAPSHOT, 7)) == ["watching OPS (Operations) from event 8 on"]
    assert Watched(since=3).said(hello(Resume.REPLAY, 7)) == ["watching OPS (Operations) from event 4 on"]


def test_an_outage_is_told_once_and_its_end_too() -> None:
    lines = Watched().said(hello(Resume.SNAPSHOT), offline(), offline(), hello(Resume.REPLAY), offline())
    at = f"{NOON.astimezone():%H:%M:%S}"
    assert lines[1:] == [
        f"offline since {at} (connection refused), retrying",
        "back online, nothing missed",
        f"offline since {at} (connection refused), retrying",
    ]


def test_what_cannot_be_had_any_more_is_said() -> None:
    watched = Watched()
    watched.said(hello(Resume.SNAPSHOT), SnapshotCame(snapshot=snapshot([], [])), event(8), offline())
    later = SnapshotCame(snapshot=replace(snapshot([], []), seq=40))
    last = watched.said(hello(Resume.RESET, 40, "the log was trimmed"), later)[-1]
    assert last == "online, but the events after 8 cannot be had any more: the log was trimmed; on from 40"


def test_events_are_one_json_object_a_line_and_nothing_else_is_on_stdout() -> None:
    watched = Watched()
    watched.said(hello(Resume.SNAPSHOT), event(8), PresenceCame(people={}), event(9))
    lines = [json.loads(line) for line in watched.out.getvalue().splitlines()]
    assert [(line["seq"], line["type"], line["data"]["title"]) for line in lines] == [
        (8, "card.archived", "x"),
        (9, "card.archived", "x"),
    ]


@pytest.mark.parametrize("advice", ENDINGS)
def test_the_end_has_a_reason_and_an_exit_code(advice: Advice) -> None:
    watched = Watched()
    assert watched.take(Ended(advice=advice, reason="the board is gone")) is ENDINGS[advice]
    assert watched.err.getvalue() == "The server has ended it: the board is gone\n"


def test_logging_in_again_is_told_apart_from_giving_up() -> None:
    assert (ENDINGS[Advice.LOG_IN], ENDINGS[Advice.STOP]) == (ExitCode.NOT_LOGGED_IN, ExitCode.NOT_FOUND)


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_in_events_and_reasons_is_escaped(payload: str) -> None:
    watched = Watched()
    watched.said(event(8, payload), offline(payload), Ended(advice=Advice.STOP, reason=payload))
    assert steering(watched.out.getvalue() + watched.err.getvalue()) == []
    assert json.loads(watched.out.getvalue())["data"]["title"] == payload
    assert len(watched.err.getvalue().splitlines()) == 2


@contextmanager
def watching(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The real command, once it has said that it watches."""
    command = [sys.executable, "-m", "rego", "watch", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            assert "watching" in stream(child.stderr).readline()
            yield child
        finally:
            child.kill()


def stream(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def test_a_move_is_printed_at_once_with_actor_from_and_to(rego: Rego, ops: str, ada: Person) -> None:
    with watching(ops) as child:
        rego("cards", "move", f"{ops}-3", "Doing", "--top")
        seen = json.loads(stream(child.stdout).readline())
        child.send_signal(signal.SIGINT)
        assert child.wait(30) == 130
        assert stream(child.stderr).read() == "Interrupted.\n"
    assert (seen["type"], seen["actor"]["username"]) == ("card.moved", ada.username)
    assert (seen["data"]["from"]["column_title"], seen["data"]["to"]["column_title"]) == ("To do", "Doing")


def test_since_brings_what_was_before(rego: Rego, ops: str) -> None:
    rego("cards", "done", f"{ops}-1")
    with watching(ops, "--since", "4") as child:
        lines = [json.loads(stream(child.stdout).readline()) for _ in range(4)]
    assert [line["seq"] for line in lines] == [5, 6, 7, 8]
    assert lines[-1]["type"] == "card.updated"


def test_a_reader_that_leaves_ends_it_well(rego: Rego, ops: str) -> None:
    with watching(ops) as child:
        stream(child.stdout).close()
        rego("cards", "done", f"{ops}-1")
        assert child.wait(30) == 0
        assert stream(child.stderr).read() == ""


def test_a_board_that_is_deleted_ends_it_with_exit_code_3(rego: Rego, ops: str, ada: Person) -> None:
    with watching(ops) as child, Client(ada.server, ada.credentials) as client:
        client.send(delete_board(client.send(list_boards())[0].id))
        assert child.wait(30) == ExitCode.NOT_FOUND
        assert stream(child.stderr).read().startswith("The server has ended it: ")


def test_an_unknown_board_is_not_watched(rego: Rego, ops: str) -> None:
    result = rego("watch", "nope")
    assert (result.code, result.out) == (3, "")


@pytest.fixture
def first_lines(rego: Rego, ops: str) -> Callable[..., list[str]]:
    """Runs the command on what has happened on the board so far; the first `count` lines that it prints."""

    def run(count: int, *arguments: str) -> list[str]:
        with watching(ops, "--since", "0", *arguments) as child:
            return [stream(child.stdout).readline().rstrip("\n") for _ in range(count)]

    return run


def test_only_events_of_a_type(rego: Rego, ops: str, first_lines: Callable[..., list[str]]) -> None:
    rego("cards", "move", f"{ops}-1", "Doing")
    rego("cards", "done", f"{ops}-1")
    assert first_lines(1, "--type", "card.moved", "--jq", ".type") == ["card.moved"]
    lines = first_lines(4, "-t", "card.*", "-t", "column.created", "--jq", ".type")
    assert lines == ["column.created"] * 3 + ["card.created"]


def test_a_type_that_no_event_has_is_refused_with_those_that_there_are(rego: Rego, ops: str) -> None:
    result = rego("watch", ops, "--type", "card.exploded")
    assert (result.code, result.out) == (2, "")
    assert "card.moved" in result.err


def test_only_events_of_cards_that_fit(rego: Rego, ops: str) -> None:
    with watching(ops, "--query", "column:Doing", "--jq", ".data.card.ref") as child:
        rego("cards", "done", f"{ops}-1")
        rego("cards", "move", f"{ops}-2", "Doing")
        rego("cards", "done", f"{ops}-3")
        rego("cards", "move", f"{ops}-2", "Done")
        rego("cards", "done", f"{ops}-2")
        rego("cards", "move", f"{ops}-3", "Doing")
        assert [stream(child.stdout).readline() for _ in range(3)] == [f"{ops}-2\n", f"{ops}-2\n", f"{ops}-3\n"]


def test_sentences(rego: Rego, ops: str, ada: Person, first_lines: Callable[..., list[str]]) -> None:
    assert first_lines(2, "--text")[1].endswith(f"{ada.username} added the column “To do”")


def test_a_command_is_run_for_each_event(rego: Rego, ops: str, home: Path) -> None:
    notes = home / "notes"
    with watching(ops, "--exec", f'echo "$REGO_EVENT_TYPE $REGO_EVENT_CARD $(wc -l)" >> {notes}; echo; exit 3') as child:
        rego("cards", "done", f"{ops}-1")
        rego("cards", "archive", f"{ops}-2")
        assert [stream(child.stdout).readline() for _ in range(2)] == ["\n", "\n"]
        assert stream(child.stderr).readline().startswith("the command ended with code 3 for event ")
    assert notes.read_text() == f"card.updated {ops}-1 1\ncard.archived {ops}-2 1\n"


def test_a_reader_that_is_slow_loses_nothing(ops: str, ada: Person) -> None:
    """More than the pipe, the socket and the server's queue hold, while nobody reads."""
    changes = 600
    with watching(ops) as child, Client(ada.server, ada.credentials) as client:
        for n in range(changes):
            client.send(cards.update_card(f"{ops}-1", UpdateCard(title=f"{n:04} " + "x" * 500)))
        seen = [json.loads(stream(child.stdout).readline()) for _ in range(changes)]
    assert [line["seq"] for line in seen] == list(range(seen[0]["seq"], seen[0]["seq"] + changes))
    assert [line["data"]["changes"]["title"]["after"][:4] for line in seen] == [f"{n:04}" for n in range(changes)]
    last = seen[-1]["seq"]
    with watching(ops, "--since", "0", "--jq", ".seq") as child:
        # More than the socket replays: it is all in the log.
        assert [int(stream(child.stdout).readline()) for _ in range(last)] == list(range(1, last + 1))
