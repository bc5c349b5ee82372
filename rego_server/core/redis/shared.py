"""The parts of a server that go through Redis, put together and kept going."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple, Protocol
from uuid import uuid4

import structlog

from rego_server.core.ports import Pulse
from rego_server.core.rate_limit import MemoryLimiter
from rego_server.core.redis.bus import RedisBus
from rego_server.core.redis.feed import Feed
from rego_server.core.redis.limiter import RedisLimiter
from rego_server.core.redis.link import TIMEOUT, Link, end
from rego_server.core.redis.post import Post
from rego_server.core.redis.presence import TTL, RedisElsewhere
from rego_server.core.redis.shelf import RedisShelf

STARTED_AGAIN_AFTER = 1.0

_log = structlog.get_logger("rego.redis")


class Shared(NamedTuple):
    """What one server shares with the others; it serves as `Ports`."""

    link: Link
    post: Post
    feed: Feed
    bus: RedisBus
    limiter: RedisLimiter
    shelf: RedisShelf
    elsewhere: RedisElsewhere

    def pulse(self) -> Pulse:
        """How the way to the others is."""
        return Pulse(self.link.up, self.feed.flowing, self.feed.lag, self.post.depth)


class Part(Protocol):
    """What works by itself."""

    async def run(self) -> None:
        """Work, for ever."""


@asynccontextmanager
async def open_shared(url: str, *, timeout: float = TIMEOUT, presence_ttl: float = TTL) -> AsyncIterator[Shared]:
    """The shared parts, at work. Redis need not answer, now or later; a call that takes `timeout` seconds is given up.

    Raises `InvalidInput` for a URL that is none.
    """
    instance = uuid4().hex
    link = Link(url, timeout)
    post = Post(link)
    feed = Feed(link, post, instance)
    shared = Shared(
        link,
        post,
        feed,
        RedisBus(feed, post, instance),
        RedisLimiter(link, MemoryLimiter()),
        RedisShelf(link),
        RedisElsewhere(link, feed, post, instance, presence_ttl),
    )
    tasks = [asyncio.create_task(_kept_going(part)) for part in (post, feed, shared.shelf, shared.elsewhere)]
    try:
        yield shared
    finally:
        await end(*tasks)
        await link.close()


async def _kept_going(part: Part) -> None:
    """A bug, or nonsense in Redis, must not make a server deaf or dumb for good."""
    while True:
        try:
            await part.run()
        except Exception:
            _log.exception("a part failed", part=type(part).__name__)
            await asyncio.sleep(STARTED_AGAIN_AFTER)
