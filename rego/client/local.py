"""Local mode from the client's side: find the background server of this user's own data, or start it."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import IO, TYPE_CHECKING

import msgspec
from msgspec import Struct

from rego.client import auth, blocking
from rego.client.credentials import Credentials
from rego.client.paths import Paths, make_private_directory
from rego.client.retry import ONCE
from rego.client.server import Server
from rego.wire.errors import RegoError, Unreachable

if TYPE_CHECKING:
    import subprocess

START_PATIENCE = 30.0
"""Seconds that a local server gets to answer: the first start also makes the database."""

_POLL = 0.02
_ANSWER_PATIENCE = 2.0
_LOG_MAX_BYTES = 1_000_000


class LocalServer(Struct, frozen=True, kw_only=True):
    """A local server that answered a moment ago, and the token that opens it."""

    server: Server
    credentials: Credentials
    pid: int
    version: str


class _Note(Struct, kw_only=True):
    """What a local server leaves in `local.json` while it runs."""

    url: str
    token: str
    pid: int
    version: str


Launch = Callable[[Path, IO[bytes]], "subprocess.Popen[bytes]"]


def launch_server(data: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a server process that outlives this one and its terminal."""
    import subprocess

    # Not the current directory: it may be somebody else's, and `-m` would import from it.
    command = [sys.executable, "-m", "rego_server.local", "--data-dir", str(data)]
    return subprocess.Popen(  # noqa: S603 - every word of the command is ours
        command, cwd=data, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
    )


def find(paths: Paths) -> LocalServer | None:
    """The local server that runs on `paths.data` and lets its user in, or None."""
    note = _read_note(paths)
    if note is None:
        return None
    try:
        server = Server.parse(note.url)
        credentials = Credentials(server=server.url, access_token=note.token)
        with blocking.Client(server, credentials, policy=ONCE, timeout=_ANSWER_PATIENCE) as client:
            # Not just its health: after a kill, the next server may answer before its own note replaces the old one.
            client.send(auth.me())
    except RegoError:
        return None
    return LocalServer(server=server, credentials=credentials, pid=note.pid, version=note.version)


def find_or_start(paths: Paths, *, launch: Launch = launch_server, patience: float = START_PATIENCE) -> LocalServer:
    """The local server on `paths.data`, started when none answers. Of several starters one starts, the others wait for it.

    Raises `Unreachable` with the reason when the directory cannot be used or the server does not come up within
    `patience` seconds.
    """
    found = find(paths)
    if found is not None:
        return found
    deadline = time.monotonic() + patience
    try:
        make_private_directory(paths.data)
        with _turn_to_start(paths, deadline):
            return find(paths) or _start(paths, launch, deadline)
    except OSError as error:
        raise Unreachable(
            f"The local server cannot start: {paths.data} cannot be used ({error.strerror}). "
            "Set REGO_DATA_DIR to a directory of yours."
        ) from error


def reviver(paths: Paths, *, launch: Launch = launch_server) -> Callable[[], Awaitable[LocalServer]]:
    """What `aio.Client` takes as `revive` in local mode."""

    async def revive() -> LocalServer:
        import asyncio

        return await asyncio.to_thread(find_or_start, paths, launch=launch)

    return revive


def _read_note(paths: Paths) -> _Note | None:
    path = paths.local_file
    try:
        # Another user's note could lead to a server that collects what is typed into it.
        if path.stat().st_uid != os.getuid():
            return None
        return msgspec.json.decode(path.read_bytes(), type=_Note)
    except (OSError, msgspec.DecodeError):
        return None


@contextmanager
def _turn_to_start(paths: Paths, deadline: float) -> Iterator[None]:
    descriptor = os.open(paths.start_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _try_lock(descriptor):
            if time.monotonic() > deadline:
                raise Unreachable("Another rego command has been starting the local server for too long; end it and try again.")
            time.sleep(_POLL)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start(paths: Paths, launch: Launch, deadline: float) -> LocalServer:
    with _open_log(paths.server_log) as log:
        begin = log.tell()
        process = _launched(paths, launch, log)
        while time.monotonic() <= deadline:
            if found := find(paths):
                return found
            ended = process.poll()
            if ended:
                raise Unreachable(f"The local server did not start: {_last_words(paths.server_log, begin)}")
            if ended == 0:
                # It found the data in use: another server is coming up, or it is going down and leaves nobody behind.
                process = _launched(paths, launch, log)
            time.sleep(_POLL)
    raise Unreachable(f"The local server did not answer in time: {_last_words(paths.server_log, begin)}")


def _launched(paths: Paths, launch: Launch, log: IO[bytes]) -> subprocess.Popen[bytes]:
    process = launch(paths.data, log)
    # Reaps the server when it ends, so that a long-lived client leaves no zombie behind.
    Thread(target=process.wait, name="local-server", daemon=True).start()
    return process


def _open_log(path: Path) -> IO[bytes]:
    log = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
    if log.seek(0, os.SEEK_END) > _LOG_MAX_BYTES:
        log.truncate(0)
        log.seek(0)
    return log


def _last_words(path: Path, begin: int) -> str:
    """The last line that the server wrote to its log since `begin`."""
    with path.open("rb") as log:
        log.seek(begin)
        lines = [line for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else f"it wrote nothing to {path}."
