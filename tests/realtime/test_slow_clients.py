"""A client that does not read hurts only itself: it is sent away, the others get everything, and memory stays bounded."""

from __future__ import annotations

import asyncio

import pytest
from websockets.exceptions import ConnectionClosed

from rego.client import cards, imports
from rego.wire.base import to_json
from rego.wire.cards import CardSummary, UpdateCard
from rego.wire.frames import CloseCode, SnapshotFrame
from tests.realtime.connections import eventually, transports
from tests.realtime.stage import Desk, Stage
from tests.realtime.wire import PATIENCE, Wire, dial
from tests.running import Running, Somebody

BACKLOG = 400_000
LARGE = 100_000
"""Characters of a description; its event carries it twice, as it was and as it is."""

FRAME = 2 * LARGE + 2_000
ENOUGH = 80
"""Changes that fill the backlog and all that the kernel holds for a connection on the way, about 6 MB, and more."""


@pytest.fixture
async def live(sqlite_stage: Stage) -> Running:
    return await sqlite_stage.server(backlog_bytes=BACKLOG, close=0.2)


@pytest.fixture
async def ada(sqlite_stage: Stage, live: Running) -> Somebody:
    return await sqlite_stage.person(live, "ada")


@pytest.fixture
async def desk(sqlite_stage: Stage, ada: Somebody) -> Desk:
    return await sqlite_stage.desk(ada)


async def rewrite(desk: Desk, card: CardSummary, number: int) -> None:
    """One large event."""
    await desk.client.send(cards.update_card(card.id, UpdateCard(description=f"{number}" + "x" * LARGE)))


async def drain(wire: Wire) -> CloseCode | None:
    """Read what still comes; the code of the close, or None when the connection was just cut."""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                await wire.next()
    except ConnectionClosed as closed:
        return CloseCode(closed.rcvd.code) if closed.rcvd is not None else None


async def test_a_client_that_does_not_read_is_sent_away_and_the_others_get_everything(
    live: Running, desk: Desk, ada: Somebody
) -> None:
    card = await desk.add()
    async with (
        dial(live.url, desk.board.id, ada.token) as one,
        dial(live.url, desk.board.id, ada.token) as two,
        dial(live.url, desk.board.id, ada.token, slow=True) as slow,
    ):
        for wire in (one, two, slow):
            await wire.ready()
        slow.connection.transport.pause_reading()
        highest, changes = 0, 0
        while live.server.hub.total_connections == 3:
            assert changes < ENOUGH, "nobody sent the slow client away"
            await rewrite(desk, card, changes)
            changes += 1
            for wire in (one, two):
                await wire.events(1)
            highest = max([highest, *(transport.get_write_buffer_size() for transport in transports(live))])
        assert BACKLOG < highest <= BACKLOG + FRAME
        for wire in (one, two):
            assert wire.seqs == list(range(5, 5 + changes))
        slow.connection.transport.resume_reading()
        assert await drain(slow) in (CloseCode.TOO_SLOW, None)
        assert slow.seqs == list(range(5, 5 + len(slow.seqs)))
    last = slow.seqs[-1] if slow.seqs else 4
    async with dial(live.url, desk.board.id, ada.token, since=last) as back:
        await back.events(4 + changes - last)
        assert slow.seqs + back.seqs == list(range(5, 5 + changes))


async def test_a_slow_reader_is_waited_for_while_it_is_brought_up_to_date(live: Running, desk: Desk, ada: Somebody) -> None:
    """What was missed may be far more than the backlog; it is sent as fast as the client reads, and not faster."""
    card = await desk.add()
    for number in range(40):
        await rewrite(desk, card, number)
    async with dial(live.url, desk.board.id, ada.token, since=4, slow=True) as wire:
        await wire.greeting()
        for _ in range(40):
            await wire.events(1)
            assert all(transport.get_write_buffer_size() <= BACKLOG + FRAME for transport in transports(live))
        assert wire.seqs == list(range(5, 45))
        await desk.add()
        await wire.events(1)
        assert wire.seqs[-1] == 45


async def test_who_comes_while_a_slow_reader_is_brought_up_to_date_is_not_missed(
    live: Running, desk: Desk, ada: Somebody
) -> None:
    card = await desk.add()
    for number in range(40):
        await rewrite(desk, card, number)
    async with dial(live.url, desk.board.id, ada.token) as gone:
        gone_id = (await gone.ready()).connection_id
        async with dial(live.url, desk.board.id, ada.token, since=4, slow=True) as slow:
            assert [person.connection_id for person in (await slow.greeting()).people] == [gone_id]
            await gone.connection.close()
            async with dial(live.url, desk.board.id, ada.token) as other:
                came = (await other.ready()).connection_id
                await other.sees(lambda people: gone_id not in people)
                await slow.events(40)
                await slow.sees(lambda people: came in people and gone_id not in people)


async def test_a_reader_that_stops_while_it_is_brought_up_to_date_is_sent_away(sqlite_stage: Stage) -> None:
    live = await sqlite_stage.server(silence=0.2, close=0.1)
    ada = await sqlite_stage.person(live, "ada")
    desk = await sqlite_stage.desk(ada)
    card = await desk.add()
    for number in range(60):
        await rewrite(desk, card, number)
    async with dial(live.url, desk.board.id, ada.token, since=4, slow=True) as slow:
        slow.connection.transport.pause_reading()
        await eventually(lambda: live.server.hub.total_connections == 0)
        slow.connection.transport.resume_reading()
        assert await drain(slow) in (CloseCode.TOO_SLOW, None)
        assert len(slow.seqs) < 60


async def test_a_snapshot_larger_than_the_backlog_arrives(live: Running, ada: Somebody) -> None:
    """A board of some thousand cards is one frame of more than a live client may let wait."""
    file = {
        "title": "Large",
        "columns": [{"key": "a", "title": "A"}],
        "cards": [{"column": "a", "title": "ü" * 500} for _ in range(6_000)],
    }
    board = (await ada.client.send(imports.import_board("rego", to_json(file)))).board
    async with dial(live.url, board.id, ada.token, slow=True) as wire:
        snapshot = (await wire.the(SnapshotFrame)).snapshot
        assert len(snapshot.cards) == 6_000
        await wire.sees(lambda people: len(people) == 1)
