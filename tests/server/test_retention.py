"""Old events go, and whoever reads the log meanwhile is told so instead of being given a hole."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rego.client import boards, cards, columns
from rego.client.aio import Client
from rego.client.credentials import Credentials
from rego.client.server import Server as Address
from rego.wire.boards import CreateBoard
from rego.wire.cards import CreateCard, UpdateCard
from rego.wire.columns import CreateColumn
from rego.wire.errors import Gone
from rego_server.core import retention
from rego_server.core.retention import Retention
from tests.conftest import Join
from tests.running import Running, Somebody, fast_settings, join, running

EVENTS = 20


class Later:
    """A clock that is some days ahead."""

    def __init__(self, days: int) -> None:
        self._ahead = timedelta(days=days)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead


def trimming(server: Running, *, kept: int, days: int, later: int = 8) -> Retention:
    """The chore as it would run some days later."""
    return Retention(server.server.database, Later(later), kept=kept, days=days)


@pytest.fixture
async def ada(people: Join) -> Somebody:
    return await people("ada")


async def make_board(ada: Somebody, key: str) -> str:
    """A board with a log of `EVENTS` events; gives its id."""
    board = await ada.client.send(boards.create_board(CreateBoard(title="Busy", key=key)))
    column = await ada.client.send(columns.create_column(board.id, CreateColumn(title="To do")))
    card = await ada.client.send(cards.create_card(board.id, CreateCard(title="A card", column_id=column.id)))
    for number in range(EVENTS - 3):
        await ada.client.send(cards.update_card(card.id, UpdateCard(title=f"A card {number}")))
    return board.id


@pytest.fixture
async def board_id(ada: Somebody) -> str:
    return await make_board(ada, "BUSY")


async def seqs(ada: Somebody, board_id: str, since: int | None = None) -> list[int]:
    return [event.seq for event in await ada.client.send(boards.list_events(board_id, since=since))]


async def test_what_is_old_and_not_among_the_newest_goes(server: Running, ada: Somebody, board_id: str) -> None:
    before = await ada.client.send(boards.get_snapshot(board_id))
    await trimming(server, kept=5, days=7)()
    assert await seqs(ada, board_id) == [16, 17, 18, 19, 20]
    assert await ada.client.send(boards.get_snapshot(board_id)) == before


async def test_what_is_young_stays_however_much_it_is(server: Running, ada: Somebody, board_id: str) -> None:
    await trimming(server, kept=5, days=7, later=6)()
    assert await seqs(ada, board_id) == list(range(1, EVENTS + 1))


async def test_a_short_log_stays_however_old_it_is(server: Running, ada: Somebody, board_id: str) -> None:
    await trimming(server, kept=EVENTS, days=7, later=3_000)()
    assert await seqs(ada, board_id) == list(range(1, EVENTS + 1))


async def test_nothing_kept_means_that_everything_is(server: Running, ada: Somebody, board_id: str) -> None:
    await trimming(server, kept=0, days=0)()
    assert await seqs(ada, board_id) == list(range(1, EVENTS + 1))


async def test_who_asks_for_what_is_gone_is_told_where_the_log_begins(server: Running, ada: Somebody, board_id: str) -> None:
    await trimming(server, kept=5, days=7)()
    for since in (0, 14):
        with pytest.raises(Gone) as refused:
            await seqs(ada, board_id, since)
        assert refused.value.data == {"floor": 15, "seq": EVENTS}
    assert await seqs(ada, board_id, 15) == [16, 17, 18, 19, 20]
    assert await seqs(ada, board_id, EVENTS) == []
    backwards = await ada.client.send(boards.list_events(board_id, order="desc"))
    assert [event.seq for event in backwards] == [20, 19, 18, 17, 16]


async def test_batches_and_boards_are_independent(
    monkeypatch: pytest.MonkeyPatch, server: Running, ada: Somebody, board_id: str
) -> None:
    monkeypatch.setattr(retention, "BATCH", 4)
    other_id = await make_board(ada, "OTHER")
    await trimming(server, kept=5, days=7)()
    for each in (board_id, other_id):
        assert await seqs(ada, each) == [16, 17, 18, 19, 20]


async def test_several_at_once_and_writers_meanwhile(
    monkeypatch: pytest.MonkeyPatch, server: Running, ada: Somebody, board_id: str
) -> None:
    """Two trim by different rules while the board changes and somebody reads it in pages: never a hole, only an end."""
    monkeypatch.setattr(retention, "BATCH", 2)
    [card] = (await ada.client.send(boards.get_snapshot(board_id))).cards

    async def write() -> None:
        for number in range(10):
            await ada.client.send(cards.update_card(card.id, UpdateCard(title=f"Meanwhile {number}")))

    async def read() -> None:
        seq = 0
        while seq < EVENTS + 10:
            try:
                page = await ada.client.send(boards.list_events(board_id, since=seq, limit=3))
            except Gone as gone:
                assert gone.data["floor"] > seq
                seq = gone.data["floor"]
                continue
            assert [event.seq for event in page] == list(range(seq + 1, seq + 1 + len(page)))
            seq += len(page)

    async with asyncio.TaskGroup() as group:
        group.create_task(trimming(server, kept=5, days=7)())
        group.create_task(trimming(server, kept=8, days=7)())
        group.create_task(write())
        group.create_task(read())
    await trimming(server, kept=5, days=7)()
    assert await seqs(ada, board_id) == [26, 27, 28, 29, 30]


async def test_a_server_trims_by_itself(tmp_path: Path) -> None:
    settings = fast_settings(tmp_path)
    async with running(settings) as server:
        ada = await join(server.url, "ada")
        board_id = await make_board(ada, "BUSY")
        await ada.client.close()
    async with running(replace(settings, events_kept=5, event_days=0)) as server, asyncio.timeout(30):
        client = Client(Address.parse(server.url), Credentials(server=server.url, access_token=ada.token))
        async with client:
            while (await client.send(boards.list_events(board_id)))[0].seq != 16:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.01)
