"""How fast the command line starts: `python -m tests.bench.startup` prints medians beside `python -c pass` of the same run.

Every round runs each command once, so that whatever else the machine does hits them alike. Homes are empty; the list is of a
board with 100 cards on a local server, which is started by the first command and stopped at the end.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from rego.wire.base import to_json
from tests.bench.boards import plan

REGO = [sys.executable, "-m", "rego"]
COMMANDS: dict[str, tuple[list[str], float | None]] = {
    "python -c pass": ([sys.executable, "-c", "pass"], None),
    "rego --version": ([*REGO, "--version"], 3),
    "rego --complete": ([*REGO, "--complete", "3", "rego", "cards", "show", ""], 3),
    "rego --help": ([*REGO, "--help"], 8),
    "rego cards list (100 cards)": ([*REGO, "cards", "list"], 9),
    "rego cards list --json": ([*REGO, "cards", "list", "--json"], 9),
}
"""What is measured, and how many times `pass` it may take."""


class Time(NamedTuple):
    """What a run took, in seconds: as one waits for it, and of a processor."""

    wall: float
    cpu: float


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="tests.bench.startup")
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        environ = _environ(Path(home))
        try:
            _run([*REGO, "import", "rego", "-", "--quiet"], environ, to_json(plan("Hundred", 100)))
            _run([*REGO, "completion", "--refresh"], environ)
            taken = _measure(rounds, environ)
        finally:
            _run([*REGO, "local", "stop"], environ)
    _print(taken, rounds)


def _environ(home: Path) -> dict[str, str]:
    """That of somebody who has set nothing, with the compiled modules of an installed program."""
    not_ours = ("REGO_", "XDG_", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(not_ours)} | {"HOME": str(home)}


def _timed(command: list[str], environ: dict[str, str]) -> Time:
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    _run(command, environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Time(time.perf_counter() - began, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def _measure(rounds: int, environ: dict[str, str]) -> dict[str, list[Time]]:
    taken: dict[str, list[Time]] = {name: [] for name in COMMANDS}
    for _ in range(rounds + 1):
        for name, (command, _most) in COMMANDS.items():
            taken[name].append(_timed(command, environ))
    # The first round warms the caches of the disk.
    return {name: times[1:] for name, times in taken.items()}


def _run(command: list[str], environ: dict[str, str], stdin: bytes = b"") -> None:
    subprocess.run(command, env=environ, input=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def _print(taken: dict[str, list[Time]], rounds: int) -> None:
    middles = {name: Time(*map(statistics.median, zip(*times, strict=True))) for name, times in taken.items()}
    floor = middles["python -c pass"]
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {rounds} rounds; ms, and times pass\n")
    print(f"{'command':<30}{'wall':>8}{'':>8}{'cpu':>8}{'':>8}{'at most':>9}")
    for name, middle in middles.items():
        wall, cpu = middle.wall / floor.wall, middle.cpu / floor.cpu
        most = COMMANDS[name][1] or ""
        print(f"{name:<30}{middle.wall * 1000:>8.1f}{wall:>8.2f}{middle.cpu * 1000:>8.1f}{cpu:>8.2f}{most:>9}")


if __name__ == "__main__":
    main()
