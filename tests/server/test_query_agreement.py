"""The query language means the same in SQL on both databases and in memory: random boards, random queries, page by page.

In memory the replica holds the archived cards too, and the descriptions are brought to it; without them a word can only miss.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import datetime, timezone
from random import Random
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from rego.query_match import Viewer, find
from rego.replica import Replica
from rego.wire.cards import FindCards, ListCards
from rego.wire.query import parse
from rego.wire.query_terms import Not, Query
from rego.wire.snapshot import Snapshot
from rego_server.core.db import Connection, Database, Statement
from rego_server.core.db.migrate import migrate_postgres, migrate_sqlite
from rego_server.core.db.postgres import PostgresDatabase
from rego_server.core.db.sqlite import SqliteDatabase
from rego_server.core.events import ADD_HEAD
from rego_server.core.paging import Page
from rego_server.core.uow import Caller, Reading
from rego_server.domains.cards.finding import list_cards, search
from rego_server.schema import metadata
from rego_server.snapshots import read_snapshot
from tests import queries
from tests.postgres import Postgres
from tests.queries import NOW, Rows

T = TypeVar("T")

INSERTS = {name: Statement(insert(table)) for name, table in metadata.tables.items()}
CLEAR = Statement(delete(metadata.tables["boards"]))


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
        url = await _unicode_database(postgres)
        await migrate_postgres(url)
        return {"sqlite": await SqliteDatabase.open(path), "postgresql": await PostgresDatabase.open(url)}

    with asyncio.Runner() as runner:
        bench = Bench(runner, runner.run(open_both()))
        yield bench
        for database in bench.databases.values():
            runner.run(database.close())


async def _unicode_database(cluster: Postgres) -> str:
    """An empty database whose own `lower` knows all letters, where the server has that (17 or newer): a query must not."""
    name = f"rego_{uuid4().hex}"
    connection = await asyncpg.connect(cluster.url)
    try:
        if connection.get_server_version().major < 17:
            return await cluster.create_database(name)
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'")
    finally:
        await connection.close()
    return cluster.url_of(name)


async def _store(database: Database, rows: Rows, key: str) -> None:
    """Put the rows into a database, as its only board."""

    async def write(connection: Connection) -> None:
        await connection.fetch(CLEAR)
        for name, table in rows.tables.items():
            if name == "board_members":
                head = {"board_id": rows.board_id, "key": key, "seq": 0, "floor": 0, "last_number": 99, "triggers": ""}
                await connection.execute_many(ADD_HEAD, [head])
            if table:
                await connection.execute_many(INSERTS[name], table)

    await database.transaction(write)


async def _pages(fetch: Callable[[str | None], Awaitable[Page[Any]]]) -> list[str]:
    """The ids of all pages."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        found = await fetch(cursor)
        ids += [card.id for card in found.entries]
        assert len(ids) == len(set(ids)), "a card came twice"
        if found.cursor is None:
            return ids
        cursor = found.cursor


async def _on_board(database: Database, rows: Rows, text: str, now: datetime, page: int) -> list[str]:
    caller = Caller(user_id=rows.me)

    async def fetch(cursor: str | None) -> Page[Any]:
        wish = ListCards(q=text, cursor=cursor, limit=page)
        return await database.reading(lambda c: list_cards(Reading(c, caller), rows.board_id, wish, now))

    return await _pages(fetch)


async def _everywhere(database: Database, rows: Rows, text: str, now: datetime, page: int) -> list[str]:
    caller = Caller(user_id=rows.me)

    async def fetch(cursor: str | None) -> Page[Any]:
        wish = FindCards(q=text, cursor=cursor, limit=page)
        return await database.reading(lambda c: search(Reading(c, caller), wish, now))

    return await _pages(fetch)


async def _snapshot(database: Database, rows: Rows) -> Snapshot:
    return await database.reading(lambda c: read_snapshot(Reading(c, Caller()), rows.board_id, archived=True))


def _load(bench: Bench, rows: Rows, key: str) -> dict[str, Replica]:
    """Store a board in both databases; the replica that each makes of it."""
    replicas = {}
    for name, database in bench.databases.items():
        bench.run(_store(database, rows, key))
        replicas[name] = Replica(bench.run(_snapshot(database, rows)))
    return replicas


def _agree(bench: Bench, rows: Rows, replica: Replica, name: str, query: Query, now: datetime, page: int) -> list[str]:
    """What a query finds, after making sure that a database and memory find the same."""
    text = str(query)
    expected = [card.id for card in find(parse(text), replica, Viewer(rows.me, now), lambda card: rows.descriptions[card.id])]
    database = bench.databases[name]
    assert bench.run(_on_board(database, rows, text, now, page)) == expected, f"{text} on {name}"
    assert sorted(bench.run(_everywhere(database, rows, text, now, page))) == sorted(expected), f"{text} in a search on {name}"
    return expected


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    rows=queries.boards(),
    asked=st.lists(queries.queries, min_size=1, max_size=4),
    zone=queries.offsets,
    key=st.sampled_from(["OPS", "WEB"]),
)
def test_memory_and_both_databases_give_the_same_cards_in_the_same_order(
    bench: Bench, rows: Rows, asked: list[Query], zone: timezone, key: str
) -> None:
    for name, replica in _load(bench, rows, key).items():
        for query in asked:
            _agree(bench, rows, replica, name, query, NOW.astimezone(zone), page=3)


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_every_term_and_its_opposite_agree_on_a_full_board(bench: Bench, name: str) -> None:
    rows = queries.a_board(Random(3).choice, cards=80)
    replica = _load(bench, rows, "OPS")[name]
    shown = {column.id for column in replica.columns_in_order()}
    open_cards = {card.id for card in replica.cards.values() if not card.archived and card.column_id in shown}
    silent = []
    for term in queries.SINGLE_TERMS:
        found = set(_agree(bench, rows, replica, name, Query(term), NOW, page=50))
        others = set(_agree(bench, rows, replica, name, Query(Not(term)), NOW, page=50))
        assert not found & others
        assert found | others >= open_cards, "a term is true or false of every card"
        silent += [] if found else [str(term)]
    assert len(silent) < len(queries.SINGLE_TERMS) / 4, f"these say nothing about the board: {silent}"
