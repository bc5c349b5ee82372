"""The load generator: closed-loop clients on plain sockets, in a process of its own because the server shares the cores.

Run by the benchmark as `python -m tests.bench.load`, with a `Round` as JSON on stdin and its `Outcome` as JSON on stdout.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from time import perf_counter

import asyncpg
import msgspec

Pause = Callable[[], Awaitable[object]]
"""What a client does between two requests."""

_TOUCH = "UPDATE board_heads SET seq = seq + 1 WHERE board_id = $1::uuid"


class Arena(msgspec.Struct):
    """A board as the mover needs it: the ids of its columns and of its cards."""

    columns: list[str]
    cards: list[str]


class Round(msgspec.Struct, kw_only=True):
    """What to send, where, and for how long: moves on `arenas`, or reads of the snapshot of the board `read`.

    `touched_in` is the database in which that board's seq is counted up before each read, so that each finds a changed board.
    """

    host: str
    port: int
    token: str
    clients: int
    seconds: float
    seed: int
    arenas: list[Arena] = []
    read: str | None = None
    touched_in: str | None = None


class Outcome(msgspec.Struct, kw_only=True):
    """What came of a round: answers in the time that was spent on requests, and the latency of each in seconds, sorted."""

    seconds: float
    latencies: list[float]
    answer_bytes: int


class Refused(RuntimeError):
    """An answer was not 200; the benchmark would measure something else than it says."""


class Wire(asyncio.Protocol):
    """One keep-alive connection with one request under way."""

    def __init__(self) -> None:
        self.received = 0
        self._head = b""
        self._missing = 0
        self._answered: asyncio.Future[None] | None = None
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def exchange(self, request: bytes) -> asyncio.Future[None]:
        """Send `request`; done when its answer has arrived whole."""
        assert self._transport is not None
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answered

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        if self._missing:
            self._missing -= len(data)
        else:
            self._head += data
            head, found, body = self._head.partition(b"\r\n\r\n")
            if not found:
                return
            if head[9:12] != b"200":
                self._fail(Refused(self._head.decode(errors="replace")))
                return
            self._head = b""
            self._missing = _content_length(head) - len(body)
        if not self._missing and self._answered is not None:
            self._answered.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or ConnectionResetError("The server closed the connection."))

    def close(self) -> None:
        """Hang up."""
        assert self._transport is not None
        self._transport.close()

    def _fail(self, error: Exception) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(error)


def _content_length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


def moves(task: Round, rng: random.Random) -> Iterator[bytes]:
    """Requests that move random cards of random boards next to a neighbour, or to an end of a column."""
    while True:
        arena = rng.choice(task.arenas)
        card, neighbour = rng.sample(arena.cards, 2)
        column = rng.choice(arena.columns)
        body = rng.choice(
            (
                f'{{"after_id":"{neighbour}"}}',
                f'{{"before_id":"{neighbour}"}}',
                f'{{"column_id":"{column}","position":"top"}}',
                f'{{"column_id":"{column}","position":"bottom"}}',
            )
        )
        yield (
            f"POST /cards/{card}/move HTTP/1.1\r\nHost: {task.host}\r\nAuthorization: Bearer {task.token}\r\n"
            f"Idempotency-Key: {rng.getrandbits(128):032x}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


def reads(task: Round) -> Iterator[bytes]:
    """Requests for one board's snapshot."""
    request = (
        f"GET /boards/{task.read}/snapshot HTTP/1.1\r\nHost: {task.host}\r\nAuthorization: Bearer {task.token}\r\n\r\n"
    ).encode()
    while True:
        yield request


async def run(task: Round) -> Outcome:
    """Carry out a round."""
    rng = random.Random(task.seed)
    requests = reads(task) if task.read else moves(task, rng)
    latencies: list[float] = []
    async with _between(task) as between:
        wires = [await _connect(task) for _ in range(task.clients)]
        try:
            began = perf_counter()
            deadline = began + task.seconds
            paused = await asyncio.gather(*(_client(wire, requests, deadline, between, latencies) for wire in wires))
            seconds = perf_counter() - began - sum(paused) / task.clients
        finally:
            for wire in wires:
                wire.close()
    received = sum(wire.received for wire in wires)
    return Outcome(seconds=seconds, latencies=sorted(latencies), answer_bytes=received // len(latencies))


async def _connect(task: Round) -> Wire:
    return (await asyncio.get_running_loop().create_connection(Wire, task.host, task.port))[1]


async def _client(
    wire: Wire,
    requests: Iterator[bytes],
    deadline: float,
    between: Pause | None,
    latencies: list[float],
) -> float:
    """One request after the other until the deadline, at least one; returns the seconds that were spent between them."""
    paused = 0.0
    while True:
        started = perf_counter()
        if between is not None:
            await between()
            paused += perf_counter() - started
            started = perf_counter()
        await wire.exchange(next(requests))
        answered = perf_counter()
        latencies.append(answered - started)
        if answered >= deadline:
            return paused


@asynccontextmanager
async def _between(task: Round) -> AsyncIterator[Pause | None]:
    """What to do before each request: nothing, or to change the board."""
    if task.touched_in is None:
        yield None
        return
    connection = await asyncpg.connect(task.touched_in)
    try:
        yield lambda: connection.execute(_TOUCH, task.read)
    finally:
        await connection.close()


def main() -> None:
    """The process's entry."""
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Round)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(run(task))))


if __name__ == "__main__":
    main()
