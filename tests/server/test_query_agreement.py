"""The query language means the same in SQL on both databases and in memory: random boards, random queries, page by page.

In memory the replica holds the archived cards too, and the descriptions are brought to it; without them a word can only miss.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import datetime, timezone
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from rego.query_match import Viewer, find
from rego.replica import Replica
from rego.wire.query import parse
from rego.wire.query_terms import Query
from rego.wire.snapshot import Snapshot
from rego_server.core.db import Connection, Database, Statement
from rego_server.core.db.migrate import migrate_sqlite
from rego_server.core.db.postgres import PostgresDatabase
from rego_server.core.db.sqlite import SqliteDatabase
from rego_server.core.events import ADD_HEAD
from rego_server.core.uow import Caller, Reading
from rego_server.domains.cards.finding import Found, Wish, list_cards, search
from rego_server.schema import metadata
from rego_server.snapshots import read_snapshot
from tests import queries
from tests.conftest import TEMPLATE
from tests.postgres import Postgres
from tests.queries import NOW, Rows

T = TypeVar("T")

INSERTS = {name: Statement(insert(table)) for name, table in metadata.tables.items()}
CLEAR = Statement(delete(metadata.tables["boards"]))
PAGE = 3


class Bench:
    """Both databases, and a loop to use them in."""

    def __init__(self, runner: asyncio.Runner, databases: dict[str, Database]) -> None:
        self._runner = runner
        self.databases = databases

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)


@pytest.fixture(scope="module")
def bench(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    path = tmp_path_factory.mktemp("agreement") / "rego.db"

    async def open_both() -> dict[str, Database]:
        await migrate_sqlite(path)
        url = await postgres.create_database(f"rego_{uuid4().hex}", template=TEMPLATE)
        return {"sqlite": await SqliteDatabase.open(path), "postgresql": await PostgresDatabase.open(url)}

    with asyncio.Runner() as runner:
        bench = Bench(runner, runner.run(open_both()))
        yield bench
        for database in bench.databases.values():
            runner.run(database.close())


async def _store(database: Database, rows: Rows, key: str) -> None:
    """Put the rows into a database, as its only board."""

    async def write(connection: Connection) -> None:
        await connection.fetch(CLEAR)
        for name, table in rows.tables.items():
            if name == "board_members":
                head = {"board_id": rows.board_id, "key": key, "seq": 0, "floor": 0, "last_number": 99}
                await connection.execute_many(ADD_HEAD, [head])
            if table:
                await connection.execute_many(INSERTS[name], table)

    await database.transaction(write)


async def _pages(fetch: Callable[[str | None], Awaitable[Found[Any]]]) -> list[str]:
    """The ids of all pages."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        found = await fetch(cursor)
        ids += [card.id for card in found.cards]
        if found.cursor is None:
            return ids
        assert len(found.cards) == PAGE
        cursor = found.cursor


async def _on_board(database: Database, rows: Rows, text: str, now: datetime) -> list[str]:
    caller = Caller(user_id=rows.me)

    async def fetch(cursor: str | None) -> Found[Any]:
        wish = Wish(text, False, cursor, PAGE, now)
        return await database.reading(lambda c: list_cards(Reading(c, caller), rows.board_id, None, wish))

    return await _pages(fetch)


async def _everywhere(database: Database, rows: Rows, text: str, now: datetime) -> list[str]:
    caller = Caller(user_id=rows.me)

    async def fetch(cursor: str | None) -> Found[Any]:
        return await database.reading(lambda c: search(Reading(c, caller), Wish(text, False, cursor, PAGE, now)))

    return await _pages(fetch)


async def _snapshot(database: Database, rows: Rows) -> Snapshot:
    return await database.reading(lambda c: read_snapshot(Reading(c, Caller()), rows.board_id, str(uuid4()), archived=True))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    rows=queries.boards(),
    asked=st.lists(queries.queries, min_size=3, max_size=8),
    zone=queries.offsets,
    key=st.sampled_from(["OPS", "WEB"]),
)
def test_memory_and_both_databases_give_the_same_cards_in_the_same_order(
    bench: Bench, rows: Rows, asked: list[Query], zone: timezone, key: str
) -> None:
    now = NOW.astimezone(zone)
    for database in bench.databases.values():
        bench.run(_store(database, rows, key))
    for query in asked:
        text = str(query)
        note(text)
        assert parse(text) == query
        for name, database in bench.databases.items():
            replica = Replica(bench.run(_snapshot(database, rows)))
            expected = [card.id for card in find(query, replica, Viewer(rows.me, now), lambda card: rows.descriptions[card.id])]
            assert bench.run(_on_board(database, rows, text, now)) == expected, name
            everywhere = bench.run(_everywhere(database, rows, text, now))
            assert sorted(everywhere) == sorted(expected), f"{name}, search"
