"""What costs: how many statements a request takes, and that the hottest of them use an index."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import bindparam, create_engine, select

from rego.client import auth, automations, boards, tokens
from rego.client.imports import import_board
from rego.wire.automations import CreateAutomation, DoComplete, WhenLabelled
from rego.wire.base import to_json
from rego.wire.cards import CardSummary
from rego.wire.imports import Plan, PlannedCard, PlannedColumn
from rego.wire.query import parse
from rego.wire.snapshot import Snapshot
from rego.wire.tokens import CreateToken
from rego.wire.tokens import Scope as TokenScope
from rego_server.core.db import Statement
from rego_server.core.db.postgres import PostgresDatabase
from rego_server.core.events import EVENTS_BEFORE, EVENTS_SINCE
from rego_server.core.places import Spot
from rego_server.core.uow import GET_OPERATION
from rego_server.domains.activity.queries import newest
from rego_server.domains.automations.queries import DUE
from rego_server.domains.cards import queries
from rego_server.domains.cards.filters import Scope, Wanted, listing
from rego_server.domains.cards.models import cards as card_table
from rego_server.domains.cards.rules import CardName
from rego_server.domains.undo.queries import ENTER_EVENT
from rego_server.schema import metadata
from tests.conftest import TEMPLATE
from tests.postgres import Postgres
from tests.running import Running, Somebody, fast_settings, join, running
from tests.server.site import raw

BOARDS, CARDS_EACH = 40, 250
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
async def url(postgres: Postgres) -> AsyncIterator[str]:
    """A database of its own on PostgreSQL, where a statement is a round trip."""
    name = f"rego_{uuid4().hex}"
    yield await postgres.create_database(name, template=TEMPLATE)
    await postgres.drop_database(name)


@pytest.fixture
async def server(url: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(fast_settings(tmp_path, url)) as server:
        # They would be counted too, and so would what they have begun.
        for chore in server.server.chores:
            await chore.stop()
        assert isinstance(server.server.database, PostgresDatabase)
        await server.server.database.settle()
        yield server


@pytest.fixture
async def ann(server: Running) -> AsyncIterator[Somebody]:
    somebody = await join(server.url, "ann")
    yield somebody
    await somebody.client.close()


async def _board(ann: Somebody, size: int) -> Snapshot:
    """A new board with `size` cards in the first of two columns."""
    columns = [PlannedColumn(key=key, title=key) for key in ("a", "b")]
    plan = Plan(title="Load", columns=columns, cards=[PlannedCard(column="a", title=f"card {n}") for n in range(size)])
    made = await ann.client.send(import_board("rego", to_json(plan)))
    return await ann.client.send(boards.get_snapshot(made.board.id))


class Counter:
    """Counts the statements of one request."""

    def __init__(self, server: Running, token: str) -> None:
        self._server = server
        self._token = token
        self.seen: list[str] = []

    async def of(self, method: str, path: str, body: Any = None, key: str | None = None) -> int:
        """How many statements the request ran between the begin and the end of its transactions."""
        database = self._server.server.database
        self.seen = []
        database.observer = self.seen.append
        try:
            headers = {"Idempotency-Key": key} if key else {}
            answer = await raw(self._server.url, method, path, token=self._token, body=body, headers=headers)
        finally:
            database.observer = None
        assert 200 <= answer.status < 300, answer.body
        return len(self.seen)


Ask = Callable[[Counter, Snapshot, CardSummary, CardSummary, CardSummary], Awaitable[int]]

BUDGETS: dict[str, tuple[int, Ask]] = {
    "move within a column": (2, lambda c, _, x, y, z: c.of("POST", f"/cards/{x.id}/move", {"after_id": z.id})),
    "move between neighbours, with a key": (
        2,
        lambda c, _, x, y, z: c.of("POST", f"/cards/{x.id}/move", {"before_id": z.id}, "move"),
    ),
    "move to another column": (
        2,
        lambda c, s, x, y, z: c.of("POST", f"/cards/{y.id}/move", {"column_id": s.columns[1].id, "position": "top"}),
    ),
    "move by reference": (
        2,
        lambda c, s, x, y, z: c.of("POST", f"/cards/{s.board.key}-{z.number}/move", {"position": "top"}),
    ),
    "move to where it is": (1, lambda c, s, x, y, z: c.of("POST", f"/cards/{z.id}/move", {"position": "top"})),
    "create": (
        2,
        lambda c, s, x, y, z: c.of("POST", f"/boards/{s.board.id}/cards", {"title": "x", "column_id": s.columns[0].id}),
    ),
    "create beside a card, with a key": (
        2,
        lambda c, s, x, y, z: c.of(
            "POST", f"/boards/{s.board.id}/cards", {"title": "x", "column_id": s.columns[0].id, "after_id": x.id}, "create"
        ),
    ),
    "update": (2, lambda c, s, x, y, z: c.of("PATCH", f"/cards/{x.id}", {"title": "renamed", "description": "x"})),
    "update and archive at once, with a key": (
        2,
        lambda c, s, x, y, z: c.of("PATCH", f"/cards/{y.id}", {"title": "x", "archived": True}, "update"),
    ),
    "a repeat": (1, lambda c, s, x, y, z: c.of("PATCH", f"/cards/{y.id}", {"title": "x", "archived": True}, "update")),
    "delete": (2, lambda c, s, x, y, z: c.of("DELETE", f"/cards/{x.id}")),
    "read a card": (1, lambda c, s, x, y, z: c.of("GET", f"/cards/{z.id}")),
    "cold snapshot": (4, lambda c, s, x, y, z: c.of("GET", f"/boards/{s.board.id}/snapshot")),
    "warm snapshot": (1, lambda c, s, x, y, z: c.of("GET", f"/boards/{s.board.id}/snapshot")),
    "glances at all boards": (2, lambda c, s, x, y, z: c.of("GET", "/boards/glances")),
    "list": (2, lambda c, s, x, y, z: c.of("GET", f"/boards/{s.board.id}/cards")),
    "list with a query": (
        2,
        lambda c, s, x, y, z: c.of("GET", f"/boards/{s.board.id}/cards?limit=2&q=card+-label:bug+assignee:none+sort:-due"),
    ),
    "search": (2, lambda c, s, x, y, z: c.of("GET", "/search?q=card+column:a+sort:title")),
    "log": (2, lambda c, s, x, y, z: c.of("GET", f"/boards/{s.board.id}/events?since=0")),
}
"""The statements that each request may take, run in this order on one board."""


@pytest.mark.parametrize("size", [4, 400])
async def test_requests_keep_their_budgets_whatever_the_size_of_the_board(server: Running, ann: Somebody, size: int) -> None:
    snapshot = await _board(ann, size)
    counter = Counter(server, ann.token)
    three = snapshot.cards[0], snapshot.cards[1], snapshot.cards[-1]
    took: dict[str, int] = {}
    for name, (_, ask) in BUDGETS.items():
        took[name] = await ask(counter, snapshot, *three)
    assert took == {name: budget for name, (budget, _) in BUDGETS.items()}


async def test_people_of_a_new_card_cost_three_statements_more(server: Running, ann: Somebody) -> None:
    snapshot = await _board(ann, 1)
    body = {"title": "x", "column_id": snapshot.columns[0].id, "assignee_ids": [ann.user.id] * 3}
    counter = Counter(server, ann.token)
    assert await counter.of("POST", f"/boards/{snapshot.board.id}/cards", body) == 5


async def test_a_rule_costs_nothing_where_it_is_not_waited_for(server: Running, ann: Somebody) -> None:
    snapshot = await _board(ann, 3)
    rule = CreateAutomation(name="x", trigger=WhenLabelled(), actions=[DoComplete()])
    await ann.client.send(automations.create_automation(snapshot.board.id, rule))
    counter, (x, y, z) = Counter(server, ann.token), snapshot.cards
    for name in ("move within a column", "create", "update", "delete"):
        budget, ask = BUDGETS[name]
        assert await ask(counter, snapshot, x, y, z) == budget


@pytest.mark.parametrize("request_of", ["read a card", "update", "list"])
async def test_a_token_costs_no_statement_more_than_a_session(server: Running, ann: Somebody, request_of: str) -> None:
    snapshot = await _board(ann, 3)
    made = await ann.client.send(
        tokens.create_token(CreateToken(name="ci", scope=TokenScope.WRITE, board_ids=[snapshot.board.id]))
    )
    budget, ask = BUDGETS[request_of]
    assert await ask(Counter(server, made.token), snapshot, *snapshot.cards) == budget


async def test_counting_sees_every_statement(server: Running, ann: Somebody) -> None:
    """The control: an observer that missed some would make every budget above worthless."""
    database = server.server.database
    seen: list[str] = []
    database.observer = seen.append

    async def twice(connection: Any) -> None:
        for _ in range(2):
            await connection.fetch_one(GET_OPERATION, user_id=ann.user.id, op_id="x")

    await database.reading(twice)
    database.observer = None
    assert len(seen) == 2
    assert (await ann.client.send(auth.me())).id == ann.user.id


# --- plans -------------------------------------------------------------------------------------------------------


async def _fill(connection: asyncpg.Connection, model: str) -> None:
    """Many more boards like that of card `model`, so that reading a whole table costs more than looking in an index."""
    boards_made = await connection.fetch(
        "INSERT INTO boards SELECT gen_random_uuid(), version, field_versions, created_at, updated_at, created_by, updated_by,"
        " title, archived, description FROM boards, generate_series(1, $1) RETURNING id",
        BOARDS,
    )
    ids = [row["id"] for row in boards_made]
    await connection.execute(
        "INSERT INTO board_columns SELECT gen_random_uuid(), version, field_versions, created_at, updated_at, created_by,"
        " updated_by, made.id, title, rank, wip_limit, wip_mode, done, color, archived"
        " FROM unnest($1::uuid[]) AS made(id), (SELECT * FROM board_columns LIMIT 1) AS one",
        ids,
    )
    names = [
        row["column_name"]
        for row in await connection.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'cards' ORDER BY ordinal_position"
        )
    ]
    own = {
        "id": "gen_random_uuid()",
        "board_id": "home.board_id",
        "column_id": "home.id",
        "number": "n",
        "rank": "n::bigint << 40",
    }
    values = ", ".join(own.get(name, f"model.{name}") for name in names)
    await connection.execute(
        f"INSERT INTO cards ({', '.join(names)}) SELECT {values} FROM cards AS model,"
        f" board_columns AS home, generate_series(1, {CARDS_EACH}) AS n WHERE model.id = $1 AND home.board_id = ANY ($2)",
        model,
        ids,
    )
    await connection.execute(
        "INSERT INTO event_log (board_id, seq, type, at, data) SELECT made.id, n, 'card.moved', now(), '{}'"
        " FROM unnest($1::uuid[]) AS made(id), generate_series(1, $2) AS n",
        ids,
        CARDS_EACH,
    )
    await connection.execute("ANALYZE")


async def _scans(connection: asyncpg.Connection, statement: Statement, params: dict[str, Any]) -> list[str]:
    """The scans of PostgreSQL's plan as `Seq Scan on cards` and the like."""
    prepared = statement.on("postgresql")
    rows = await connection.fetch(f"EXPLAIN (FORMAT JSON) {prepared.sql}", *prepared.arguments(params))
    return sorted(_scans_in(json.loads(rows[0][0])[0]["Plan"]))


