"""The parts of a server that go through Redis, put together and kept going."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from uuid import uuid4

from rego_server.core.redis.bus import RedisBus
from rego_server.core.redis.feed import Feed
from rego_server.core.redis.link import TIMEOUT, Link, end
from rego_server.core.redis.post import Post


class Shared(NamedTuple):
    """What one server shares with the others. `instance` tells it from them."""

    instance: str
    link: Link
    post: Post
    feed: Feed
    bus: RedisBus


@asynccontextmanager
async def open_shared(url: str, *, timeout: float = TIMEOUT) -> AsyncIterator[Shared]:
    """The shared parts, at work. Redis need not answer, now or later; a call that takes `timeout` seconds is given up.

    Raises `InvalidInput` for a URL that is none.
    """
    instance = uuid4().hex
    link = Link(url, timeout)
    post = Post(link)
    feed = Feed(link, post, instance)
    shared = Shared(instance, link, post, feed, RedisBus(feed, post, instance))
    tasks = [asyncio.create_task(part.run()) for part in (post, feed)]
    try:
        yield shared
    finally:
        await end(*tasks)
        await link.close()
