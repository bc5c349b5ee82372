"""How many card moves and board reads a second, beside the floor of the same SQL with nothing around it.

    python -m tests.bench.moves [--seconds 4] [--rounds 5] [--clients 16] [--boards 50] [--quick]

Starts PostgreSQL with its default durability, a real server and the floor (floor.py), each in a process of its own, and lets
the load generator (load.py) ask them in turns, so that whatever else the machine does hits both. Figures are medians over the
rounds, ratios are medians of the ratios within each round. Absolute figures say something about this machine, ratios about
the server: at least 0.5 for moves and at least 8 for a board that has not changed are wanted.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import asyncpg
import msgspec

from tests.bench.boards import Stage, prepare
from tests.bench.load import Arena, Outcome, Round
from tests.bench.processes import Service, children_cpu_seconds, cpu_seconds, database, parent_of, server, service
from tests.postgres import Postgres, start_postgres

WARM_UP_SECONDS = 1.0


@dataclass(frozen=True)
class Size:
    """How much to measure. `cards` are on each board that cards are moved on, `large` on the board that is read."""

    seconds: float = 4.0
    rounds: int = 5
    clients: int = 16
    boards: int = 50
    cards: int = 40
    large: int = 1_000


QUICK = Size(seconds=0.2, rounds=1, clients=4, boards=3, cards=10, large=50)
"""Shows that everything runs; its figures mean nothing."""


@dataclass(frozen=True)
class Sample:
    """One round: latencies in seconds, CPU in seconds a request, where it could be read."""

    rate: float
    p50: float
    p99: float
    answer_bytes: int
    server_cpu: float | None
    database_cpu: float | None


@dataclass(frozen=True)
class Case:
    """What is measured, in the terms of a `Round`."""

    name: str
    clients: int
    arenas: Sequence[Arena] = ()
    read: str | None = None
    touched_in: str | None = None


class Bench:
    """Measures services on one database, whose processes are the children of `postmaster`, if that is known."""

    def __init__(self, size: Size, token: str, postmaster: int | None = None) -> None:
        self._size = size
        self._token = token
        self._postmaster = postmaster
        self._seed = 0

    def compare(self, case: Case, services: Sequence[Service]) -> list[list[Sample]]:
        """The samples of each service, taken in turns."""
        for each in services:
            self._sample(case, each, min(WARM_UP_SECONDS, self._size.seconds))
        rounds = [[self._sample(case, each, self._size.seconds) for each in services] for _ in range(self._size.rounds)]
        return [list(samples) for samples in zip(*rounds, strict=True)]

    def _sample(self, case: Case, target: Service, seconds: float) -> Sample:
        self._seed += 1
        task = Round(
            host=target.host,
            port=target.port,
            token=self._token,
            clients=case.clients,
            seconds=seconds,
            seed=self._seed,
            arenas=list(case.arenas),
            read=case.read,
            touched_in=case.touched_in,
        )
        before = self._cpu(target)
        outcome = _load(task)
        after = self._cpu(target)
        count = len(outcome.latencies)
        return Sample(
            rate=count / outcome.seconds,
            p50=outcome.latencies[count // 2],
            p99=outcome.latencies[count * 99 // 100],
            answer_bytes=outcome.answer_bytes,
            server_cpu=_each(before[0], after[0], count),
            database_cpu=_each(before[1], after[1], count),
        )

    def _cpu(self, target: Service) -> tuple[float | None, float | None]:
        """What the service and the database have used so far, in seconds."""
        return cpu_seconds(target.pid), None if self._postmaster is None else children_cpu_seconds(self._postmaster)


def _load(task: Round) -> Outcome:
    """Let the load generator carry out a round. Raises `RuntimeError` with what it said when it could not."""
    command = [sys.executable, "-m", "tests.bench.load"]
    done = subprocess.run(command, input=msgspec.json.encode(task), capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"The load generator failed:\n{done.stderr.decode(errors='replace')}")
    return msgspec.json.decode(done.stdout, type=Outcome)


def _each(before: float | None, after: float | None, count: int) -> float | None:
    return None if before is None or after is None else (after - before) / count


def run(size: Size) -> Iterator[str]:
    """Measure everything; gives the lines of the table as they become known."""
    yield f"{'':27}{'req/s':>8}{'p50 ms':>9}{'p99 ms':>9}{'answer KB':>11}{'CPU µs':>9}{'PostgreSQL CPU µs':>19}{'ratio':>8}"
    with start_postgres(durable=True) as cluster, database(cluster) as url, server(url) as ours:
        stage = prepare(ours.url, size.boards, size.cards, size.large)
        with service("-m", "tests.bench.floor", url, stage.user_id, asyncio.run(_session(url))) as floor:
            bench = Bench(size, stage.token, asyncio.run(_postmaster(cluster)))
            moves: list[Sample] = []
            for case in _cases(stage, size, url):
                samples, bare = bench.compare(case, [ours, floor])
                moves = moves or samples
                yield from _pair(case.name, samples, bare)
    yield from _on_sqlite(size, moves)


def _cases(stage: Stage, size: Size, url: str) -> list[Case]:
    return [
        Case(f"move, {size.boards} boards", size.clients, stage.arenas),
        Case(f"{size.large} cards, unchanged", size.clients, read=stage.large_board),
        Case(f"{size.large} cards, changed", 1, read=stage.large_board, touched_in=url),
    ]


def _on_sqlite(size: Size, on_postgres: list[Sample]) -> Iterator[str]:
    with server("") as ours:
        stage = prepare(ours.url, size.boards, size.cards, 1)
        [samples] = Bench(size, stage.token).compare(Case("move", size.clients, stage.arenas), [ours])
    yield _line("move, SQLite : PostgreSQL", samples, _ratio(samples, on_postgres))


async def _session(url: str) -> str:
    """The one session there is."""
    connection = await asyncpg.connect(url)
    try:
        return str(await connection.fetchval("SELECT id FROM sessions"))
    finally:
        await connection.close()


async def _postmaster(cluster: Postgres) -> int | None:
    """The parent of PostgreSQL's processes, when they run on this machine."""
    connection = await asyncpg.connect(cluster.url)
    try:
        backend = connection.get_server_pid()
        return parent_of(backend) if _is_postgres(backend) else None
    finally:
        await connection.close()


