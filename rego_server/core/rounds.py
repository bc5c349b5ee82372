"""Work that a server does by itself, again and again: nothing that goes wrong in one round keeps the next from coming."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable

import structlog

from rego.wire.errors import RegoError

_log = structlog.get_logger("rego.rounds")


class Rounds(ABC):
    """A task in the background that makes a round every `every` seconds."""

    every: float

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with a round at once."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End. What is under way is committed whole or not at all; then it is for the next round, here or on another server."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @abstractmethod
    async def round(self) -> None:
        """Do once whatever there is to do."""

    async def _run(self) -> None:
        while True:
            await self._attempt(self.round)
            await asyncio.sleep(self.every)

    async def _attempt(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do `work`; when it fails, that is logged, and it is for the next round."""
        try:
            await work()
        except RegoError as error:
            _log.warning("a round failed", of=type(self).__name__, error=error.detail)
        except Exception:
            _log.exception("a round failed", of=type(self).__name__)
