"""The processes of a benchmark: started until they say where they are, stopped at the end, and what they cost meanwhile."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import Postgres

_LIMITS = ("READS_PER_MINUTE", "WRITES_PER_MINUTE", "ANONYMOUS_PER_MINUTE", "LOGINS_PER_MINUTE", "SOCKETS_PER_USER")
BOUNDLESS = {f"REGO_{name}": "1000000000" for name in _LIMITS}
"""Limits that are on and never reached, so that what they cost is measured too."""

SERVE = "from rego_server.main import serve; raise SystemExit(serve(port=0))"

_URL = re.compile(r"http://([0-9.]+):([0-9]+)")


@dataclass(frozen=True)
class Service:
    """A process that takes requests, and the file that it logs to."""

    pid: int
    host: str
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@contextmanager
def service(*arguments: str, environ: Mapping[str, str] | None = None) -> Iterator[Service]:
    """Run this Python with `arguments` until the end of the block. Raises `RuntimeError` when it ends without giving a URL."""
    # What an earlier line of the environment says about a server is not what is measured here.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("REGO_")}
    clean = {**inherited, **BOUNDLESS, **(environ or {})}
    with tempfile.TemporaryDirectory(prefix="rego-bench-") as directory:
        log = Path(directory) / "log"
        with log.open("wb") as stderr:
            process = subprocess.Popen([sys.executable, *arguments], stderr=stderr, env=clean)
        try:
            host, port = _said_where(process, log)
            yield Service(process.pid, host, port, log)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _said_where(process: subprocess.Popen[bytes], log: Path) -> tuple[str, int]:
    while (found := _URL.search(log.read_text())) is None:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} did not start:\n{log.read_text()}")
        time.sleep(0.02)
    return found[1], int(found[2])


@contextmanager
def server(database_url: str, **settings: str) -> Iterator[Service]:
    """A real server on a database, or on SQLite; `settings` are environment variables without their prefix."""
    with tempfile.TemporaryDirectory(prefix="rego-bench-") as directory:
        environ = {"REGO_DATA_DIR": directory, "REGO_DATABASE_URL": database_url}
        with service("-c", SERVE, environ=environ | {f"REGO_{name}": value for name, value in settings.items()}) as running:
            yield running


@contextmanager
def database(cluster: Postgres) -> Iterator[str]:
    """The URL of an empty database, which is dropped at the end of the block."""
    name = f"rego_bench_{os.getpid()}"
    try:
        yield asyncio.run(cluster.create_database(name))
    finally:
        asyncio.run(cluster.drop_database(name))


def cpu_seconds(pid: int) -> float | None:
    """User and system time of a process so far; None where the system has no /proc."""
    return _sum([pid])


def children_cpu_seconds(parent: int) -> float | None:
    """The same, of all processes that `parent` has started and that still run."""
    try:
        return _sum(map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split()))
    except OSError:
        return None


def resident_bytes(pid: int) -> int:
    """The memory of a process that is not shared with its file on disk or swapped out. Raises `OSError` without /proc."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def open_descriptors(pid: int) -> int:
    """How many files and connections a process has open. Raises `OSError` without /proc."""
    return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - only their number is wanted


def parent_of(pid: int) -> int:
    """The process that started `pid`. Raises `OSError` where the system has no /proc or no such process."""
    return int(_status(pid)[1])


def _sum(pids: Iterable[int]) -> float | None:
    try:
        statuses = [_status(pid) for pid in pids]
    except OSError:
        return None
    return sum(int(status[11]) + int(status[12]) for status in statuses) / os.sysconf("SC_CLK_TCK")


def _status(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the program's name, which stands in parentheses and may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
