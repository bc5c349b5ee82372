"""The floor beside which the server is measured: bare aiohttp handlers that run the server's own SQL with raw asyncpg.

No authentication, no permission but what the SQL finds, no hub, no errors: what is left is what a move and a board must cost.
Run by the benchmark as `python -m tests.bench.floor DATABASE_URL USER_ID SESSION_ID`; prints its URL when it is ready.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import asyncpg
import msgspec
from aiohttp import web

from rego_server import schema as _schema  # noqa: F401 - every table must be known before the first statement
from rego_server.core.db import Statement
from rego_server.core.db.statement import together
from rego_server.core.events import ADD_EVENT, SET_HEAD
from rego_server.core.patch import set_fields
from rego_server.core.places import Spot
from rego_server.core.ranking import between
from rego_server.core.uow import ADD_OPERATION, Caller
from rego_server.domains.access.policy import credentials
from rego_server.domains.cards import queries as cards
from rego_server.domains.cards.models import cards as cards_table
from rego_server.domains.cards.rules import parse_card
from rego_server.main import address_of, listen, stop_signal
from rego_server.snapshots import BOARD_AND_MEMBERS, COLUMNS_AND_LABELS

POOL_SIZE = 10
BOARD = (BOARD_AND_MEMBERS, COLUMNS_AND_LABELS, cards.OF_BOARD)
MOVED_FIELDS = ("column_id", "field_versions", "rank", "updated_at", "updated_by", "version")

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Query:
    """A statement, or several together: its SQL, and how its positional arguments are picked from a dictionary."""

    def __init__(self, *statements: Statement) -> None:
        prepared = [statement.on("postgresql") for statement in statements]
        self.sql = together(statements)
        self.defaults = {name: value for each in prepared for name, value in each.defaults.items()}
        self.arguments = itemgetter(*(name for each in prepared for name in each.names))


ENTER = {spot: Query(cards.ENTER_TO_MOVE[spot].for_(parse_card(f"{0:08}-0000-0000-0000-{0:012}"))) for spot in Spot}
MOVE = Query(set_fields(cards_table, MOVED_FIELDS), SET_HEAD, ADD_EVENT, ADD_OPERATION)


def mover(pool: asyncpg.Pool, user_id: str, session_id: str) -> Handler:
    """The handler that moves a card."""

    async def move(request: web.Request) -> web.Response:
        body = msgspec.json.decode(await request.read())
        query = ENTER[_spot(body)]
        params = {
            **query.defaults,
            "card_id": request.match_info["card"],
            "column_id": body.get("column_id"),
            "anchor_id": body.get("after_id") or body.get("before_id"),
            **credentials(Caller(user_id, session_id)),
            "op_id": request.headers["Idempotency-Key"],
        }
        async with pool.acquire() as connection:
            await connection.execute("BEGIN")
            row = await connection.fetchrow(query.sql, *query.arguments(params))
            if row["head_seq"] != row["seen_seq"]:
                row = await connection.fetchrow(query.sql, *query.arguments(params))
            moved = _moved(row)
            await connection.fetch(MOVE.sql, *MOVE.arguments(_writes(row, moved, user_id, params["op_id"])))
            await connection.execute("COMMIT")
        return web.Response(body=msgspec.json.encode(moved), content_type="application/json")

    return move


def _spot(body: dict[str, str]) -> Spot:
    if "after_id" in body:
        return Spot.AFTER
    return Spot.BEFORE if "before_id" in body else Spot(body["position"])


def _moved(row: Any) -> dict[str, Any]:
    version = row["version"] + 1
    return {
        **row,
        "column_id": row["target_id"],
        "rank": between(row["lower_rank"], row["upper_rank"]),
        "version": version,
        "field_versions": {"column_id": version, "rank": version},
        "updated_at": datetime.now(UTC),
    }


def _writes(row: Any, moved: dict[str, Any], user_id: str, op_id: str) -> dict[str, Any]:
    data = {"card": row["id"], "title": row["title"], "from": [row["column_id"], row["rank"]], "to": [moved["column_id"]]}
    return {
        **moved,
        "row_id": row["id"],
        "updated_by": user_id,
        "head_id": row["entered_id"],
        "seq": row["head_seq"] + 1,
        "last_number": row["head_last_number"],
        "triggers": row["head_triggers"],
        "type": "card.moved",
        "at": moved["updated_at"],
        "actor_id": user_id,
        "actor_name": row["caller_name"],
        "actor_agent": None,
        "cause": None,
        "reverts": None,
        "card_id": row["id"],
        "op_id": op_id,
        "data": msgspec.json.encode(data).decode(),
        "user_id": user_id,
        "fingerprint": "",
        "answer": msgspec.json.encode(moved).decode(),
        "created_at": moved["updated_at"],
    }


def reader(pool: asyncpg.Pool) -> Handler:
    """The handler that reads a whole board and encodes it, each time."""

    async def read(request: web.Request) -> web.Response:
        params = {"board_id": request.match_info["board"]}
        async with pool.acquire() as connection:
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            prepared = [statement.on("postgresql") for statement in BOARD]
            tables = [await connection.fetch(each.sql, *each.arguments(params)) for each in prepared]
            await connection.execute("COMMIT")
        body = msgspec.json.encode([[dict(row) for row in table] for table in tables])
        return web.Response(body=body, content_type="application/json")

    return read


@asynccontextmanager
async def open_floor(url: str, user_id: str, session_id: str) -> AsyncIterator[web.Application]:
    """The application, with as many connections as the server has."""
    pool = await asyncpg.create_pool(
        url, min_size=1, max_size=POOL_SIZE, statement_cache_size=500, connection_class=_Connection, init=_set_codecs
    )
    async with pool:
        app = web.Application()
        app.router.add_post("/cards/{card}/move", mover(pool, user_id, session_id))
        app.router.add_get("/boards/{board}/snapshot", reader(pool))
        yield app


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Goes back to the pool without a round trip, as the server's do."""

    def get_reset_query(self) -> str:
        return ""


async def _set_codecs(connection: Any) -> None:
    await connection.set_builtin_type_codec("uuid", schema="pg_catalog", codec_name="text", format="text")
    await connection.set_type_codec(
        "json",
        schema="pg_catalog",
        encoder=lambda value: msgspec.json.encode(value).decode(),
        decoder=lambda text: msgspec.Raw(text.encode()),
        format="text",
    )


async def main(url: str, user_id: str, session_id: str) -> None:
    """Serve until told to stop."""
    async with open_floor(url, user_id, session_id) as app:
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await listen(runner, "127.0.0.1", 0)
        print(f"The floor is on {address_of(runner)} .", file=sys.stderr, flush=True)
        await stop_signal().wait()
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
