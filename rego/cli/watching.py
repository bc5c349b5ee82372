"""`rego watch`, the half that works: a board's events through every outage, each once and in order, to stdout or a command."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from msgspec import Struct

from rego.cli.context import Session
from rego.cli.exit_codes import ExitCode
from rego.cli.output import Output
from rego.client import auth, boards
from rego.client.updates import Ended, EventCame, Offline, Online, SnapshotCame, Update
from rego.wire.boards import Board
from rego.wire.codec import read_event
from rego.wire.errors import Gone, InvalidInput
from rego.wire.event_data import RawEvent
from rego.wire.events import EVENT_TYPES, Event
from rego.wire.frames import Advice, Resume
from rego.wire.query_terms import Query
from rego.wire.sentences import sentence_of
from rego.wire.snapshot import Snapshot

if TYPE_CHECKING:
    from rego.client.aio import Client

ENDINGS = {Advice.LOG_IN: ExitCode.NOT_LOGGED_IN, Advice.STOP: ExitCode.NOT_FOUND}
"""How the command ends when the server says that coming back is of no use."""

PAGE = 200
"""Events that are read from the log at a time."""


class Wanted(Struct, frozen=True):
    """Which events, and what becomes of them: a sentence, JSON (through `jq`), or a run of `command`."""

    since: int | None = None
    types: tuple[str, ...] = ()
    query: Query | None = None
    sentences: bool = False
    jq: str | None = None
    command: str | None = None


async def watch(session: Session, board: Board, wanted: Wanted) -> ExitCode:
    """Hand out events until the server ends it. Raises `InvalidInput` for a type that no event has."""
    from rego.client.live import LiveBoard

    _check_types(wanted.types)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(await session.async_client())
        snapshot = await client.send(boards.get_snapshot(board.id)) if wanted.since is not None or wanted.query else None
        # A query needs the cards, so it begins at a snapshot; without one the socket itself says where it begins.
        start = None if snapshot is None else snapshot.seq if wanted.since is None else wanted.since
        cursor = None if snapshot is None or start is None else (snapshot.epoch, start)
        sieve = await _sieve(client, snapshot, wanted)
        watcher = Watcher(session.output, board, cursor, sieve, _outlet(session.output, board, wanted))
        live = await stack.enter_async_context(LiveBoard(client, board.id, since=cursor))
        async for update in live:
            if (code := await watcher.take(update, client)) is not None:
                return code
    return ExitCode.OK


class Watcher:
    """Turns updates into events on stdout and the state of the connection on stderr. `cursor` is where it begins."""

    def __init__(self, output: Output, board: Board, cursor: tuple[str, int] | None, sieve: Sieve, outlet: Outlet) -> None:
        self._output = output
        self._board = board
        self._cursor = cursor
        self._sieve = sieve
        self._outlet = outlet
        self._online_before = False
        self._offline = False
        self._reset: str | None = None

    async def take(self, update: Update, log: Log) -> ExitCode | None:
        """Hand out `update`, and before a snapshot what `log` has of the events that it stands for; an exit code at the end."""
        match update:
            case EventCame(raw=raw):
                await self._hand_out(raw)
            case Online():
                self._came_online(update)
            case Offline():
                self._went_offline(update)
            case SnapshotCame(snapshot=snapshot):
                await self._catch_up(snapshot, log)
            case Ended(advice=advice, reason=reason):
                self._output.note(f"The server has ended it: {reason}")
                return ENDINGS.get(advice, ExitCode.FAILED)
            case _:
                pass
        return None

    async def _hand_out(self, raw: RawEvent) -> None:
        if self._cursor is not None:
            self._cursor = (self._cursor[0], raw.seq)
        if self._sieve.keeps(read_event(raw)):
            await self._outlet.put(raw)

    def _came_online(self, update: Online) -> None:
        hello = update.hello
        again, self._online_before, self._offline = self._online_before, True, False
        if self._cursor is None:
            self._cursor = (hello.epoch, hello.seq)
        if hello.resume is Resume.RESET:
            self._reset = hello.reason or "the server could not say why"
        elif again:
            self._output.note("back online, nothing missed")
        if not again:
            self._output.note(f"watching {self._board.key} ({self._board.title}) from event {self._cursor[1] + 1} on")

    def _went_offline(self, update: Offline) -> None:
        if not self._offline:
            self._output.note(f"offline since {update.since.astimezone():%H:%M:%S} ({update.reason}), retrying")
        self._offline = True

    async def _catch_up(self, snapshot: Snapshot, log: Log) -> None:
        """The socket gave up counting and sent the board as it is: what led there is in the log, as long as that is kept."""
        reason, self._reset = self._reset, None
        if reason is not None and self._cursor is not None:
            if await self._read_log(snapshot, log):
                self._output.note("back online, nothing missed")
            else:
                self._output.note(
                    f"online, but the events after {self._cursor[1]} cannot be had any more: {reason}; on from {snapshot.seq}"
                )
        self._cursor = (snapshot.epoch, snapshot.seq)
        self._sieve.begin_again(snapshot)

    async def _read_log(self, snapshot: Snapshot, log: Log) -> bool:
        """Hand out the events up to the snapshot; False when the log does not have all of them any more."""
        assert self._cursor is not None
        if self._cursor[0] != snapshot.epoch:
            return False
        while self._cursor[1] < snapshot.seq:
            try:
                page = await log.send(boards.list_events(self._board.id, since=self._cursor[1], limit=PAGE))
            except Gone:
                return False
            for raw in page:
                if raw.seq <= snapshot.seq:
                    await self._hand_out(raw)
            if not page:
                return False
        return True


class Log(Protocol):
    """Where the events of the past are asked for: a client."""

    async def send(self, call: Any) -> Any: ...


class Sieve:
    """Which events are wanted, by their type."""

    def __init__(self, types: tuple[str, ...] = ()) -> None:
        self._types = types

    def begin_again(self, snapshot: Snapshot) -> None:
        """The board is now as in `snapshot`."""

    def keeps(self, event: Event) -> bool:
        """Whether `event` is wanted; it is the next one."""
        return not self._types or any(fnmatchcase(event.type, pattern) for pattern in self._types)


class CardSieve(Sieve):
    """Which events are about a card that fits a query, before the event or after it. Descriptions are not looked into."""

    def __init__(self, types: tuple[str, ...], query: Query, snapshot: Snapshot, me: str) -> None:
        super().__init__(types)
        self._query = query
        self._me = me
        self.begin_again(snapshot)

    def begin_again(self, snapshot: Snapshot) -> None:
        from rego.replica import Replica

        self._replica = Replica(snapshot)

    def keeps(self, event: Event) -> bool:
        card = getattr(event.data, "card", None)
        before = self._fits(card.id) if card is not None else False
        if event.seq == self._replica.seq + 1:
            self._replica.apply(event)
        return super().keeps(event) and card is not None and (before or self._fits(card.id))

    def _fits(self, card_id: str) -> bool:
        from rego.query_match import Viewer, matcher

        card = self._replica.card(card_id)
        viewer = Viewer(me=self._me, now=datetime.now().astimezone())
        return card is not None and matcher(self._query, self._replica, viewer)(card)


async def _sieve(client: Client, snapshot: Snapshot | None, wanted: Wanted) -> Sieve:
    if wanted.query is None:
        return Sieve(wanted.types)
    assert snapshot is not None
    return CardSieve(wanted.types, wanted.query, snapshot, (await client.send(auth.me())).id)


class Outlet(Protocol):
    """What becomes of an event."""

    async def put(self, raw: RawEvent) -> None: ...


class Lines:
    """A line of stdout for each event. A reader that is slow holds everything up, and nothing is lost by it."""

    def __init__(self, output: Output, wanted: Wanted) -> None:
        self._output = output
        self._wanted = wanted

    async def put(self, raw: RawEvent) -> None:
        if self._wanted.sentences:
            self._output.lines([f"{raw.at.astimezone():%H:%M}  {sentence_of(read_event(raw))}"])
        elif self._wanted.jq is not None:
            from rego.cli.filtering import filtered

            self._output.out.writelines(filtered(msgspec.json.decode(msgspec.json.encode(raw)), self._wanted.jq))
        else:
            self._output.encoded(msgspec.json.encode(raw))
        self._output.out.flush()


class Commands:
    """A run of a shell command for each event, one after the other: JSON on stdin, the short facts in the environment."""

    def __init__(self, output: Output, board: Board, command: str) -> None:
        self._output = output
        self._board = board
        self._command = command

    async def put(self, raw: RawEvent) -> None:
        card = getattr(read_event(raw).data, "card", None)
        facts = {
            "REGO_EVENT_SEQ": str(raw.seq),
            "REGO_EVENT_TYPE": raw.type,
            "REGO_EVENT_BOARD": self._board.key,
            "REGO_EVENT_CARD": "" if card is None else getattr(card, "ref", f"{self._board.key}-{getattr(card, 'number', '')}"),
        }
        process = await asyncio.create_subprocess_shell(self._command, stdin=asyncio.subprocess.PIPE, env=os.environ | facts)
        await process.communicate(msgspec.json.encode(raw) + b"\n")
        if process.returncode:
            self._output.note(f"the command ended with code {process.returncode} for event {raw.seq}")


def _outlet(output: Output, board: Board, wanted: Wanted) -> Outlet:
    return Lines(output, wanted) if wanted.command is None else Commands(output, board, wanted.command)


def _check_types(types: tuple[str, ...]) -> None:
    for pattern in types:
        if not any(fnmatchcase(name, pattern) for name in EVENT_TYPES):
            raise InvalidInput(f"No event has the type {pattern!r}; there are {', '.join(EVENT_TYPES)}.")
