"""What a server tidies up by itself: answers kept for repeats that nobody can send any more, expired secrets, other chores."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete

from rego.wire import limits
from rego_server.core.clock import Clock
from rego_server.core.db import Connection, Database, Statement
from rego_server.core.db.schema import Timestamp
from rego_server.core.rounds import Rounds
from rego_server.core.uow import operations

EVERY = 3_600.0
"""Seconds between two rounds."""

ANSWERS_KEPT = timedelta(seconds=limits.IDEMPOTENCY_KEY_LIFE)
"""How long an idempotency key is remembered."""

FORGET_ANSWERS = Statement(delete(operations).where(operations.c.created_at < bindparam("before", type_=Timestamp)))


Chore = Callable[[], Awaitable[None]]
"""Something to tidy up in each round. One that fails is tried again in the next one."""


class Expiry(NamedTuple):
    """A statement that takes away what is older than `kept`; its parameter `before` says when that was."""

    statement: Statement
    kept: timedelta


class Housekeeping(Rounds):
    """A task in the background."""

    every = EVERY

    def __init__(self, database: Database, clock: Clock, expiries: Sequence[Expiry], *chores: Chore) -> None:
        super().__init__()
        self._database = database
        self._clock = clock
        self._expiries = (Expiry(FORGET_ANSWERS, ANSWERS_KEPT), *expiries)
        self._chores = (self._forget, *chores)

    async def round(self) -> None:
        """Tidy up once. A chore that fails keeps nobody else from theirs."""
        for chore in self._chores:
            await self._attempt(chore)

    async def _forget(self) -> None:
        now = self._clock.now()

        async def work(connection: Connection) -> None:
            for each in self._expiries:
                await connection.execute_together([(each.statement, {"before": now - each.kept})])

        await self._database.transaction(work)
