"""Whether a server stays as it is: many sockets and steady changes for half an hour, and nothing that grows.

    python -m tests.soak [--minutes 30] [--sockets 200] [--changes 50]

Two servers on one PostgreSQL and one Valkey, half of the sockets on each, and everybody must get every event. Beside them
somebody comes and goes all the while, so that what is left behind by those who went is seen as well. Prints what each minute
was like, and ends with a verdict: memory, file descriptors and connections flat once the first third of the time has warmed
everything up, and not one "exception was never retrieved" in the logs.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from time import perf_counter

import asyncpg
from redis.asyncio import Redis

from tests.bench.audience import Audience
from tests.bench.boards import Hall, prepare_hall
from tests.bench.changes import Pace, move, rewrite
from tests.bench.processes import Service, database, open_descriptors, resident_bytes, server
from tests.postgres import start_postgres
from tests.valkey import start_own_valkey

SETTINGS = {"SECRET": "for a soak only, and long enough for a key", "ACCESS_TOKEN_MINUTES": "1440"}
WARM_UP_SECONDS = 15.0
COME_AND_GO_EVERY = 0.5
COMPLAINT = "never retrieved"
WRITERS_A_SERVER = 4

GROWTH = {"memory MB": 1.05, "files": 1.05, "PostgreSQL": 1.0, "Redis": 1.0}
"""How much of each the last line may show for what the one at a third of the time does."""

SLACK = {"memory MB": 0.0, "files": 8.0, "PostgreSQL": 8.0, "Redis": 8.0}
"""And how much more beside: pools may fill, and somebody may just be coming in."""


@dataclass(frozen=True)
class Size:
    """How much to do."""

    minutes: float = 30.0
    sockets: int = 200
    changes_per_second: float = 50.0
    reading_seconds: float = 60.0
    warm_up: float = WARM_UP_SECONDS


@dataclass(frozen=True)
class Place:
    """What the soak runs on."""

    servers: Sequence[Service]
    database_url: str
    redis_url: str
    hall: Hall


Reading = dict[str, float]
"""One line of the table, by the heads of its columns."""


class Soak:
    """Everybody who is there, and what was seen."""

    def __init__(self, place: Place, size: Size) -> None:
        self._place = place
        self._size = size
        first, path = place.servers[0], f"/ws/boards/{place.hall.board_id}"
        self._audience, self._passers = (Audience(first.host, first.port, path, place.hall.token) for _ in range(2))

    async def readings(self) -> AsyncIterator[Reading]:
        """One for each minute, after one when everything has warmed up."""
        try:
            async with AsyncExitStack() as stack:
                for each in self._place.servers:
                    await self._audience.grow(self._size.sockets // len(self._place.servers), port=each.port)
                paces = [await stack.enter_async_context(self._pace(number)) for number in range(len(self._place.servers))]
                passing = asyncio.create_task(self._come_and_go())
                stack.callback(passing.cancel)
                await self._while_all_is_well(self._size.warm_up, paces, passing)
                yield await self._reading(0.0, 0)
                began = perf_counter()
                while (minute := (perf_counter() - began) / 60) < self._size.minutes - 0.01:
                    made = sum(pace.made for pace in paces)
                    self._audience.latencies.clear()
                    seconds = min(self._size.reading_seconds, (self._size.minutes - minute) * 60)
                    await self._while_all_is_well(seconds, paces, passing)
                    yield await self._reading((perf_counter() - began) / 60, sum(pace.made for pace in paces) - made)
        finally:
            self._audience.close()
            self._passers.close()

    def _pace(self, number: int) -> Pace:
        hall, mine = self._place.hall, self._place.hall.cards[number * WRITERS_A_SERVER :][:WRITERS_A_SERVER]
        changes = [
            rewrite(hall.token, card, 300) if at % 2 else move(hall.token, card, hall.columns[1:])
            for at, card in enumerate(mine)
        ]
        per_second = self._size.changes_per_second / len(self._place.servers)
        return Pace(self._place.servers[number], self._audience, changes, per_second, name=f"{number}")

    async def _come_and_go(self) -> None:
        while True:
            for each in self._place.servers:
                [passer] = await self._passers.grow(1, port=each.port)
                await asyncio.sleep(COME_AND_GO_EVERY)
                self._passers.dismiss(passer)

    async def _while_all_is_well(self, seconds: float, paces: Sequence[Pace], passing: asyncio.Task[None]) -> None:
        """For so many seconds, and until something was delivered in them."""
        until = perf_counter() + seconds
        while (left := until - perf_counter()) > 0 or not self._audience.latencies:
            for pace in paces:
                pace.check()
            if passing.done():
                passing.result()
            await asyncio.sleep(min(1.0, max(left, 0.01)))

    async def _reading(self, minute: float, changes: int) -> Reading:
        latencies, servers = sorted(self._audience.latencies), self._place.servers
        return {
            "minute": minute,
            "changes": changes,
            "deliveries": len(latencies),
            "p50 ms": latencies[len(latencies) // 2] * 1e3,
            "p99 ms": latencies[len(latencies) * 99 // 100] * 1e3,
            "memory MB": sum(resident_bytes(each.pid) for each in servers) / 1e6,
            "files": sum(open_descriptors(each.pid) for each in servers),
            "PostgreSQL": await self._postgres_connections(),
            "Redis": await self._redis_connections(),
            COMPLAINT: sum(each.log.read_text().count(COMPLAINT) for each in servers),
        }

    async def _postgres_connections(self) -> int:
        connection = await asyncpg.connect(self._place.database_url)
        try:
            return int(await connection.fetchval("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"))
        finally:
            await connection.close()

    async def _redis_connections(self) -> int:
        async with Redis.from_url(self._place.redis_url) as redis:
            return int((await redis.info("clients"))["connected_clients"])


def verdict(warm: Reading, last: Reading) -> list[str]:
    """What is not as it should be; empty when all is well."""
    grown = [
        f"{name} grew from {warm[name]:.0f} to {last[name]:.0f}"
        for name, factor in GROWTH.items()
        if last[name] > warm[name] * factor + SLACK[name]
    ]
    complaints = int(last[COMPLAINT])
    return grown + ([f'"{COMPLAINT}" stands {complaints} times in the logs'] if complaints else [])


def line_of(reading: Reading) -> str:
    """A line of the table."""
    return "".join(
        f"{value:>{len(name) + 3},.{1 if name in ('minute', 'p50 ms', 'p99 ms') else 0}f}" for name, value in reading.items()
    )


def heads_of(reading: Reading) -> str:
    """The table's head."""
    return "".join(f"{name:>{len(name) + 3}}" for name in reading)