def _is_postgres(pid: int) -> bool:
    name = Path(f"/proc/{pid}/comm")
    return name.exists() and name.read_text().startswith("postgres")


def _pair(name: str, ours: list[Sample], bare: list[Sample]) -> Iterator[str]:
    yield _line(name, ours, _ratio(ours, bare))
    yield _line("  the floor", bare, None)


def _ratio(ours: list[Sample], bare: list[Sample]) -> float:
    return median(mine.rate / theirs.rate for mine, theirs in zip(ours, bare, strict=True))


def _line(name: str, samples: list[Sample], ratio: float | None) -> str:
    rate = median(each.rate for each in samples)
    p50, p99 = (median(values) * 1e3 for values in zip(*((each.p50, each.p99) for each in samples), strict=True))
    size = median(each.answer_bytes for each in samples) / 1e3
    server = _micros([each.server_cpu for each in samples])
    database = _micros([each.database_cpu for each in samples])
    beside = "" if ratio is None else f"{ratio:.2f}"
    return f"{name:27}{rate:>8,.0f}{p50:>9.2f}{p99:>9.2f}{size:>11.1f}{server:>9}{database:>19}{beside:>8}"


def _micros(values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{median(known) * 1e6:.0f}" if known else "-"


def _asked(arguments: Sequence[str] | None) -> Size:
    parser = argparse.ArgumentParser(prog="tests.bench.moves", description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=Size.seconds, help="length of a round")
    parser.add_argument("--rounds", type=int, default=Size.rounds, help="rounds for each side")
    parser.add_argument("--clients", type=int, default=Size.clients, help="connections that ask at once")
    parser.add_argument("--boards", type=int, default=Size.boards, help="boards that the moves are spread over")
    parser.add_argument("--quick", action="store_true", help="only show that it runs; the other options are ignored")
    asked = parser.parse_args(arguments)
    return QUICK if asked.quick else Size(asked.seconds, asked.rounds, asked.clients, asked.boards)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    for line in run(_asked(arguments)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