def _scans_in(plan: dict[str, Any]) -> list[str]:
    own = [f"{plan['Node Type']} on {plan['Relation Name']}"] if "Relation Name" in plan else []
    return own + [scan for part in plan.get("Plans", []) for scan in _scans_in(part)]


async def test_the_hottest_reads_use_an_index(url: str, ann: Somebody) -> None:
    snapshot = await _board(ann, 3)
    card, column = snapshot.cards[0], snapshot.columns[0]
    caller = {"caller_id": ann.user.id, "session_id": str(uuid4()), "op_id": "x"}
    by_id, by_ref = {"card_id": card.id, **caller}, {"key": snapshot.board.key, "number": card.number, **caller}
    id_name, ref_name = CardName(card.id, None, None), CardName(None, snapshot.board.key, card.number)
    reads: dict[str, tuple[Statement, dict[str, Any]]] = {
        "card by id": (queries.ENTER.for_(id_name), by_id),
        "card by reference": (queries.ENTER.for_(ref_name), by_ref),
        "cards of a snapshot": (queries.OF_BOARD, {"board_id": snapshot.board.id}),
        "ranks of a column": (queries.IN_COLUMNS.others, {"list_id": column.id, "own_id": None}),
    }
    logs: dict[str, tuple[Statement, dict[str, Any]]] = {
        "log from an event on": (EVENTS_SINCE, {"board_id": snapshot.board.id, "since": 0, "count": 51}),
        "log before an event": (EVENTS_BEFORE, {"board_id": snapshot.board.id, "before": 9, "count": 51}),
        "newest of the log": (newest(frozenset()), {"board_id": snapshot.board.id, "count": 51}),
    }
    times = {"due_offset": 0, "after": NOON, "until": NOON + timedelta(days=1), "count": 100, "left": 0}
    reads["due times"] = DUE, times
    for name, text in QUERIES.items():
        reads[name], reads[f"search for {name}"] = _listing(queries.ON_THE_BOARD, text), _listing(queries.ON_MY_BOARDS, text)
        for _, params in (reads[name], reads[f"search for {name}"]):
            params |= {"board_id": snapshot.board.id, "caller_id": ann.user.id}
    for spot in Spot:
        place = {"column_id": column.id, "anchor_id": snapshot.cards[1].id}
        reads[f"neighbours {spot}"] = (queries.ENTER_TO_MOVE[spot].for_(id_name), by_id | place)
        reads[f"neighbours {spot} of a new card"] = (
            queries.ENTER_TO_CREATE[spot],
            {"board_id": snapshot.board.id, **place, **caller},
        )
    connection = await asyncpg.connect(url)
    try:
        await connection.set_type_codec(
            "json", schema="pg_catalog", encoder=json.dumps, decoder=lambda text: text, format="text"
        )
        await _fill(connection, card.id)
        plans = {name: await _scans(connection, statement, params) for name, (statement, params) in reads.items()}
        control = await _scans(connection, _titled(), {"title": "nothing"})
        log_plans = {name: await _scans(connection, statement, params) for name, (statement, params) in logs.items()}
    finally:
        await connection.close()
    assert control == ["Seq Scan on cards"], "the table is too small for these plans to mean anything"
    assert {name: scans for name, scans in plans.items() if "Seq Scan on cards" in scans} == {}
    assert all(any(scan.endswith("on cards") for scan in scans) for name, scans in plans.items() if "new" not in name)
    assert {name: scans for name, scans in log_plans.items() if "Seq Scan on event_log" in scans} == {}
    assert all(any(scan.endswith("on event_log") for scan in scans) for scans in log_plans.values())


