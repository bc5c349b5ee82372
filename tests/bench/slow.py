"""Whether clients that do not read, or are silently gone, cost the others anything, and when and how they are sent away.

    python -m tests.bench.slow [--attentive 130] [--deaf 50] [--gone 20] [--seconds 20] [--quick]

One board, changes at a steady pace whose events carry a long text, and three rounds: without the bad clients, with them until
the server has sent the last one away, and without again. The deaf talk and do not read: they must be closed with 4000 as
soon as more waits for them than the server keeps. The gone take every byte and say nothing, as a machine behind a dead
tunnel does; they must be closed with 4002 after 45 seconds of silence. The others' p99 within 20 % of the rounds without is
wanted. Waiting bytes are the server's own queue; what the kernel holds for a connection on the way comes on top.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Any

import aiohttp

from rego.wire.frames import CloseCode
from tests.bench.audience import Audience, Manner
from tests.bench.boards import Hall, prepare_hall
from tests.bench.changes import Pace, rewrite
from tests.bench.gauges import WAITING, closed_with, gauges_of
from tests.bench.processes import Service, database, resident_bytes, server
from tests.postgres import Postgres, start_postgres

CODES = {Manner.DEAF: CloseCode.TOO_SLOW, Manner.GONE: CloseCode.SILENT}
WATCH_EVERY = 0.5
PONG_EVERY = 5.0
WORSE_AT_MOST = 1.2


@dataclass(frozen=True)
class Size:
    """How much to measure; `text` is the length of a description, and an event carries the old one and the new one."""

    attentive: int = 130
    deaf: int = 50
    gone: int = 20
    seconds: float = 20.0
    changes_per_second: float = 20.0
    text: int = 4_000
    patience: float = 90.0

    @property
    def bad(self) -> dict[Manner, int]:
        return {Manner.DEAF: self.deaf, Manner.GONE: self.gone}


QUICK = Size(attentive=4, deaf=2, gone=1, seconds=0.3, patience=0.5)
"""Shows that everything runs; nobody is sent away in so short a time."""


@dataclass
class Watch:
    """What the server looked like while a round went on: memory and queues at their highest, and when who was sent away."""

    service: Service
    memory: int = 0
    waiting: float = 0.0
    closed: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    """By close code: seconds since the beginning, and how many sockets had been closed so by then."""

    began: float = field(default_factory=perf_counter)

    def begin(self) -> None:
        """Count from now on."""
        self.began = perf_counter()

    async def run(self) -> None:
        """Look until cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                self._note(perf_counter() - self.began, await gauges_of(session, self.service.url))
                await asyncio.sleep(WATCH_EVERY)

    def _note(self, at: float, gauges: dict[str, float]) -> None:
        self.memory = max(self.memory, resident_bytes(self.service.pid))
        self.waiting = max(self.waiting, gauges[WAITING])
        for code in CODES.values():
            self.closed.setdefault(code, []).append((at, gauges.get(closed_with(code), 0.0)))

    def amount(self, code: int) -> int:
        """How many sockets were closed with a code."""
        return int(max((amount for _, amount in self.closed.get(code, [])), default=0))

    def when(self, code: int, amount: int) -> float | None:
        """The moment by which so many sockets had been closed with a code; None when that never came."""
        return next((at for at, closed in self.closed.get(code, []) if closed >= amount), None)

    def sent_away(self, bad: dict[Manner, int]) -> bool:
        """Whether all are."""
        return all(self.amount(CODES[manner]) >= amount for manner, amount in bad.items())


