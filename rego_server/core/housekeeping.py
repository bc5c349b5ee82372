"""What a server tidies up by itself: answers that nobody can repeat any more, what has expired, and files of nobody."""

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


class Chore(NamedTuple):
    """A statement that takes away what is older than `kept`; its parameter `before` says when that was."""

    statement: Statement
    kept: timedelta


Errand = Callable[[], Awaitable[None]]
"""A chore that takes more than a statement. It may raise `Unavailable`, and is tried again in the next round."""


_log = structlog.get_logger("rego.housekeeping")


class Housekeeping:
    """A task in the background."""

    def __init__(
        self, database: Database, clock: Clock, chores: Sequence[Chore] = (), errands: Sequence[Errand] = ()
    ) -> None:
        self._database = database
        self._clock = clock
        self._chores = (Chore(FORGET_ANSWERS, ANSWERS_KEPT), *chores)
        self._errands = (self._forget, *errands)
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
        """Tidy up once. What fails keeps nothing else from being done."""
        for errand in self._errands:
            try:
                await errand()
            except Unavailable as error:
                _log.warning("housekeeping failed", error=error.detail)

    async def _forget(self) -> None:
        now = self._clock.now()

        async def work(connection: Connection) -> None:
            for chore in self._chores:
                await connection.execute_together([(chore.statement, {"before": now - chore.kept})])

        await self._database.transaction(work)

    async def _run(self) -> None:
        while True:
            await self.round()
            await asyncio.sleep(EVERY)
