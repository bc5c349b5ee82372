"""How a person's own processes find the server of their data: a private Unix socket, and a file with its place and a token.

Whoever serves a data directory lights its beacon: the background server of local mode and `rego serve` alike. Only the owner
can get in, because the directory and the file are readable by the owner alone.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from getpass import getuser
from pathlib import Path

import msgspec
from aiohttp import web

from rego import __version__
from rego.wire.errors import Unavailable
from rego_server.app import Server
from rego_server.core import data_dir
from rego_server.core.uow import Caller, UnitOfWork
from rego_server.domains.auth.routes import LocalKey
from rego_server.domains.users import queries as users
from rego_server.domains.users.actions import add_user

SOCKET_PATH_MAX = 100
"""The longest path that every system takes for a Unix socket, in bytes."""

HANDOVER_PATIENCE = 15.0
"""How long a background server may take to make way, in seconds."""


class Beacon(msgspec.Struct, kw_only=True):
    """The content of `local.json`. A server in the background makes way for one that somebody started by hand."""

    url: str
    token: str
    pid: int
    version: str
    background: bool = False


@contextmanager
def claimed(directory: Path, *, background: bool) -> Iterator[None]:
    """Hold the data directory. A server in the foreground sends one in the background away first. Raises `InUse`."""
    data_dir.prepare(directory)
    lock = directory / "server.lock"
    with ExitStack() as stack:
        try:
            stack.enter_context(data_dir.held(lock))
        except data_dir.InUse:
            if background or not _send_away(directory):
                raise
            _wait_for(stack, lock)
        yield


@asynccontextmanager
async def lit(server: Server, runner: web.AppRunner, *, background: bool) -> AsyncIterator[None]:
    """Let the owner's processes in through a socket of their own, and tell them where it is, for as long as this lasts."""
    directory = server.settings.data_dir.absolute()
    token = secrets.token_urlsafe(32)
    server.auth.local = LocalKey(token, await _owner(server))
    note = directory / "local.json"
    # A beacon that a killed server left behind would hand its old token to a client that finds this one.
    note.unlink(missing_ok=True)
    with _socket_path(directory) as path:
        await _listen(runner, path)
        beacon = Beacon(url=f"unix:{path}", token=token, pid=os.getpid(), version=__version__, background=background)
        with _announced(note, beacon):
            yield


def _send_away(directory: Path) -> bool:
    """Ask the background server of the directory to end; whether there is one."""
    try:
        beacon = msgspec.json.decode((directory / "local.json").read_bytes(), type=Beacon)
    except (OSError, msgspec.DecodeError):
        return False
    if not beacon.background:
        return False
    with suppress(ProcessLookupError):
        os.kill(beacon.pid, signal.SIGTERM)
    return True


def _wait_for(stack: ExitStack, lock: Path) -> None:
    """Hold the lock as soon as it is free. Raises `InUse` when it does not become so."""
    until = time.monotonic() + HANDOVER_PATIENCE
    while True:
        try:
            stack.enter_context(data_dir.held(lock))
        except data_dir.InUse:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


async def _owner(server: Server) -> str:
    """The account of the person whose data this is, made at the first start."""
    result = await server.runner.run(_find_or_make_owner, Caller(), None)
    assert isinstance(result, str)
    return result


async def _find_or_make_owner(uow: UnitOfWork) -> str:
    row = await uow.fetch_one(users.FIRST_SUPERUSER)
    if row is not None:
        return str(row["id"])
    return add_user(uow, username=await _free_name(uow), is_superuser=True, is_verified=True).id


async def _free_name(uow: UnitOfWork) -> str:
    """The user's own name on this machine, with a number when somebody registered under it first."""
    name, number = _own_name(), 1
    candidate = name
    while await uow.fetch_one(users.BY_USERNAME, username=candidate) is not None:
        number += 1
        candidate = f"{name[:28]}{number}"
    return candidate


def _own_name() -> str:
    try:
        name = getuser()
    except (KeyError, OSError):
        name = "me"
    cleaned = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "._-")).strip("._-")[:32]
    return cleaned if len(cleaned) > 1 else "me"


@contextmanager
def _socket_path(directory: Path) -> Iterator[Path]:
    """A place for the socket that only this user can reach: the data directory, or a private one when its path is too long."""
    path = directory / "rego.sock"
    if len(os.fsencode(path)) > SOCKET_PATH_MAX:
        digest = hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]
        private = Path(tempfile.gettempdir()) / f"rego-{os.getuid()}-{digest}"
        private.mkdir(mode=0o700, exist_ok=True)
        if private.is_symlink() or private.stat().st_uid != os.getuid():
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
        path.unlink(missing_ok=True)
