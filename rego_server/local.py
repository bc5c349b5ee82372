"""Local mode: one person's own server in the background, found by all of that person's commands.

Started as `python -m rego_server.local --data-dir DIR`. When it is ready, its beacon says where it listens; it ends by itself
when nobody has needed it for a while, or when `rego serve` takes over. A second one on the same data says nothing and ends.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from rego.wire.errors import RegoError
from rego_server.app import Server, open_server
from rego_server.beacon import claimed, lit
from rego_server.core import data_dir
from rego_server.core.settings import UNLIMITED, Settings
from rego_server.logs import configure
from rego_server.main import settle, start, stop_signal

IDLE_EXIT = 300.0
"""Seconds without a request or a socket after which the server ends."""


def main() -> int:
    """The process's entry; returns the exit code."""
    parser = argparse.ArgumentParser(prog="rego_server.local", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--idle-exit", type=float, default=IDLE_EXIT)
    asked = parser.parse_args()
    configure()
    try:
        asyncio.run(_serve(asked.data_dir.absolute(), asked.idle_exit))
    except data_dir.InUse:
        return 0
    except RegoError as error:
        print(f"rego: {error.detail}", file=sys.stderr)
        return 1
    return 0


async def _serve(directory: Path, idle_exit: float) -> None:
    with claimed(directory, background=True):
        stop = stop_signal()
        settings = replace(Settings(), data_dir=directory, environment="local", goaway_seconds=0.0, **UNLIMITED)
        async with open_server(settings) as server:
            idle = IdleWatch(server, idle_exit)
            server.app.middlewares.append(idle.middleware())
            runner = await start(server)
            try:
                async with lit(server, runner, background=True):
                    settle()
                    await _either(stop.wait(), idle.over())
            finally:
                await runner.cleanup()


class IdleWatch:
    """Knows when the server was last needed."""

    def __init__(self, server: Server, seconds: float) -> None:
        self._hub = server.hub
        self._seconds = seconds
        self._last = asyncio.get_running_loop().time()

    def middleware(self) -> Middleware:
        """Notes each request."""

        @web.middleware
        async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._touch()
            try:
                return await handler(request)
            finally:
                self._touch()

        return note

    async def over(self) -> None:
        """Wait until nobody has needed the server for long enough."""
        loop = asyncio.get_running_loop()
        while (left := self._last + self._seconds - loop.time()) > 0 or self._hub.total_connections:
            await asyncio.sleep(max(left, 1.0))
            if self._hub.total_connections:
                self._touch()

    def _touch(self) -> None:
        self._last = asyncio.get_running_loop().time()


async def _either(*waits: Coroutine[Any, Any, object]) -> None:
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    sys.exit(main())
