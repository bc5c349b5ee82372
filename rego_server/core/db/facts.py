"""What a database says of itself before any server opens it: its revision, its life and how much is in it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from rego.wire.errors import Unavailable

NOBODY_HOME = (0, 0)

_ROUNDS = 5
_SETTINGS = ["synchronous_commit", "fsync", "full_page_writes", "max_connections"]


class Facts(NamedTuple):
    """`revision` and `epoch` are None for a database that was never migrated."""

    revision: str | None
    epoch: str | None
    people: int = 0
    boards: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be lost with it."""
        return (self.people, self.boards) == NOBODY_HOME


NOTHING = Facts(None, None)

_QUERIES = (
    "SELECT version_num FROM alembic_version",
    "SELECT epoch FROM instance",
    "SELECT count(*) FROM users",
    "SELECT count(*) FROM boards",
)


def sqlite_facts(path: Path) -> Facts:
    """The facts of a file, which is not made when it is missing. Raises `Unavailable` for a file that is no database."""
    if not path.is_file():
        return NOTHING
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("PRAGMA query_only = ON")
            exists = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
            return _facts([connection.execute(query).fetchone() for query in _QUERIES]) if exists else NOTHING
    except sqlite3.Error as error:
        raise Unavailable(f"The database {path} cannot be read: {error}.") from error


async def postgres_facts(url: str) -> Facts:
    """The facts of a PostgreSQL database. Raises `Unavailable` when it cannot be reached."""
    connection = await connect_postgres(url)
    try:
        exists = await connection.fetchval("SELECT to_regclass('alembic_version')")
        return _facts([await connection.fetchrow(query) for query in _QUERIES]) if exists else NOTHING
    finally:
        await connection.close()


class PostgresCondition(NamedTuple):
    """`latency` is the quickest of a few answers, `ahead` how far the server's clock is before ours, both in seconds."""

    version: tuple[int, int]
    latency: float
    ahead: float
    settings: dict[str, str]
    connections: int


async def postgres_condition(url: str) -> PostgresCondition:
    """How the server is that has the database. Raises `Unavailable` when it cannot be reached."""
    connection = await connect_postgres(url)
    try:
        latency = min([await _answer_time(connection) for _ in range(_ROUNDS)])
        ahead = (await connection.fetchval("SELECT clock_timestamp()")).timestamp() - time.time()
        settings = await connection.fetch("SELECT name, setting FROM pg_settings WHERE name = ANY($1)", _SETTINGS)
        connections = await connection.fetchval("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
        version = connection.get_server_version()
    finally:
        await connection.close()
    return PostgresCondition((version.major, version.minor), latency, ahead, dict(settings), connections)


async def _answer_time(connection: Any) -> float:
    begin = time.perf_counter()
    await connection.fetchval("SELECT 1")
    return time.perf_counter() - begin


async def connect_postgres(url: str) -> Any:
    """A connection for a look from outside. Raises `Unavailable` when there is no PostgreSQL or the URL is none."""
    import asyncpg

    try:
        return await asyncpg.connect(url, timeout=10)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unavailable(f"PostgreSQL cannot be reached: {str(error).rstrip('.') or 'it took too long'}.") from error


def _facts(rows: list[Any]) -> Facts:
    revision, epoch, people, boards = (row[0] if row else None for row in rows)
    return Facts(revision, str(epoch) if epoch else None, people or 0, boards or 0)
