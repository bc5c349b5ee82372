"""Those who change a board while others listen: requests one after the other, or at a pace, each known by its key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from itertools import count, cycle
from time import perf_counter
from typing import Self

from tests.bench.audience import DELIVERED_WITHIN, Audience
from tests.bench.load import Wire
from tests.bench.processes import Service

Change = Callable[[str], bytes]
"""The request that makes the next change, with an idempotency key of the caller's choice."""

KEY_LENGTH = 16


def keys(name: str) -> Callable[[], str]:
    """Idempotency keys of one length, so that all events of a run have one size."""
    numbers = count(1)
    return lambda: f"{name}-{next(numbers):0{KEY_LENGTH - len(name) - 1}}"


def request(method: str, path: str, token: str, key: str, body: bytes) -> bytes:
    """An HTTP request that changes something."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def move(token: str, card: str, columns: Sequence[str]) -> Change:
    """Move a card to the top of one of `columns` after the other; to where it is already would be no change."""
    bodies = cycle([json.dumps({"column_id": column, "position": "top"}).encode() for column in columns])
    return lambda key: request("POST", f"/cards/{card}/move", token, key, next(bodies))


def rewrite(token: str, card: str, size: int) -> Change:
    """Give a card another description of `size` characters; the event carries the old one too."""

    def change(key: str) -> bytes:
        text = (key + " is what it says now. " * size)[:size]
        return request("PATCH", f"/cards/{card}", token, key, json.dumps({"description": text}).encode())

    return change


async def dial(host: str, port: int) -> Wire:
    """A connection for one who changes things."""
    return (await asyncio.get_running_loop().create_connection(Wire, host, port))[1]


async def one_by_one(wire: Wire, audience: Audience, change: Change, next_key: Callable[[], str], until: float) -> int:
    """Change, wait until everybody knows, change again. Gives the number of changes."""
    for made in count():
        if made and perf_counter() >= until:
            return made
        await make(wire, audience, change, next_key())
    raise AssertionError


async def make(wire: Wire, audience: Audience, change: Change, key: str) -> None:
    """Make one change and wait until it was answered and everybody knows. Raises `TimeoutError`."""
    delivery = audience.expect(key)
    try:
        async with asyncio.timeout(DELIVERED_WITHIN):
            await wire.exchange(change(key))
            await delivery.everybody
    finally:
        audience.settle(key, delivery)


class Pace:
    """Changes at a steady pace while a block lasts, whoever is slow: each of a few writers has its own moments."""

    def __init__(
        self, target: Service, audience: Audience, changes: Sequence[Change], per_second: float, name: str = ""
    ) -> None:
        self.made = 0
        self._target = target
        self._audience = audience
        self._changes = changes
        self._name = name
        self._every = len(changes) / per_second
        self._writers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        for number, change in enumerate(self._changes):
            self._writers.append(asyncio.create_task(self._write(number, change)))
        return self

    async def __aexit__(self, *_: object) -> None:
        for writer in self._writers:
            writer.cancel()
        await asyncio.gather(*self._writers, return_exceptions=True)

    def check(self) -> None:
        """Raise what a writer ended with; one that did not get through makes every figure a lie."""
        for writer in self._writers:
            if writer.done():
                writer.result()

    async def _write(self, number: int, change: Change) -> None:
        wire = await dial(self._target.host, self._target.port)
        next_key, due = keys(f"pace{self._name}{number}"), perf_counter() + self._every * number / len(self._changes)
        try:
            while True:
                await asyncio.sleep(max(0.0, due - perf_counter()))
                due += self._every
                await make(wire, self._audience, change, next_key())
                self.made += 1
        finally:
            wire.close()
