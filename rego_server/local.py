"""Local mode: one person's own server on a Unix socket that nobody else can open, found by all of that person's commands.

Started as `python -m rego_server.local --data-dir DIR`. When it is ready, `DIR/local.json` says where it listens and with which
token; it ends by itself when nobody has needed it for a while. A second one on the same data says nothing and ends.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import secrets
import sys
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from getpass import getuser
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from rego import __version__
from rego.wire.errors import RegoError, Unavailable
from rego_server.app import Server, open_server
from rego_server.core import data_dir
from rego_server.core.settings import Settings
from rego_server.core.uow import Caller, UnitOfWork
from rego_server.domains.auth.routes import LocalKey
from rego_server.domains.users import queries as users
from rego_server.domains.users.actions import add_user
from rego_server.logs import configure
from rego_server.main import start, stop_signal

IDLE_EXIT = 300.0
"""Seconds without a request or a socket after which the server ends."""

SOCKET_PATH_MAX = 100
"""The longest path that every system takes for a Unix socket, in bytes."""


class Beacon(msgspec.Struct, kw_only=True):
    """The content of `local.json`."""

    url: str
    token: str
    pid: int
    version: str


def main() -> int:
    """The process's entry; returns the exit code."""
    parser = argparse.ArgumentParser(prog="rego_server.local", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--idle-exit", type=float, default=IDLE_EXIT)
    asked = parser.parse_args()
    configure(debug=False)
    try:
        asyncio.run(_serve(asked.data_dir.absolute(), asked.idle_exit))
    except data_dir.InUse:
        return 0
    except RegoError as error:
        print(f"rego: {error.detail}", file=sys.stderr)
        return 1
    return 0


async def _serve(directory: Path, idle_exit: float) -> None:
    data_dir.prepare(directory)
    with data_dir.held(directory / "server.lock"):
        settings = replace(Settings(), data_dir=directory, environment="local")
        async with open_server(settings) as server:
            token = secrets.token_urlsafe(32)
            server.auth.local = LocalKey(token, await _owner(server))
            # A beacon that a killed server left behind would hand its old token to a client that finds this one.
            (directory / "local.json").unlink(missing_ok=True)
            idle = IdleWatch(server, idle_exit)
            server.app.middlewares.append(idle.middleware())
            runner = await start(server)
            try:
                with _socket_path(directory) as path:
                    await _listen(runner, path)
                    beacon = Beacon(url=f"unix:{path}", token=token, pid=os.getpid(), version=__version__)
                    with _announced(directory / "local.json", beacon):
                        await _either(stop_signal(), idle.over())
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


async def _owner(server: Server) -> str:
    """The account of the person whose data this is, made at the first start."""
    result = await server.runner.run(_find_or_make_owner, Caller(), None)
    assert isinstance(result, str)
    return result


async def _find_or_make_owner(uow: UnitOfWork) -> str:
    row = await uow.fetch_one(users.FIRST_SUPERUSER)
    if row is not None:
        return str(row["id"])
    return add_user(uow, username=_own_name(), is_superuser=True, is_verified=True).id


def _own_name() -> str:
    try:
        name = getuser()
    except (KeyError, OSError):
        name = "me"
    cleaned = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "._-")).strip("._-")[:32]
    return cleaned if len(cleaned) > 1 else "me"


@contextmanager
def _socket_path(directory: Path) -> Iterator[Path]:
    """A place for the socket that only this user can reach: the data directory, or a private one when that path is too long."""
    path = directory / "rego.sock"
    if len(os.fsencode(path)) > SOCKET_PATH_MAX:
        digest = hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]
        private = Path(tempfile.gettempdir()) / f"rego-{os.getuid()}-{digest}"
        private.mkdir(mode=0o700, exist_ok=True)
        if private.stat().st_uid != os.getuid() or private.is_symlink():
            raise Unavailable(f"{private} belongs to somebody else; choose a shorter data directory.")
        private.chmod(0o700)
        path = private / "rego.sock"
    path.unlink(missing_ok=True)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


async def _listen(runner: web.AppRunner, path: Path) -> None:
    before = os.umask(0o177)
    try:
        await web.UnixSite(runner, path).start()
    except OSError as error:
        raise Unavailable(f"Cannot listen on {path}: {error.strerror}.") from error
    finally:
        os.umask(before)


@contextmanager
def _announced(path: Path, beacon: Beacon) -> Iterator[None]:
    """The beacon's file, there while the server is: made whole or not at all, readable by its owner alone."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".local-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(beacon))
    Path(name).replace(path)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            path.unlink()


async def _either(*waits: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    sys.exit(main())
