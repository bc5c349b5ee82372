"""What a server tidies up by itself: answers kept for repeats that nobody can send any more, expired secrets, other chores."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import bindparam, delete

from rego.wire.errors import Unavailable
from rego_server.core.clock import Clock
from rego_server.core.db import Connection, Database, Statement
from rego_server.core.db.schema import Timestamp
from rego_server.core.uow import operations

EVERY = 3_600.0
"""Seconds between two rounds."""

ANSWERS_KEPT = timedelta(hours=24)
"""How long an idempotency key is remembered."""

FORGET_ANSWERS = Statement(delete(operations).where(operations.c.created_at < bindparam("before", type_=Timestamp)))


Chore = Callable[[], Awaitable[None]]
"""Something to tidy up in each round. May raise `Unavailable`; then it is tried again in the next one."""


class Expiry(NamedTuple):
    """A statement that takes away what is older than `kept`; its parameter `before` says when that was."""

    statement: Statement
    kept: timedelta


_log = structlog.get_logger("rego.housekeeping")


class Housekeeping:
    """A task in the background."""

    def __init__(self, database: Database, clock: Clock, expiries: Sequence[Expiry], *chores: Chore) -> None:
        self._database = database
        self._clock = clock
        self._expiries = (Expiry(FORGET_ANSWERS, ANSWERS_KEPT), *expiries)
        self._chores = (self._forget, *chores)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with a round at once."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def round(self) -> None:
        """Tidy up once. A chore that fails keeps nobody else from theirs."""
        for chore in self._chores:
            try:
                await chore()
            except Unavailable as error:
                _log.warning("housekeeping failed", error=error.detail)

    async def _forget(self) -> None:
        now = self._clock.now()

        async def work(connection: Connection) -> None:
            for each in self._expiries:
                await connection.execute_together([(each.statement, {"before": now - each.kept})])

        await self._database.transaction(work)

    async def _run(self) -> None:
        while True:
            await self.round()
            await asyncio.sleep(EVERY)
