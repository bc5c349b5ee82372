"""What a server tidies up by itself: answers kept for repeats, once nobody can repeat them any more, and expired secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
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


class Chore(NamedTuple):
    """A statement that takes away what is older than `kept`; its parameter `before` says when that was."""

    statement: Statement
    kept: timedelta


_log = structlog.get_logger("rego.housekeeping")


class Housekeeping:
    """A task in the background."""

    def __init__(self, database: Database, clock: Clock, chores: Sequence[Chore] = ()) -> None:
        self._database = database
        self._clock = clock
        self._chores = (Chore(FORGET_ANSWERS, ANSWERS_KEPT), *chores)
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
        """Tidy up once."""
        now = self._clock.now()

        async def work(connection: Connection) -> None:
            for chore in self._chores:
                await connection.execute_together([(chore.statement, {"before": now - chore.kept})])

        await self._database.transaction(work)

    async def _run(self) -> None:
        while True:
            try:
                await self.round()
            except Unavailable as error:
                _log.warning("housekeeping failed", error=error.detail)
            await asyncio.sleep(EVERY)
