"""The processes of a benchmark: started until they say where they are, stopped at the end, and what they cost meanwhile."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_URL = re.compile(r"http://([0-9.]+):([0-9]+)")


@dataclass(frozen=True)
class Service:
    """A process that takes requests."""

    pid: int
    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@contextmanager
def service(*arguments: str, environ: Mapping[str, str] | None = None) -> Iterator[Service]:
    """Run this Python with `arguments` until the end of the block. Raises `RuntimeError` when it ends without giving a URL."""
    # What an earlier line of the environment says about a server is not what is measured here.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("REGO_")} | dict(environ or {})
    process = subprocess.Popen([sys.executable, *arguments], stderr=subprocess.PIPE, text=True, env=clean)
    assert process.stderr is not None
    try:
        said = ""
        while (found := _URL.search(said)) is None:
            if not (line := process.stderr.readline()):
                raise RuntimeError(f"{' '.join(arguments)} did not start:\n{said}")
            said += line
        yield Service(process.pid, found[1], int(found[2]))
    finally:
        process.terminate()
        process.stderr.close()
        process.wait(timeout=30)


def cpu_seconds(pid: int) -> float | None:
    """User and system time of a process so far; None where the system has no /proc."""
    return _sum([pid])


def children_cpu_seconds(parent: int) -> float | None:
    """The same, of all processes that `parent` has started and that still run."""
    try:
        return _sum(map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split()))
    except OSError:
        return None


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
