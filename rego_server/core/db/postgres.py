"""PostgreSQL through asyncpg: a pool, transactions of few round trips, and outages named for what they are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import asyncpg
import msgspec

from rego.wire.errors import Unavailable
from rego_server.core.db.port import Observer, Row, UniqueViolation, Work, Write
from rego_server.core.db.statement import DialectName, Statement, together

T = TypeVar("T")

POOL_SIZE = 10
CONNECT_TIMEOUT = 10.0
CLOSE_TIMEOUT = 1.5
STATEMENT_CACHE = 500
TOGETHER_MAX = 8

_OUTAGES = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class PostgresDatabase:
    """A pool of connections to one PostgreSQL database."""

    dialect: DialectName = "postgresql"

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.observer: Observer | None = None
        self._pool = pool
        self._running: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(cls, url: str, *, pool_size: int = POOL_SIZE) -> PostgresDatabase:
        """Connect to `url`; raises `Unavailable` when there is no PostgreSQL."""
        with _outages_named():
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=pool_size,
                timeout=CONNECT_TIMEOUT,
                statement_cache_size=STATEMENT_CACHE,
                connection_class=_Connection,
                init=_set_codecs,
                server_settings={"timezone": "UTC", "application_name": "rego"},
            )
        return cls(pool)

    async def transaction(self, work: Work[T]) -> T:
        return await self._run("BEGIN", work, "COMMIT")

    async def reading(self, work: Work[T]) -> T:
        return await self._run("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", work, "COMMIT")

    async def glance(self, work: Work[T]) -> T:
        with _outages_named():
            async with self._pool.acquire() as connection:
                return await work(PostgresConnection(connection, self.observer))

    async def settle(self) -> None:
        """Wait for the transactions under way, those included whose caller was cancelled."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def close(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self.settle()
                await self._pool.close()
        except TimeoutError:
            # A database that has fallen silent must not keep the server from ending.
            self._pool.terminate()

    async def _run(self, begin: str, work: Work[T], end: str) -> T:
        """In a task of its own, so that a request that is cancelled cannot tear a transaction from its connection."""
        task = asyncio.create_task(self._run_to_its_end(begin, work, end))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _run_to_its_end(self, begin: str, work: Work[T], end: str) -> T:
        with _outages_named():
            async with self._pool.acquire() as connection:
                await connection.execute(begin)
                try:
                    result = await work(PostgresConnection(connection, self.observer))
                except BaseException:
                    if not connection.is_closed():
                        await connection.execute("ROLLBACK")
                    raise
                await connection.execute(end)
                return result


class PostgresConnection:
    """A transaction on PostgreSQL."""

    def __init__(self, connection: Any, observer: Observer | None) -> None:
        self._connection = connection
        self._observer = observer

    async def fetch(self, statement: Statement, **params: Any) -> Sequence[Row]:
        prepared = statement.on("postgresql")
        self._observe(prepared.sql)
        rows: list[Row] = await self._connection.fetch(prepared.sql, *prepared.arguments(params))
        return rows

    async def fetch_one(self, statement: Statement, **params: Any) -> Row | None:
        prepared = statement.on("postgresql")
        self._observe(prepared.sql)
        row: Row | None = await self._connection.fetchrow(prepared.sql, *prepared.arguments(params))
        return row

    async def execute_together(self, writes: Sequence[Write]) -> None:
        for start in range(0, len(writes), TOGETHER_MAX):
            group = writes[start : start + TOGETHER_MAX]
            sql = together(tuple(statement for statement, _ in group))
            arguments: list[Any] = []
            for statement, params in group:
                arguments += statement.on("postgresql").arguments(params)
            self._observe(sql)
            # fetch, not execute: execute with arguments asks the server to describe the statement each time.
            await self._connection.fetch(sql, *arguments)

    async def execute_many(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        prepared = statement.on("postgresql")
        self._observe(prepared.sql)
        await self._connection.executemany(prepared.sql, [prepared.arguments(row) for row in rows])

    async def savepoint(self, work: Callable[[], Awaitable[T]]) -> T:
        await self._tell("SAVEPOINT step")
        try:
            result = await work()
        except BaseException:
            await self._tell("ROLLBACK TO SAVEPOINT step")
            await self._tell("RELEASE SAVEPOINT step")
            raise
        await self._tell("RELEASE SAVEPOINT step")
        return result

    async def _tell(self, command: str) -> None:
        self._observe(command)
        await self._connection.execute(command)

    def _observe(self, sql: str) -> None:
        if self._observer:
            self._observer(sql)


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Skips the reset round trip when it goes back to the pool: nothing here sets what it would reset."""

    def get_reset_query(self) -> str:
        return ""


async def _set_codecs(connection: Any) -> None:
    # Ids are text here; the built-in codec passes it through without a call into Python for each value.
    await connection.set_builtin_type_codec("uuid", schema="pg_catalog", codec_name="text", format="text")
    await connection.set_type_codec(
        "json",
        schema="pg_catalog",
        encoder=lambda value: msgspec.json.encode(value).decode(),
        decoder=msgspec.json.decode,
        format="text",
    )


@contextmanager
def _outages_named() -> Iterator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise UniqueViolation(error.constraint_name or "") from error
    except asyncpg.DataError:
        # A subclass of InterfaceError, but a bug of ours and no outage.
        raise
    except _OUTAGES as error:
        raise Unavailable("The database cannot be reached; try again in a moment.", retry_after=1) from error