@contextmanager
def place() -> Iterator[Place]:
    """Two servers on services of their own, and a board."""
    with start_postgres() as cluster, start_own_valkey() as redis, database(cluster) as url:
        settings = {**SETTINGS, "REDIS_URL": redis.url}
        with server(url, **settings) as one, server(url, **settings) as two:
            yield Place([one, two], url, redis.url, prepare_hall(one.url))


async def run(at: Place, size: Size) -> int:
    """Print as it goes; gives the exit code."""
    readings: list[Reading] = []
    async for reading in Soak(at, size).readings():
        if not readings:
            print(heads_of(reading))
        readings.append(reading)
        print(line_of(reading), flush=True)
    wrong = verdict(readings[len(readings) // 3], readings[-1])
    print("\n".join(wrong) or f"Flat over {readings[-1]['minute']:.0f} minutes, and every event reached everybody.")
    return 1 if wrong else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="tests.soak", description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=Size.minutes, help="how long, after a warm-up")
    parser.add_argument("--sockets", type=int, default=Size.sockets, help="sockets, half of them on each server")
    parser.add_argument("--changes", type=float, default=Size.changes_per_second, help="changes a second")
    asked = parser.parse_args(arguments)
    with place() as at:
        return asyncio.run(run(at, Size(asked.minutes, asked.sockets, asked.changes)))


if __name__ == "__main__":
    sys.exit(main())