QUERIES = {
    "everything": "",
    "my cards": "assignee:me due<3d",
    "somebody's cards": "assignee:ann",
    "words": "card sort:-due",
    "a label and a column": "label:bug -column:b",
}


def _listing(scope: Scope, text: str) -> tuple[Statement, dict[str, Any]]:
    found = listing(scope, Wanted(parse(text), archived=False, goes_on=False))
    return found.statement, {"count": 51, **found.params(None, NOON)}


def _titled() -> Statement:
    """A read that no index serves."""
    return Statement(select(card_table.c.id).where(card_table.c.title == bindparam("title")))


def test_sqlite_uses_an_index_too(tmp_path: Path) -> None:
    """The same statements on an empty SQLite database, whose planner goes by the indexes alone."""
    path = tmp_path / "plan.db"
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    named = CardName("x", None, None)
    reads = [
        queries.ENTER.for_(named),
        queries.ENTER.for_(CardName(None, "X", 1)),
        queries.OF_BOARD,
        queries.IN_COLUMNS.others,
        DUE,
        *(_listing(queries.ON_THE_BOARD, text)[0] for text in QUERIES.values()),
        *(_listing(queries.ON_MY_BOARDS, text)[0] for text in QUERIES.values()),
        *(queries.ENTER_TO_MOVE[spot].for_(named) for spot in Spot),
        *(queries.ENTER_TO_CREATE[spot] for spot in Spot),
        *(newest(frozenset(wanted)) for wanted in ([], ["before"], ["card_id"], ["actor_id"], ["card_id", "before"])),
        EVENTS_SINCE,
        EVENTS_BEFORE,
        ENTER_EVENT,
    ]
    connection = sqlite3.connect(path)
    try:
        for statement in reads:
            prepared = statement.on("sqlite")
            steps = connection.execute(f"EXPLAIN QUERY PLAN {prepared.sql}", [None] * len(prepared.names)).fetchall()
            scans = [
                step[3]
                for step in steps
                if re.match(r"SCAN (cards|sibling|named|anchor|in_target|event_log|reverting)", step[3])
            ]
            assert scans == [], prepared.sql
            undone = [step[3] for step in steps if "reverting" in step[3]]
            assert all("reverts=?" in step for step in undone), "not the whole log for each event"
    finally:
        connection.close()
