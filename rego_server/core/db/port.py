"""What the rest of the server knows of a database: transactions as functions, and statements that were compiled once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from rego_server.core.db.statement import DialectName, Statement

T = TypeVar("T")

Row = Mapping[str, Any]
"""One result row by column name."""

Write = tuple[Statement, Mapping[str, Any]]
"""A statement and its parameters."""

Observer = Callable[[str], None]
"""Is told the SQL of each statement as it runs; tests count with it."""


class UniqueViolation(Exception):
    """A row would have broken a unique index; `name` is the index's, or on SQLite sometimes `table.column`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Connection(Protocol):
    """A transaction under way. Its methods are the only things that the work inside a transaction may await."""

    async def fetch(self, statement: Statement, **params: Any) -> Sequence[Row]:
        """All rows."""

    async def fetch_one(self, statement: Statement, **params: Any) -> Row | None:
        """The first row, or None."""

    async def execute_together(self, writes: Sequence[Write]) -> None:
        """Writes that do not depend on each other, in as few round trips as the database can."""

    async def execute_many(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        """One write for each row of parameters."""

    async def savepoint(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work`, and undo in the database what it did when it raises; what was before it stays. May be nested."""


Work = Callable[[Connection], Awaitable[T]]
"""What runs inside a transaction. It awaits its connection and nothing else: on SQLite it runs on the writer's own thread."""


class Database(Protocol):
    """A database that runs work in transactions."""

    dialect: DialectName
    observer: Observer | None

    async def transaction(self, work: Work[T]) -> T:
        """Run `work` and commit; roll back when it raises. Returns after the commit.

        Raises `UniqueViolation`, and `rego.wire.errors.Unavailable` when the database cannot be reached.
        """

    async def reading(self, work: Work[T]) -> T:
        """Run `work` on one consistent state; it must not write."""

    async def glance(self, work: Work[T]) -> T:
        """Run `work` without a transaction around it: for a single read statement."""

    async def close(self) -> None:
        """Finish what is under way and let go of the database."""
