"""Statement budgets: what the hot paths may ask of the database, counted exactly, whatever the size of the board."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from rego.client import boards, cards, columns
from rego.wire.base import Position
from rego.wire.boards import CreateBoard
from rego.wire.cards import CreateCard, MoveCard, UpdateCard
from rego.wire.columns import CreateColumn
from rego_server.domains.cards import queries
from rego_server.domains.cards.rules import parse_card
from tests.conftest import TEMPLATE
from tests.postgres import Postgres
from tests.running import Running, Somebody, fast_settings, join, running


class Desk:
    """Ada's board on PostgreSQL: two columns, three cards in the first."""

    def __init__(self, server: Running, ada: Somebody) -> None:
        self.server = server
        self.ada = ada
        self.database = server.server.database

    async def furnish(self) -> None:
        send = self.ada.client.send
        self.board = await send(boards.create_board(CreateBoard(title="Ops", key="OPS")))
        self.todo = await send(columns.create_column(self.board.id, CreateColumn(title="Todo")))
        self.doing = await send(columns.create_column(self.board.id, CreateColumn(title="Doing")))
        for number in range(3):
            await send(cards.create_card(self.board.id, CreateCard(title=f"Card {number}", column_id=self.todo.id)))

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The statements that run inside."""
        seen: list[str] = []
        self.database.observer = seen.append
        try:
            yield seen
        finally:
            self.database.observer = None


@pytest.fixture
async def desk(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Desk]:
    name = f"rego_{uuid4().hex}"
    url = await postgres.create_database(name, template=TEMPLATE)
    async with running(fast_settings(tmp_path, url)) as server:
        ada = await join(server.url, "ada")
        desk = Desk(server, ada)
        await desk.furnish()
        yield desk
        await ada.client.close()
    await postgres.drop_database(name)


@pytest.mark.parametrize("position", list(Position))
async def test_a_move_takes_two(desk: Desk, position: Position) -> None:
    with desk.counted() as seen:
        await desk.ada.client.send(cards.move_card("OPS-2", MoveCard(column_id=desk.doing.id, position=position)))
    assert len(seen) == 2, seen


async def test_a_move_next_to_a_neighbour_takes_two(desk: Desk) -> None:
    neighbour = await desk.ada.client.send(cards.get_card("OPS-3"))
    with desk.counted() as seen:
        await desk.ada.client.send(cards.move_card("OPS-1", MoveCard(after_id=neighbour.id)))
    assert len(seen) == 2, seen


async def test_a_new_card_takes_two(desk: Desk) -> None:
    with desk.counted() as seen:
        await desk.ada.client.send(cards.create_card(desk.board.id, CreateCard(title="New", column_id=desk.todo.id)))
    assert len(seen) == 2, seen


async def test_a_changed_card_takes_two(desk: Desk) -> None:
    with desk.counted() as seen:
        await desk.ada.client.send(cards.update_card("OPS-1", UpdateCard(title="Better", version=1)))
    assert len(seen) == 2, seen


async def test_a_repeated_move_takes_one(desk: Desk) -> None:
    move = cards.move_card("OPS-1", MoveCard(column_id=desk.doing.id))
    first = await desk.ada.client.send(move, "key")
    with desk.counted() as seen:
        assert await desk.ada.client.send(move, "key") == first
    assert len(seen) == 1, seen


async def test_a_card_takes_one(desk: Desk) -> None:
    with desk.counted() as seen:
        await desk.ada.client.send(cards.get_card("OPS-1"))
    assert len(seen) == 1, seen


async def test_a_cold_snapshot_takes_four_and_a_warm_one_one(desk: Desk) -> None:
    with desk.counted() as cold:
        await desk.ada.client.send(boards.get_snapshot(desk.board.id))
    with desk.counted() as warm:
        await desk.ada.client.send(boards.get_snapshot(desk.board.id))
    assert (len(cold), len(warm)) == (4, 1), cold


HOT = {
    "a card by its reference": (
        queries.ENTER.for_(parse_card("OPS-1")),
        {"key": "OPS", "number": 1},
        "uq_cards_board_id_number",
    ),
    "the neighbours of a place": (
        queries.ENTER_TO_MOVE[queries.Spot.BOTTOM].for_(parse_card("OPS-1")),
        {"key": "OPS", "number": 1, "column_id": None},
        "uq_cards_column_id_rank",
    ),
    "the cards of a snapshot": (queries.OF_BOARD, {}, "uq_cards_board_id_number"),
}


@pytest.mark.parametrize("what", list(HOT))
async def test_an_index_serves(desk: Desk, postgres: Postgres, what: str) -> None:
    """On a table with 200 boards' worth of cards, PostgreSQL reads just the rows that it needs."""
    statement, params, index = HOT[what]
    prepared = statement.on("postgresql")
    given = {
        "board_id": desk.board.id,
        "caller_id": desk.ada.user.id,
        "session_id": str(uuid4()),
        "op_id": "none",
        **params,
    }
    connection = await asyncpg.connect(desk.server.server.settings.database_url)
    try:
        await _fill(connection)
        rows = await connection.fetch("EXPLAIN " + prepared.sql, *prepared.arguments(given))
    finally:
        await connection.close()
    plan = "\n".join(row[0] for row in rows)
    assert index in plan, plan
    assert "Seq Scan on cards" not in plan, plan


async def _fill(connection: asyncpg.Connection) -> None:
    """Copy the board 200 times, behind the server's back."""
    copies = """
        WITH fresh AS (SELECT gen_random_uuid() AS id, n FROM generate_series(1, 200) n),
        b AS (INSERT INTO boards SELECT f.id, 1, '{}', now(), now(), NULL, NULL, 'Copy', false, '' FROM fresh f),
        h AS (INSERT INTO board_heads SELECT f.id, 'C' || upper(substr(md5(n::text), 1, 5)), 0, 0, 0 FROM fresh f),
        c AS (
            INSERT INTO board_columns
                (id, version, field_versions, created_at, updated_at, board_id, title, rank, wip_mode, done, archived)
            SELECT f.id, 1, '{}', now(), now(), f.id, 'Column', 1, 'soft', false, false FROM fresh f
        )
        INSERT INTO cards
            (id, version, field_versions, created_at, updated_at, board_id, column_id, number, title, rank, priority, completed,
             archived, has_description, label_ids, assignee_ids, checklist_done, checklist_total, comment_count,
             attachment_count, description)
        SELECT gen_random_uuid(), 1, '{}', now(), now(), f.id, f.id, i, 'Card', i, 'none', false,
               false, false, '[]', '[]', 0, 0, 0, 0, ''
        FROM fresh f, generate_series(1, 100) i
    """
    await connection.execute(copies)
    await connection.execute("ANALYZE")
