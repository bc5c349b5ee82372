"""A clock that tests set by hand, and a server that goes by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from rego_server.app import open_server
from rego_server.core.mail import Carrier
from rego_server.core.settings import Settings
from rego_server.main import address_of, listen, start
from tests.running import Running


class HandClock:
    """Stands still until it is set forward."""

    def __init__(self) -> None:
        self.time = datetime(2027, 1, 2, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def advance(self, **duration: float) -> None:
        """Set it forward, by `minutes=5` and the like."""
        self.time += timedelta(**duration)


@asynccontextmanager
async def running_by(clock: HandClock, settings: Settings, carrier: Carrier | None = None) -> AsyncIterator[Running]:
    """A server on a free port of loopback, whose time is `clock`."""
    async with open_server(settings, clock=clock, carrier=carrier) as server:
        runner = await start(server)
        try:
            await listen(runner, "127.0.0.1", 0)
            yield Running(address_of(runner), server)
        finally:
            await runner.cleanup()
