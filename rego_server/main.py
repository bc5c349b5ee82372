"""`rego serve`: settings, a server on its port, and an orderly end."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from typing import Any

from aiohttp import web

from rego.wire.errors import RegoError, Unavailable
from rego_server.app import Server, open_server
from rego_server.beacon import claimed, lit
from rego_server.core.settings import Settings, as_environment, load
from rego_server.logs import configure
from rego_server.web.front import Front
from rego_server.web.traffic import TRAFFIC

FINISHED_WITHIN = 7.0
"""How long requests under way may take to be answered, and sockets to go, when the server stops; in seconds."""

IDLE_CONNECTION_MAX = 75.0
"""How long a connection without a request stays open, in seconds: longer than a proxy keeps its own, so that no request of
the proxy's meets a connection that is being closed."""

BACKLOG = 128
"""Connections that may wait to be taken."""

CUT_OFF_WITHIN = 0.5
"""How long a connection that still is there then may take to end, told once and cancelled once; in seconds."""


def serve(**flags: Any) -> int:
    """Run a server until it is told to stop; returns the exit code.

    `flags` are settings by name; one that is missing or None comes from the environment, or is the default.
    """
    try:
        settings = load(flags)
        configure(level=settings.log_level, debug=settings.debug)
        if settings.workers > 1:
            from rego_server.workers import supervise

            return asyncio.run(supervise(settings, os.environ | as_environment(flags)))
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
    """Ends in order: not ready, then no new connections, then sockets sent away and requests answered, then the rest.

    aiohttp's own end comes last, because from then on it reads nothing: neither the rest of a body that is still arriving
    nor what a socket answers to its close.
    """

    def __init__(self, server: Server) -> None:
        super().__init__(server.app, access_log=None, shutdown_timeout=CUT_OFF_WITHIN, keepalive_timeout=IDLE_CONNECTION_MAX)
        self._hub = server.hub
        self._traffic = server.app[TRAFFIC]
        self._drain = server.settings.drain_seconds

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        # aiohttp has no setting for the class of its connections.
        server.__class__ = Front
        return server

    async def cleanup(self) -> None:
        self._traffic.stop()
        await asyncio.sleep(self._drain)
        for site in tuple(self.sites):
            await site.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISHED_WITHIN):
                await self._hub.stop()
                await self._traffic.drained()
        await super().cleanup()


async def listen(runner: web.AppRunner, host: str, port: int) -> None:
    """Listen on a TCP port. Raises `Unavailable` with what to do when that cannot be."""
    try:
        await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
    except OSError as error:
        raise cannot_listen(host, port, error) from error


def cannot_listen(host: str, port: int, error: OSError) -> Unavailable:
    """What to do when a server cannot listen."""
    if error.errno == errno.EADDRINUSE:
        return Unavailable(f"Port {port} of {host} is in use; stop what runs there or choose another with --port.")
    # The name of a host that is unknown has no errno of the system's.
    reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
    return Unavailable(f"Cannot listen on {host} port {port}: {reason}.")


def address_of(runner: web.AppRunner) -> str:
    """The URL of the first address that `runner` listens on."""
    return url_of(runner.addresses[0])


def url_of(address: Sequence[Any]) -> str:
    """The URL of a socket's address."""
    host, port = address[:2]
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
