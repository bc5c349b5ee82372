"""One of several server processes on a port, started by `rego_server.workers`, until it is told to stop or left alone."""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import AsyncExitStack

from aiohttp import web

from rego.wire.errors import RegoError
from rego_server.app import open_server
from rego_server.core.settings import Settings, load
from rego_server.logs import configure
from rego_server.main import BACKLOG, settle, start, stop_signal


def main(descriptors: list[str]) -> int:
    """Serve on the listening sockets that were handed down; returns the exit code."""
    try:
        settings = load()
        configure(level=settings.log_level, debug=settings.debug)
        asyncio.run(_work(settings, [socket.socket(fileno=int(each)) for each in descriptors]))
    except RegoError as error:
        print(f"rego: {error.detail}", file=sys.stderr)
        return 1
    return 0


async def _work(settings: Settings, listeners: list[socket.socket]) -> None:
    async with AsyncExitStack() as stack:
        stop = stop_signal()
        _stop_when_left_alone(stop)
        server = await stack.enter_async_context(open_server(settings))
        runner = await start(server)
        stack.push_async_callback(runner.cleanup)
        for listener in listeners:
            await web.SockSite(runner, listener, backlog=BACKLOG).start()
        settle()
        print("ready", flush=True)
        await stop.wait()


def _stop_when_left_alone(stop: asyncio.Event) -> None:
    """Standard input ends with the process that started this one, however that ends."""
    loop = asyncio.get_running_loop()

    def left_alone() -> None:
        loop.remove_reader(sys.stdin)
        stop.set()

    loop.add_reader(sys.stdin, left_alone)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
