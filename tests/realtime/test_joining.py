"""How a socket begins: the handshake, hello, and the three ways to be brought up to date."""

from __future__ import annotations

from uuid import uuid4

import msgspec
import pytest
from websockets.exceptions import InvalidStatus

from rego.client import cards, imports
from rego.wire import limits
from rego.wire.cards import MoveCard
from rego.wire.codec import read_event
from rego.wire.errors import Problem
from rego.wire.events import CardMoved
from rego.wire.frames import EventFrame, Resume, SnapshotFrame
from tests.realtime.stage import Desk, Stage, on_sqlite
from tests.realtime.wire import Wire, dial
from tests.running import Running, Somebody
from tests.server.site import raw

REGO_FILE = b"""{"title": "Imported", "columns": [{"key": "a", "title": "A"}],
                 "cards": [{"column": "a", "title": "One"}]}"""


async def test_hello_then_the_snapshot_then_events(live: Running, desk: Desk, ada: Somebody) -> None:
    card = await desk.add("Fix the pump")
    async with dial(live.url, desk.board.id, ada.token) as wire:
        hello = await wire.greeting()
        assert (hello.board_id, hello.seq, hello.resume, hello.reason) == (desk.board.id, 4, Resume.SNAPSHOT, None)
        assert (hello.heartbeat, hello.people) == (15.0, [])
        first = await wire.next()
        assert isinstance(first, SnapshotFrame)
        assert first.snapshot == await desk.snapshot()
        assert (first.snapshot.epoch, first.snapshot.seq) == (hello.epoch, 4)
        await desk.client.send(cards.move_card(card.id, MoveCard(column_id=desk.doing.id)), op_id="op-of-the-move")
        [event] = await wire.events(1)
        assert (event.seq, event.board_id, event.type, event.op_id) == (5, desk.board.id, "card.moved", "op-of-the-move")
        assert event.actor is not None
        assert (event.actor.id, event.actor.username) == (ada.user.id, "ada")
        await desk.add("Another")
        assert [event.seq for event in await wire.events(1)] == [6]


@on_sqlite
async def test_an_event_carries_from_and_to(live: Running, desk: Desk, ada: Somebody) -> None:
    card = await desk.add("Fix the pump")
    async with dial(live.url, desk.board.id, ada.token) as wire:
        await wire.the(SnapshotFrame)
        moved = await desk.move(card, desk.doing)
        [raw] = await wire.events(1)
    move = read_event(raw).data
    assert isinstance(move, CardMoved)
    assert (move.before.column_id, move.before.column_title, move.before.rank) == (desk.todo.id, "To do", card.rank)
    assert (move.after.column_id, move.after.column_title, move.after.rank) == (desk.doing.id, "Doing", moved.rank)
    assert (move.card.ref, move.version) == ("OPS-1", moved.version)


async def test_since_replays_exactly_what_was_missed(live: Running, desk: Desk, ada: Somebody) -> None:
    for number in range(5):
        await desk.add(f"Card {number}")
    async with dial(live.url, desk.board.id, ada.token, since=5) as wire:
        hello = await wire.greeting()
        assert (hello.seq, hello.resume) == (8, Resume.REPLAY)
        assert [event.seq for event in await wire.events(3)] == [6, 7, 8]
        await desk.add("One more")
        assert [event.seq for event in await wire.events(1)] == [9]
        assert not any(isinstance(frame, SnapshotFrame) for frame in wire.heard)


async def test_a_replayed_event_is_the_event_that_was_sent_live(live: Running, desk: Desk, ada: Somebody) -> None:
    async with dial(live.url, desk.board.id, ada.token, since=3) as wire:
        await wire.ready()
        card = await desk.add("Ünïcode ☃")
        await desk.client.send(cards.move_card(card.id, MoveCard(column_id=desk.doing.id)), op_id="the-op")
        sent = await wire.events(2)
    async with dial(live.url, desk.board.id, ada.token, since=3) as late:
        replayed = await late.events(2)
    assert replayed == sent


@on_sqlite
async def test_a_client_that_is_up_to_date_gets_nothing_but_hello(live: Running, desk: Desk, ada: Somebody) -> None:
    async with dial(live.url, desk.board.id, ada.token, since=3) as wire:
        hello = await wire.ready()
        assert hello.resume is Resume.REPLAY
        assert not any(isinstance(frame, EventFrame | SnapshotFrame) for frame in wire.heard)
        await desk.add()
        assert [event.seq for event in await wire.events(1)] == [4]


