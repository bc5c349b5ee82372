"""What goes out to the other servers: a queue that is emptied in pipelines, off the path of every request."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from redis.asyncio import Redis

from rego_server.core.redis.link import Away, Link

MISSED = b""
"""A message that stands for those that could not be sent: whoever hears it looks for itself."""

BATCH = 200
BATCH_MAX_BYTES = 262_144
QUEUE_MAX = 10_000
"""Messages that may wait; when there are more they are replaced by `MISSED`."""

Command = tuple[str | bytes | int, ...]
"""A Redis command in words."""


class Letter(NamedTuple):
    """A message for a channel, and the commands to carry out before it is sent."""

    channel: str
    message: bytes
    before: Sequence[Command] = ()


class Post:
    """Sends letters in the order in which they came. Those that an outage swallows become one `MISSED` for their channel."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._queue: deque[Letter] = deque()
        self._missed: set[str] = set()
        self._wanted = asyncio.Event()

    @property
    def depth(self) -> int:
        """How many letters wait."""
        return len(self._queue)

    def send(self, letter: Letter) -> None:
        """Queue a letter."""
        self._queue.append(letter)
        if len(self._queue) > QUEUE_MAX:
            self._give_up(())
        self._wanted.set()

    async def run(self) -> None:
        """Send what is queued, for ever."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while self._queue or self._missed:
                await self._send_some()

    async def _send_some(self) -> None:
        missed = sorted(self._missed)[:BATCH]
        batch = [Letter(channel, MISSED) for channel in missed] or self._batch()
        try:
            await self._link.call(lambda redis: _deliver(redis, batch))
        except Away:
            self._give_up(batch)
            await self._link.back()
        else:
            self._missed.difference_update(missed)

    def _batch(self) -> list[Letter]:
        batch: list[Letter] = []
        size = 0
        while self._queue and len(batch) < BATCH and size < BATCH_MAX_BYTES:
            batch.append(self._queue.popleft())
            size += len(batch[-1].message)
        return batch

    def _give_up(self, batch: Sequence[Letter]) -> None:
        self._missed.update(letter.channel for letter in (*batch, *self._queue))
        self._queue.clear()


async def _deliver(redis: Redis, batch: Sequence[Letter]) -> None:
    pipeline = redis.pipeline(transaction=False)
    for letter in batch:
        for command in letter.before:
            pipeline.execute_command(*command)
        pipeline.publish(letter.channel, letter.message)
    await pipeline.execute()
