"""How fast everybody is back when a server is killed, and what that costs the database.

    python -m tests.bench.storm [--clients 500] [--quick]

Two servers on one PostgreSQL and one Valkey share a port (instance.py). All clients, which are Rego's own, follow one board
through the first, somebody changes the board five times a second, and the first is killed as by `kill -9`. A client is back
when it has all that the board had when it was greeted again; in the end all must be at the board's last event. All within
10 seconds, and at most one snapshot query a second, are wanted of clients that resume from where they were, and then of
clients that forgot it and ask for the whole board, as if everybody had started the program again.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from rego.client import aio, boards, cards
from rego.client.credentials import Credentials
from rego.client.live import LiveBoard
from rego.client.retry import Policy
from rego.client.server import Server
from rego.client.updates import Ended, EventCame, Offline, Online, SnapshotCame, Update
from rego.wire.base import Position
from rego.wire.cards import MoveCard
from tests.bench.boards import Hall, prepare_hall
from tests.bench.instance import READ
from tests.bench.processes import Service, database, service
from tests.postgres import Postgres, start_postgres
from tests.valkey import Valkey, start_own_valkey

CHANGES_PER_SECOND = 5
GIVE_UP_AFTER = 60.0
LOOK_EVERY = 0.05


@dataclass(frozen=True)
class Size:
    """How many clients follow the board."""

    clients: int = 500


QUICK = Size(clients=5)
"""Shows that everything runs; its figures mean nothing."""


class Visitor:
    """One client. `seq` is where it is, -1 while it has nothing; a forgetful one starts anew when it was cut off."""

    def __init__(self, client: aio.Client, board_id: str, *, forgetful: bool) -> None:
        self.seq = -1
        self.back_at: float | None = None
        self._client = client
        self._board_id = board_id
        self._forgetful = forgetful
        self._greeted_at = 0
        self._cut = True
        """Until it has caught up for the first time, and again after each cut."""

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            async with LiveBoard(self._client, self._board_id) as live:
                async for update in live:
                    if self._take(update):
                        break

    def _take(self, update: Update) -> bool:
        """Note what came; whether to start anew."""
        match update:
            case Online(hello=hello):
                self._greeted_at = hello.seq
            case SnapshotCame(snapshot=snapshot):
                self.seq = snapshot.seq
            case EventCame(event=event):
                self.seq = event.seq
            case Offline():
                first, self._cut, self.back_at = not self._cut, True, None
                return first and self._forgetful and self._forget()
            case Ended(reason=reason):
                raise RuntimeError(f"A client was sent away: {reason}")
        if self._cut and self.seq >= self._greeted_at:
            self._cut, self.back_at = False, monotonic()
        return False

    def _forget(self) -> bool:
        self.seq = -1
        return True


@dataclass(frozen=True)
class Outcome:
    """Seconds from the kill until each was back, sorted, and to each read of the board; how many events came meanwhile."""

    back: list[float]
    reads: list[float]
    events: int

    @property
    def most_reads_in_a_second(self) -> int:
        return max(Counter(int(at) for at in self.reads).values(), default=0)

    def __str__(self) -> str:
        middle, last = self.back[len(self.back) // 2], self.back[-1]
        return (
            f"{len(self.back)} back, half within {middle:.2f} s and all within {last:.2f} s; {self.events} changes meanwhile; "
            f"{len(self.reads)} snapshot queries, at most {self.most_reads_in_a_second} in a second"
        )


class Changer:
    """Moves a card to and fro, and never gives up."""

    def __init__(self, client: aio.Client, hall: Hall) -> None:
        self.made = 0
        self._stopped = False
        self._client = client
        self._hall = hall

    async def run(self) -> None:
        """Change until stopped."""
        while not self._stopped:
            column = self._hall.columns[1 + self.made % 2]
            await self._client.send(cards.move_card(self._hall.cards[0], MoveCard(column_id=column, position=Position.TOP)))
            self.made += 1
            await asyncio.sleep(1 / CHANGES_PER_SECOND)

    def stop(self) -> None:
        """End after the change under way: one that is cut off may still be made, when nobody expects it any more."""
        self._stopped = True


class Storm:
    """A board that somebody changes and that many follow through the server at `url`."""

    def __init__(self, client: aio.Client, hall: Hall, size: Size, *, forgetful: bool) -> None:
        self._client = client
        self._hall = hall
        self._visitors = [Visitor(client, hall.board_id, forgetful=forgetful) for _ in range(size.clients)]
        self._changer = Changer(client, hall)

    async def rage(self, first: Service, second: Callable[[], AbstractContextManager[Service]]) -> Outcome:
        """Let everybody come, start the second server, kill the first, and wait until all are back and alike."""
        with ExitStack() as servers:
            async with asyncio.timeout(GIVE_UP_AFTER), Company() as company:
                company.invite(*(visitor.run() for visitor in self._visitors))
                await company.until(lambda: all(visitor.back_at for visitor in self._visitors))
                log = servers.enter_context(second()).log
                [changing] = company.invite(self._changer.run())
                await company.until(lambda: self._changer.made > 0)
                killed, before = monotonic(), self._changer.made
                os.kill(first.pid, signal.SIGKILL)
                await company.until(lambda: all((visitor.back_at or 0.0) > killed for visitor in self._visitors))
                events = self._changer.made - before
                self._changer.stop()
                await company.until(changing.done)
                last = (await self._client.send(boards.get_snapshot(self._hall.board_id))).seq
                await company.until(lambda: all(visitor.seq == last for visitor in self._visitors))
                back = sorted((visitor.back_at or 0.0) - killed for visitor in self._visitors)
                return Outcome(back, _reads(log, killed, killed + back[-1]), events)


class Company:
    """Tasks that go on until the block ends; what one ends with is raised by whoever waits for something."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Company:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.dismiss(self._tasks)

    def invite(self, *works: Coroutine[Any, Any, None]) -> list[asyncio.Task[None]]:
        """Start some."""
        tasks = [asyncio.create_task(work) for work in works]
        self._tasks += tasks
        return tasks

    async def dismiss(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        """End some."""
        self._tasks = [task for task in self._tasks if task not in tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait."""
        while not condition():
            for task in self._tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(LOOK_EVERY)


def _reads(log: Path, since: float, until: float) -> list[float]:
    """When the server that wrote `log` read the board from the database, in seconds after `since`."""
    said = [line.partition(READ)[2] for line in log.read_text().splitlines() if line.startswith(READ)]
    return [float(at) - since for at in said if since <= float(at) <= until]


@contextmanager
def _instance(database_url: str, redis_url: str, directory: str, port: int) -> Iterator[Service]:
    environ = {"REGO_DATABASE_URL": database_url, "REGO_REDIS_URL": redis_url, "REGO_DATA_DIR": directory}
    with service("-m", "tests.bench.instance", str(port), environ=environ) as running:
        yield running


def run(cluster: Postgres, redis: Valkey, size: Size) -> Iterator[Outcome]:
    """The storm of those who resume, then that of those who forgot."""
    for forgetful in (False, True):
        with (
            database(cluster) as url,
            tempfile.TemporaryDirectory(prefix="rego-storm-") as directory,
            _instance(url, redis.url, directory, 0) as first,
        ):
            hall = prepare_hall(first.url)
            second = partial(_instance, url, redis.url, directory, first.port)
            yield asyncio.run(_storm(first, second, hall, size, forgetful=forgetful))


async def _storm(
    first: Service, second: Callable[[], AbstractContextManager[Service]], hall: Hall, size: Size, *, forgetful: bool
) -> Outcome:
    # Whoever changes the board finds nobody for a moment, and must not give up.
    credentials, patient = Credentials(server=first.url, access_token=hall.token), Policy(unreachable=GIVE_UP_AFTER)
    async with aio.Client(Server.parse(first.url), credentials, policy=patient) as client:
        return await Storm(client, hall, size, forgetful=forgetful).rage(first, second)


def _asked(arguments: Sequence[str] | None) -> Size:
    parser = argparse.ArgumentParser(prog="tests.bench.storm", description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--clients", type=int, default=Size.clients, help="how many follow the board")
    parser.add_argument("--quick", action="store_true", help="only show that it runs; the other options are ignored")
    asked = parser.parse_args(arguments)
    return QUICK if asked.quick else Size(asked.clients)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    size = _asked(arguments)
    with start_postgres(durable=True) as cluster, start_own_valkey() as redis:
        for name, outcome in zip(("resuming", "forgetful"), run(cluster, redis, size), strict=True):
            print(f"{name:10}{outcome}", flush=True)


if __name__ == "__main__":
    main()
