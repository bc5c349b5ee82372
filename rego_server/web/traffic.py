"""The requests under way, sockets included, so that a server which stops knows when the last one is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web


class Traffic:
    """Counts requests. Once it is told that the server stops, every answer closes its connection."""

    def __init__(self) -> None:
        self.stopping = False
        self.under_way = 0
        self._drained = asyncio.Event()

    def stop(self) -> None:
        """The server is about to stop: it is ready for nothing new, and finishes what it has begun."""
        self.stopping = True
        self._look()

    async def drained(self) -> None:
        """Wait until a server that stops has nothing under way."""
        await self._drained.wait()

    @contextmanager
    def one(self) -> Iterator[None]:
        """A request, from its headers to its answer."""
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1
            self._look()

    def _look(self) -> None:
        if self.stopping and not self.under_way:
            self._drained.set()
        else:
            self._drained.clear()


TRAFFIC: web.AppKey[Traffic] = web.AppKey("traffic", Traffic)