async def reset_reason(wire: Wire) -> str:
    """What hello gives as the reason for a reset; a snapshot must follow it."""
    hello = await wire.greeting()
    assert hello.resume is Resume.RESET
    assert isinstance(await wire.next(), SnapshotFrame)
    assert hello.reason is not None
    return hello.reason


@on_sqlite
async def test_another_epoch_means_a_reset(live: Running, desk: Desk, ada: Somebody) -> None:
    async with dial(live.url, desk.board.id, ada.token, since=3, epoch=str(uuid4())) as wire:
        assert "database" in await reset_reason(wire)
    epoch = live.server.epoch
    async with dial(live.url, desk.board.id, ada.token, since=3, epoch=epoch) as wire:
        assert (await wire.greeting()).resume is Resume.REPLAY


@on_sqlite
async def test_a_client_ahead_of_the_server_means_a_reset(live: Running, desk: Desk, ada: Somebody) -> None:
    async with dial(live.url, desk.board.id, ada.token, since=4) as wire:
        assert "ahead" in await reset_reason(wire)


async def test_events_below_the_floor_cannot_be_replayed(live: Running, ada: Somebody) -> None:
    imported = await ada.client.send(imports.import_board("rego", REGO_FILE))
    async with dial(live.url, imported.board.id, ada.token, since=0) as wire:
        assert "no longer kept" in await reset_reason(wire)
    async with dial(live.url, imported.board.id, ada.token, since=1) as wire:
        assert (await wire.greeting()).resume is Resume.REPLAY


async def test_too_much_was_missed(live: Running, desk: Desk, ada: Somebody) -> None:
    card = await desk.add()
    for column in [desk.doing, desk.todo] * (limits.REPLAY_MAX_EVENTS // 2):
        await desk.move(card, column)
    last = 4 + limits.REPLAY_MAX_EVENTS
    async with dial(live.url, desk.board.id, ada.token, since=3) as wire:
        assert "missed" in await reset_reason(wire)
    async with dial(live.url, desk.board.id, ada.token, since=4) as wire:
        assert (await wire.greeting()).resume is Resume.REPLAY
        assert [event.seq for event in await wire.events(limits.REPLAY_MAX_EVENTS)] == list(range(5, last + 1))


async def refused(url: str, board_id: str, token: str | None = None, since: str | None = None) -> tuple[int, Problem]:
    """The answer to a handshake that fails."""
    with pytest.raises(InvalidStatus) as failure:
        async with dial(url, board_id, token, since=since):
            pass
    response = failure.value.response
    return response.status_code, msgspec.json.decode(response.body or b"", type=Problem)


async def test_a_board_that_is_missing_and_one_of_others_look_the_same(
    stage: Stage, live: Running, desk: Desk, ada: Somebody
) -> None:
    stranger = await stage.person(live, "bob")
    missing = await refused(live.url, str(uuid4()), ada.token)
    foreign = await refused(live.url, desk.board.id, stranger.token)
    nonsense = await refused(live.url, "no-id", ada.token)
    assert [status for status, _ in (missing, foreign, nonsense)] == [404, 404, 404]
    assert missing[1].detail == foreign[1].detail == nonsense[1].detail


@on_sqlite
async def test_a_wrong_token_is_refused_before_the_upgrade(live: Running, desk: Desk) -> None:
    status, problem = await refused(live.url, desk.board.id, "nonsense")
    assert (status, problem.error_type) == (401, "NotAuthenticated")


@on_sqlite
async def test_since_must_be_a_number(live: Running, desk: Desk, ada: Somebody) -> None:
    for since in ("x", "-1", "1.5", "9" * 19, "٣", ""):
        status, problem = await refused(live.url, desk.board.id, ada.token, since=since)
        assert (status, problem.field) == (400, "since"), since


@on_sqlite
async def test_a_request_that_asks_for_no_upgrade_is_told_to(live: Running, desk: Desk, ada: Somebody) -> None:
    answer = await raw(live.url, "GET", f"/ws/boards/{desk.board.id}", token=ada.token)
    assert answer.status == 400
    problem = msgspec.json.decode(answer.body, type=Problem)
    assert (problem.error_type, "must ask for an upgrade" in problem.detail) == ("InvalidInput", True)
