"""`rego serve`: settings, a server on its port, and an orderly end."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from aiohttp import web

from rego.wire.errors import RegoError, Unavailable
from rego_server.app import Server, open_server
from rego_server.beacon import claimed, lit
from rego_server.core.settings import Settings, load
from rego_server.logs import configure

SHUTDOWN_TIMEOUT = 8.0
"""How long requests under way may take to finish when the server stops, in seconds."""


def serve(
    *,
    host: str | None = None,
    port: int | None = None,
    database_url: str | None = None,
    redis_url: str | None = None,
    data_dir: Path | None = None,
    trusted_proxies: str | None = None,
) -> int:
    """Run a server until it is told to stop; returns the exit code. None takes a value from the environment or the default."""
    flags: dict[str, Any] = {
        "host": host,
        "port": port,
        "database_url": database_url,
        "redis_url": redis_url,
        "data_dir": data_dir,
        "trusted_proxies": trusted_proxies,
    }
    try:
        settings = load(flags)
        configure(debug=settings.debug)
        asyncio.run(_serve(settings))
    except RegoError as error:
        print(f"rego: {error.detail}", file=sys.stderr)
        return 1
    return 0


async def _serve(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        own_data = not settings.database_url
        if own_data:
            stack.enter_context(claimed(settings.data_dir, background=False))
        stop = stop_signal()
        server = await stack.enter_async_context(open_server(settings))
        runner = await start(server)
        stack.push_async_callback(runner.cleanup)
        await listen(runner, settings.host, settings.port)
        url = address_of(runner)
        if own_data:
            await stack.enter_async_context(lit(server, runner, background=False))
        settle()
        print(f"Rego is on {url} with {_where(settings)}. Ctrl+C stops it.", file=sys.stderr, flush=True)
        await stop.wait()


async def start(server: Server) -> web.AppRunner:
    """The server's application, running and not yet listening."""
    runner = _Runner(server)
    await runner.setup()
    return runner


class _Runner(web.AppRunner):
    """Sends the sockets away first: when aiohttp tells the application of the end, it no longer reads what they answer."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.app, access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT)
        self._hub = server.hub

    async def cleanup(self) -> None:
        for site in tuple(self.sites):
            await site.stop()
        await self._hub.stop()
        await super().cleanup()


async def listen(runner: web.AppRunner, host: str, port: int) -> None:
    """Listen on a TCP port. Raises `Unavailable` with what to do when that cannot be."""
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Unavailable(
                f"Port {port} of {host} is in use; stop what runs there or choose another with --port."
            ) from error
        raise Unavailable(f"Cannot listen on {host} port {port}: {os.strerror(error.errno or 0)}.") from error


def address_of(runner: web.AppRunner) -> str:
    """The URL of the first address that `runner` listens on."""
    host, port = runner.addresses[0][:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def settle() -> None:
    """Say that start-up is over: what is there now will stay, so the garbage collector need not look through it ever again.

    Without this each of its full passes holds up everybody for a tenth of a second, and a board of 1,000 cards sets one off.
    """
    gc.freeze()


def stop_signal() -> asyncio.Event:
    """Set by SIGINT or SIGTERM from now on, so that a server which is told to stop while it starts still ends in order."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def _where(settings: Settings) -> str:
    return f"the database {settings.sqlite_path}" if settings.sqlite_path else "PostgreSQL"
