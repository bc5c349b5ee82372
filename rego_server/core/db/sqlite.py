"""SQLite: one writer thread that runs whole transactions and commits them in groups, and a few reader threads.

A hop to another thread for each statement is what costs with SQLite, so a transaction is one hop: its coroutine is driven to
its end on the writer's thread, where no statement ever has to wait. Transactions that queued up while the last commit was on
its way to the disk share the next one (group commit); each has a savepoint, so one that fails takes no other with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import queue
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from rego.wire.errors import Unavailable
from rego_server.core.db.port import Observer, Row, UniqueViolation, Work, Write
from rego_server.core.db.statement import DialectName, Prepared, Statement

T = TypeVar("T")

READERS = 3
GROUP_MAX = 64
BUSY_TIMEOUT_MS = 5_000


class SqliteDatabase:
    """The database in one file. Must be opened inside a running event loop."""

    dialect: DialectName = "sqlite"

    def __init__(self, path: Path, writer: sqlite3.Connection) -> None:
        self.observer: Observer | None = None
        self._path = path
        self._writer_connection = writer
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._local = threading.local()
        self._reader_connections: list[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="rego-sqlite-reader")
        self._writer = threading.Thread(target=self._write_in_groups, name="rego-sqlite-writer", daemon=True)
        self._writer.start()

    @classmethod
    async def open(cls, path: Path) -> SqliteDatabase:
        """Open the file. Raises `Unavailable` when it cannot be opened."""
        try:
            # Before any reader: the change to WAL needs the file for itself, and SQLite does not wait for it.
            writer = await asyncio.to_thread(_connect_writer, path)
        except sqlite3.Error as error:
            raise Unavailable(f"The database {path} cannot be opened: {error}.") from error
        return cls(path, writer)

    async def transaction(self, work: Work[T]) -> T:
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(work, future, contextvars.copy_context()))
        return await future

    async def reading(self, work: Work[T]) -> T:
        context = contextvars.copy_context()
        return await self._loop.run_in_executor(self._readers, context.run, self._read, work)

    async def glance(self, work: Work[T]) -> T:
        return await self.reading(work)

    async def close(self) -> None:
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown()
        for connection in self._reader_connections:
            connection.close()

    # --- on the reader threads -----------------------------------------------------------------------------------

    def _read(self, work: Work[T]) -> T:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._path)
            connection.execute("PRAGMA query_only = ON")
            self._reader_connections.append(connection)
        connection.execute("BEGIN")
        try:
            return _drive(work(SqliteConnection(connection, self.observer)))
        finally:
            connection.execute("ROLLBACK")

    # --- on the writer thread ------------------------------------------------------------------------------------

    def _write_in_groups(self) -> None:
        connection = self._writer_connection
        try:
            while group := self._next_group():
                outcomes = self._run_group(connection, group)
                # The loop is gone when a test or a crash closed it first; nobody waits for the outcome then.
                with contextlib.suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(_tell, outcomes)
        finally:
            connection.close()

    def _next_group(self) -> list[_Job]:
        """The jobs that wait, at least one; empty when the database is being closed."""
        group: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            group.append(job)
            if len(group) == GROUP_MAX:
                return group
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return group
        if group:
            self._jobs.put(None)
        return group

    def _run_group(self, connection: sqlite3.Connection, group: list[_Job]) -> list[_Outcome]:
        try:
            connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._run_job(connection, job) for job in group]
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            return [_Outcome(job.future, None, _translated(error)) for job in group]
        return outcomes

    def _run_job(self, connection: sqlite3.Connection, job: _Job) -> _Outcome:
        connection.execute("SAVEPOINT job")
        try:
            result = job.context.run(_drive, job.work(SqliteConnection(connection, self.observer)))
        except BaseException as error:
            connection.execute("ROLLBACK TO job")
            connection.execute("RELEASE job")
            return _Outcome(job.future, None, _translated(error))
        connection.execute("RELEASE job")
        return _Outcome(job.future, result, None)


class SqliteConnection:
    """A transaction on SQLite. The methods are coroutines that never wait."""

    def __init__(self, connection: sqlite3.Connection, observer: Observer | None) -> None:
        self._connection = connection
        self._observer = observer

    async def fetch(self, statement: Statement, **params: Any) -> Sequence[Row]:
        prepared = statement.on("sqlite")
        return [_row(prepared, values) for values in self._run(prepared, params)]

    async def fetch_one(self, statement: Statement, **params: Any) -> Row | None:
        prepared = statement.on("sqlite")
        values = self._run(prepared, params).fetchone()
        return None if values is None else _row(prepared, values)

    async def execute_together(self, writes: Sequence[Write]) -> None:
        for statement, params in writes:
            self._run(statement.on("sqlite"), params)

    async def execute_many(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        prepared = statement.on("sqlite")
        self._observe(prepared)
        self._connection.executemany(prepared.sql, [prepared.bound(row) for row in rows])

    async def savepoint(self, work: Callable[[], Awaitable[T]]) -> T:
        self._tell("SAVEPOINT step")
        try:
            result = await work()
        except BaseException:
            self._tell("ROLLBACK TO step")
            self._tell("RELEASE step")
            raise
        self._tell("RELEASE step")
        return result

    def _tell(self, command: str) -> None:
        if self._observer:
            self._observer(command)
        self._connection.execute(command)

    def _run(self, prepared: Prepared, params: Mapping[str, Any]) -> sqlite3.Cursor:
        self._observe(prepared)
        return self._connection.execute(prepared.sql, prepared.bound(params))

    def _observe(self, prepared: Prepared) -> None:
        if self._observer:
            self._observer(prepared.sql)


class _Job(NamedTuple):
    work: Work[Any]
    future: asyncio.Future[Any]
    context: contextvars.Context


class _Outcome(NamedTuple):
    future: asyncio.Future[Any]
    result: Any
    error: BaseException | None


def connect(path: Path) -> sqlite3.Connection:
    """A connection with the settings that every use of the file needs; transactions are begun by hand."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _connect_writer(path: Path) -> sqlite3.Connection:
    connection = connect(path)
    # Fetched, because a statement that was not read to its end keeps its lock.
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    return connection


def _drive(work: Awaitable[T]) -> T:
    """Run a coroutine that awaits nothing but its SQLite connection, here and now."""
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as done:
        result: T = done.value
        return result
    raise RuntimeError("The work inside a transaction awaited something other than its connection.")


def _row(prepared: Prepared, values: tuple[Any, ...]) -> Row:
    return {
        name: value if read is None or value is None else read(value)
        for (name, read), value in zip(prepared.columns, values, strict=True)
    }


def _tell(outcomes: list[_Outcome]) -> None:
    for future, result, error in outcomes:
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def _translated(error: BaseException) -> BaseException:
    """A driver's error as the port names it; others as they are."""
    if isinstance(error, sqlite3.IntegrityError) and "UNIQUE constraint failed" in str(error):
        return UniqueViolation(str(error).partition(": ")[2].removeprefix("index ").strip("'"))
    if isinstance(error, sqlite3.OperationalError):
        return Unavailable(f"The database cannot be written: {error}.", retry_after=1)
    return error