@dataclass(frozen=True)
class Round:
    """How the attentive fared: latencies in seconds, sorted."""

    latencies: list[float]

    @property
    def p50(self) -> float:
        return self.latencies[len(self.latencies) // 2]

    @property
    def p99(self) -> float:
        return self.latencies[len(self.latencies) * 99 // 100]


@dataclass(frozen=True)
class Outcome:
    """All rounds, and what was seen of the server in the one with the bad clients. Memory in bytes."""

    before: Round
    among: Round
    after: Round
    watch: Watch
    memory_before: int

    @property
    def ratio(self) -> float:
        """The others' p99 beside that of the rounds without the bad clients."""
        return self.among.p99 / Round(sorted(self.before.latencies + self.after.latencies)).p99


async def measure(target: Service, hall: Hall, size: Size) -> Outcome:
    """The three rounds."""
    audience = Audience(target.host, target.port, f"/ws/boards/{hall.board_id}", hall.token)
    changes = [rewrite(hall.token, card, size.text) for card in hall.cards[:4]]
    watch = Watch(target)
    try:
        await audience.grow(size.attentive)
        # What looks and talks does so in all rounds, so that it weighs on all alike.
        with _going_on(watch.run), _going_on(partial(_talk, audience)):
            async with Pace(target, audience, changes, size.changes_per_second) as pace:
                before = await _round(audience, pace, size.seconds)
                memory = resident_bytes(target.pid)
                await audience.grow(size.deaf, Manner.DEAF)
                await audience.grow(size.gone, Manner.GONE)
                watch.begin()
                among = await _round(audience, pace, size.seconds, size.patience, lambda: watch.sent_away(size.bad))
                after = await _round(audience, pace, size.seconds)
        return Outcome(before, among, after, watch, memory)
    finally:
        audience.close()


async def _round(
    audience: Audience, pace: Pace, seconds: float, at_most: float = 0.0, done: Callable[[], bool] = lambda: True
) -> Round:
    """Change and listen for so long, until something was heard, and until it is done or so much time has passed."""
    audience.latencies.clear()
    began = perf_counter()
    while (spent := perf_counter() - began) < seconds or not audience.latencies or (spent < at_most and not done()):
        pace.check()
        await asyncio.sleep(WATCH_EVERY)
    return Round(sorted(audience.latencies))


async def _talk(audience: Audience) -> None:
    """The deaf do not hear a ping, and say that they are there all the same."""
    while True:
        for listener in audience.listeners:
            if listener.manner is Manner.DEAF and not listener.closed:
                listener.pong()
        await asyncio.sleep(PONG_EVERY)


@contextmanager
def _going_on(work: Callable[[], Coroutine[Any, Any, None]]) -> Iterator[None]:
    """Do something beside the block."""
    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()


def lines_of(outcome: Outcome, size: Size) -> Iterator[str]:
    """What is printed."""
    yield f"{'':44}{'deliveries':>12}{'p50 ms':>9}{'p99 ms':>9}"
    yield _row(f"{size.attentive} who read", outcome.before)
    yield _row(f"the same among {size.deaf} deaf and {size.gone} gone", outcome.among)
    yield _row(f"{size.attentive} who read, again", outcome.after)
    yield f"p99 among the bad : without them  {outcome.ratio:.2f} (at most {WORSE_AT_MOST:.2f} is wanted)"
    for manner, amount in size.bad.items():
        yield _sent_away(outcome.watch, manner, amount)
    watch, bad = outcome.watch, sum(size.bad.values())
    yield f"waiting   at most {watch.waiting / max(size.deaf, 1) / 1e6:.2f} MB for each of the deaf"
    yield (
        f"memory    {outcome.memory_before / 1e6:.0f} MB before they came, at most {watch.memory / 1e6:.0f} MB with them: "
        f"{(watch.memory - outcome.memory_before) / max(bad, 1) / 1e6:.2f} MB for each of {bad}"
    )


def _row(name: str, each: Round) -> str:
    return f"{name:44}{len(each.latencies):>12,}{each.p50 * 1e3:>9.2f}{each.p99 * 1e3:>9.2f}"


def _sent_away(watch: Watch, manner: Manner, amount: int) -> str:
    code = CODES[manner]
    first, last = watch.when(code, 1), watch.when(code, amount)
    when = "" if first is None or last is None else f", the first after {first:.1f} s, the last after {last:.1f} s"
    return f"{manner.name.lower():10}{watch.amount(code)} of {amount} closed with {code.value} ({code.name.lower()}){when}"


def run(cluster: Postgres, size: Size) -> Outcome:
    """Start what is measured, and measure it."""
    with database(cluster) as url, server(url) as target:
        return asyncio.run(measure(target, prepare_hall(target.url), size))


def _asked(arguments: Sequence[str] | None) -> Size:
    parser = argparse.ArgumentParser(prog="tests.bench.slow", description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--attentive", type=int, default=Size.attentive, help="clients that read")
    parser.add_argument("--deaf", type=int, default=Size.deaf, help="clients that talk and do not read")
    parser.add_argument("--gone", type=int, default=Size.gone, help="clients that are silently gone")
    parser.add_argument("--seconds", type=float, default=Size.seconds, help="least length of a round")
    parser.add_argument("--quick", action="store_true", help="only show that it runs; the other options are ignored")
    asked = parser.parse_args(arguments)
    return QUICK if asked.quick else Size(asked.attentive, asked.deaf, asked.gone, asked.seconds)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 1 when somebody was not sent away as they should. The ratio is for people to judge."""
    size = _asked(arguments)
    with start_postgres(durable=True) as cluster:
        outcome = run(cluster, size)
    print("\n".join(lines_of(outcome, size)), flush=True)
    return 0 if size is QUICK or outcome.watch.sent_away(size.bad) else 1


if __name__ == "__main__":
    sys.exit(main())
