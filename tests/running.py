"""Real servers for tests: in the test's own event loop, or in a thread for tests that block."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from rego.client import auth
from rego.client.aio import Client
from rego.client.credentials import Credentials
from rego.client.server import Server as Address
from rego.wire.users import Register, User
from rego_server.app import Server, open_server
from rego_server.core.bus import Bus
from rego_server.core.mail import Carrier
from rego_server.core.rate_limit import Limiter
from rego_server.core.settings import UNLIMITED, Settings
from rego_server.main import address_of, listen, start
from rego_server.realtime.limits import SocketLimits

PASSWORD = "correct horse battery"


def fast_settings(data_dir: Path, database_url: str = "") -> Settings:
    """Settings for tests: password hashes that cost nothing, everything in `data_dir`."""
    return replace(
        Settings(),
        data_dir=data_dir,
        database_url=database_url,
        argon2_time_cost=1,
        argon2_memory_kib=8,
        environment="test",
        **UNLIMITED,
    )


@dataclass(frozen=True)
class Running:
    """A server that takes requests at `url`."""

    url: str
    server: Server


@dataclass(frozen=True)
class Somebody:
    """A person with an account, logged in."""

    user: User
    client: Client
    token: str


@asynccontextmanager
async def running(
    settings: Settings,
    bus: Bus | None = None,
    socket_limits: SocketLimits | None = None,
    limiter: Limiter | None = None,
    carrier: Carrier | None = None,
) -> AsyncIterator[Running]:
    """A server on a free port of loopback."""
    async with open_server(settings, bus=bus, socket_limits=socket_limits, limiter=limiter, carrier=carrier) as server:
        runner = await start(server)
        try:
            await listen(runner, "127.0.0.1", 0)
            yield Running(address_of(runner), server)
        finally:
            await runner.cleanup()


async def join(url: str, username: str) -> Somebody:
    """Register and log in; the client must be closed by the caller."""
    address = Address.parse(url)
    async with Client(address, None) as stranger:
        email = f"{username}-{uuid4().hex[:6]}@example.com"
        user = await stranger.send(auth.register(Register(email=email, username=username, password=PASSWORD)))
        tokens = await stranger.send(auth.login(username, PASSWORD))
    credentials = Credentials(server=url, access_token=tokens.access_token, refresh_token=tokens.refresh_token)
    return Somebody(user, await Client(address, credentials).__aenter__(), tokens.access_token)


@contextmanager
def server_thread(settings: Settings, carrier: Carrier | None = None) -> Iterator[str]:
    """A server in a thread of its own, for tests that block; gives its URL."""
    ready = threading.Event()
    state: dict[str, object] = {}

    async def main() -> None:
        state["loop"] = asyncio.get_running_loop()
        stop = state["stop"] = asyncio.Event()
        async with running(settings, carrier=carrier) as server:
            state["url"] = server.url
            ready.set()
            await stop.wait()

    def body() -> None:
        try:
            asyncio.run(main())
        finally:
            ready.set()

    thread = threading.Thread(target=body, name="rego-test-server")
    thread.start()
    ready.wait()
    try:
        url = state["url"]
        assert isinstance(url, str)
        yield url
    finally:
        loop, stop = state["loop"], state["stop"]
        assert isinstance(loop, asyncio.AbstractEventLoop)
        assert isinstance(stop, asyncio.Event)
        loop.call_soon_threadsafe(stop.set)
        thread.join()
