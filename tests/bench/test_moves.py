"""The benchmark runs and prints. What it prints is for people: a shared machine tells no times that a test could judge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.bench.load import Arena, Refused, Round, run
from tests.bench.moves import QUICK
from tests.bench.moves import run as run_benchmark

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\ndone"


def test_the_benchmark_runs_and_prints_a_ratio_for_each_case() -> None:
    header, *lines = run_benchmark(QUICK)
    assert header.split()[-1] == "ratio"
    names = [line[:27].strip() for line in lines]
    floor = "the floor"
    measured = ["move, 3 boards", "50 cards, unchanged", "50 cards, changed"]
    assert names == [x for name in measured for x in (name, floor)] + ["move, SQLite : PostgreSQL"]
    assert all(float(line.split()[-1]) > 0 for line, name in zip(lines, names, strict=True) if name != floor)


async def test_the_generator_asks_on_when_an_answer_comes_in_pieces() -> None:
    async with _server([ANSWER[:10], ANSWER[10:-2], ANSWER[-2:]]) as port:
        outcome = await run(_round(port))
    assert outcome.answer_bytes == len(ANSWER)
    assert outcome.latencies == sorted(outcome.latencies)


async def test_an_answer_that_is_no_success_ends_the_round() -> None:
    async with _server([b"HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n"]) as port:
        with pytest.raises(Refused, match="409"):
            await run(_round(port))


def _round(port: int) -> Round:
    arena = Arena(columns=["todo"], cards=["one", "two"])
    return Round(host="127.0.0.1", port=port, token="t", clients=1, seconds=0.02, seed=1, arenas=[arena])


@asynccontextmanager
async def _server(pieces: list[bytes]) -> AsyncIterator[int]:
    """Answers every request with `pieces`, each in a write of its own."""
    answering: list[asyncio.Task[None]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _request(reader):
            assert b"Idempotency-Key" in head
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
        writer.close()
        await writer.wait_closed()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering.append(asyncio.create_task(answer(reader, writer)))

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*answering)


async def _request(reader: asyncio.StreamReader) -> bytes:
    """The head of the next request; empty when the client has hung up."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionResetError):
        return b""
    await reader.readexactly(int(head.rpartition(b"Content-Length: ")[2].partition(b"\r\n")[0]))
    return head
