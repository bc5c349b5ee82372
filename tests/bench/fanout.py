"""How fast an event reaches everybody on a board, and what that costs, beside the floor of a bare aiohttp loop.

    python -m tests.bench.fanout [--sockets 100 1000 2000] [--seconds 4] [--rounds 3] [--quick]

The floor (plain.py) sends the same bytes to as many sockets, in the same run and in turns. A latency is from the moment in
which the change is asked for to the one in which a socket has its event; for the server that holds the transaction and its
durable commit, for the floor nothing but the loop. It is taken with one writer at a time, and events a second and CPU with
eight, of whom each waits until everybody knows. The clients are one process on the same cores and part of every figure, which
is why the floor's are beside it. Memory is what the process grew by for each socket, presence and snapshots included.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

from tests.bench.audience import Audience, key_of, payload_of
from tests.bench.boards import Hall, prepare_hall
from tests.bench.changes import KEY_LENGTH, Change, dial, keys, make, move, one_by_one, request
from tests.bench.processes import Service, cpu_seconds, database, resident_bytes, server, service
from tests.postgres import Postgres, start_postgres

WRITERS = 8
HEADER = (
    f"{'':14}{'p50 ms':>8}{'p99 ms':>8}{'events/s':>10}{'deliveries/s':>14}{'CPU µs a delivery':>19}"
    f"{'KB a socket':>13}{'bytes an event':>16}{'CPU : floor':>13}"
)


@dataclass(frozen=True)
class Size:
    """How much to measure."""

    sockets: Sequence[int] = (100, 1_000, 2_000)
    seconds: float = 4.0
    rounds: int = 3


QUICK = Size(sockets=(5,), seconds=0.2, rounds=1)
"""Shows that everything runs; its figures mean nothing."""


@dataclass(frozen=True)
class Sample:
    """One round: latencies and CPU in seconds."""

    p50: float
    p99: float
    events: float
    cpu: float


@dataclass
class Side:
    """A service, its audience, and one change for each writer."""

    service: Service
    audience: Audience
    changes: Sequence[Change]
    socket_bytes: float
    samples: list[Sample] = field(default_factory=list)

    async def measure(self, seconds: float) -> None:
        """One round."""
        self.audience.latencies.clear()
        await self._write(1, seconds / 2)
        calm = sorted(self.audience.latencies)
        cpu, began = cpu_seconds(self.service.pid), perf_counter()
        events = await self._write(WRITERS, seconds)
        spent = (cpu_seconds(self.service.pid) or 0.0) - (cpu or 0.0)
        self.samples.append(
            Sample(
                p50=calm[len(calm) // 2],
                p99=calm[len(calm) * 99 // 100],
                events=events / (perf_counter() - began),
                cpu=spent / (events * self.audience.attentive),
            )
        )

    async def _write(self, writers: int, seconds: float) -> int:
        """Let so many change the board; gives the number of changes."""
        until = perf_counter() + seconds
        wires = [await dial(self.service.host, self.service.port) for _ in range(writers)]
        try:
            tasks = [
                one_by_one(wire, self.audience, change, keys(f"{len(self.samples)}{number}{writers}"), until)
                for number, (wire, change) in enumerate(zip(wires, self.changes, strict=False))
            ]
            return sum(await asyncio.gather(*tasks))
        finally:
            for wire in wires:
                wire.close()


@asynccontextmanager
async def _seated(target: Service, path: str, token: str, amount: int, changes: Sequence[Change]) -> AsyncIterator[Side]:
    """A side with everybody there."""
    audience = Audience(target.host, target.port, path, token)
    try:
        before = resident_bytes(target.pid)
        await audience.grow(amount)
        yield Side(target, audience, changes, (resident_bytes(target.pid) - before) / amount)
    finally:
        audience.close()


def _moves(hall: Hall) -> list[Change]:
    return [move(hall.token, card, hall.columns[1:]) for card in hall.cards]


def _repeat(payload: bytes) -> Change:
    """Let the floor send the event that the server sent, with another key."""
    old = key_of(payload).encode()
    assert len(old) == KEY_LENGTH
    return lambda key: request("POST", "/tell", "", key, payload.replace(old, key.encode()))


async def compare(ours: Service, floor: Service, hall: Hall, amount: int, size: Size) -> list[Side]:
    """Both sides with `amount` sockets, measured in turns."""
    async with _seated(ours, f"/ws/boards/{hall.board_id}", hall.token, amount, _moves(hall)) as mine:
        wire = await dial(ours.host, ours.port)
        await make(wire, mine.audience, mine.changes[0], keys("first")())
        wire.close()
        event = payload_of(mine.audience.example)
        async with _seated(floor, "/follow", "", amount, [_repeat(event)] * WRITERS) as bare:
            for _ in range(size.rounds):
                for side in (mine, bare):
                    await side.measure(size.seconds)
    return [mine, bare]


def run(cluster: Postgres, size: Size) -> Iterator[str]:
    """Measure everything; gives the lines of the table as they become known."""
    yield HEADER
    for amount in size.sockets:
        yield from _rows(cluster, amount, size)


def _rows(cluster: Postgres, amount: int, size: Size) -> Iterator[str]:
    """Fresh services for each amount, so that what one needed does not hide what the next needs."""
    with database(cluster) as url, server(url) as ours, service("-m", "tests.bench.plain") as floor:
        hall = prepare_hall(ours.url)
        mine, bare = asyncio.run(compare(ours, floor, hall, amount, size))
    ratio = median(one.cpu / two.cpu if two.cpu else 0.0 for one, two in zip(mine.samples, bare.samples, strict=True))
    yield _line(f"{amount:,} sockets", mine, f"{ratio:.2f}")
    yield _line("  the floor", bare, "")


def _line(name: str, side: Side, ratio: str) -> str:
    samples = side.samples
    p50, p99 = median(each.p50 for each in samples) * 1e3, median(each.p99 for each in samples) * 1e3
    events, cpu = median(each.events for each in samples), median(each.cpu for each in samples) * 1e6
    return (
        f"{name:14}{p50:>8.2f}{p99:>8.2f}{events:>10,.0f}{events * side.audience.attentive:>14,.0f}{cpu:>19.1f}"
        f"{side.socket_bytes / 1e3:>13.1f}{len(payload_of(side.audience.example)):>16,}{ratio:>13}"
    )


def _asked(arguments: Sequence[str] | None) -> Size:
    parser = argparse.ArgumentParser(prog="tests.bench.fanout", description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--sockets", type=int, nargs="+", default=Size.sockets, help="how many follow the board")
    parser.add_argument("--seconds", type=float, default=Size.seconds, help="length of a round")
    parser.add_argument("--rounds", type=int, default=Size.rounds, help="rounds for each side")
    parser.add_argument("--quick", action="store_true", help="only show that it runs; the other options are ignored")
    asked = parser.parse_args(arguments)
    return QUICK if asked.quick else Size(asked.sockets, asked.seconds, asked.rounds)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    size = _asked(arguments)
    with start_postgres(durable=True) as cluster:
        for line in run(cluster, size):
            print(line, flush=True)


if __name__ == "__main__":
    main()
