"""What a server tidies up by itself: answers kept for repeats that nobody can send any more, and the chores of others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

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
"""Something else to tidy up in each round. May raise `Unavailable`; then it is tried again in the next one."""

_log = structlog.get_logger("rego.housekeeping")


class Housekeeping:
    """A task in the background."""

    def __init__(self, database: Database, clock: Clock, *chores: Chore) -> None:
        self._database = database
        self._clock = clock
        self._chores = (self._forget_answers, *chores)
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

    async def _forget_answers(self) -> None:
        before = self._clock.now() - ANSWERS_KEPT

        async def work(connection: Connection) -> None:
            await connection.execute_together([(FORGET_ANSWERS, {"before": before})])

        await self._database.transaction(work)

    async def _run(self) -> None:
        while True:
            await self.round()
            await asyncio.sleep(EVERY)
