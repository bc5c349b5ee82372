"""Snapshots that servers leave for each other on a real Valkey: read once for all, and never an older one than wanted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import cast

import pytest
from redis.asyncio import Redis

from rego_server.core.db.port import Database, Work
from rego_server.core.redis.link import Link, end
from rego_server.core.redis.shelf import BODY_MAX_BYTES, RedisShelf
from rego_server.core.shelf import Version
from rego_server.snapshots import Encoded, Snapshots
from tests.valkey import OwnValkey

NEVER = 30.0
BOARD = "0198-board"

OpenShelf = Callable[[str], Awaitable[RedisShelf]]


@pytest.fixture
async def shelf_on() -> AsyncIterator[OpenShelf]:
    async with AsyncExitStack() as stack:

        async def opened(url: str) -> RedisShelf:
            link = Link(url, NEVER)
            stack.push_async_callback(link.close)
            shelf = RedisShelf(link)
            stack.push_async_callback(end, asyncio.create_task(shelf.run()))
            return shelf

        yield opened


@pytest.fixture
async def shelf(shelf_on: OpenShelf, redis_url: str) -> RedisShelf:
    return await shelf_on(redis_url)


async def put(shelf: RedisShelf, version: Version, body: bytes) -> None:
    """Put, and wait until it lies there."""
    shelf.put(BOARD, version, body)
    async with asyncio.timeout(NEVER):
        while await shelf.take(BOARD, version) is None:
            pass


async def test_a_later_version_serves_and_an_earlier_one_or_one_of_another_life_does_not(shelf: RedisShelf) -> None:
    await put(shelf, Version("life", 7), b"seven")
    assert await shelf.take(BOARD, Version("life", 7)) == (Version("life", 7), b"seven")
    assert await shelf.take(BOARD, Version("life", 6)) == (Version("life", 7), b"seven")
    assert await shelf.take(BOARD, Version("life", 8)) is None
    assert await shelf.take(BOARD, Version("other", 7)) is None
    assert await shelf.take("another board", Version("life", 7)) is None


async def test_a_slow_writer_does_not_put_an_older_one_in_its_place(shelf: RedisShelf) -> None:
    await put(shelf, Version("life", 7), b"seven")
    shelf.put(BOARD, Version("life", 5), b"five")
    await put(shelf, Version("life", 8), b"eight")  # after the other, for they are put one by one
    assert await shelf.take(BOARD, Version("life", 1)) == (Version("life", 8), b"eight")


async def test_a_new_life_takes_the_place_of_the_old_one(shelf: RedisShelf) -> None:
    await put(shelf, Version("life", 7), b"seven")
    await put(shelf, Version("other", 2), b"two")
    assert await shelf.take(BOARD, Version("life", 7)) is None


async def test_what_lies_there_goes_in_time_and_what_is_too_large_is_not_put(shelf: RedisShelf, redis_url: str) -> None:
    shelf.put("large", Version("life", 1), b"x" * (BODY_MAX_BYTES + 1))
    await put(shelf, Version("life", 7), b"seven")
    async with Redis.from_url(redis_url) as redis:
        [key] = await redis.keys("rego:snapshot:*")
        assert await redis.ttl(key) > 0


class Reads:
    """A database of which each read finds the board one further."""

    def __init__(self) -> None:
        self.count = 0

    async def reading(self, work: Work[Encoded]) -> Encoded:
        self.count += 1
        return Encoded("life", self.count, f"state {self.count}".encode())


async def test_a_board_is_read_once_for_all_servers(shelf_on: OpenShelf, redis_url: str) -> None:
    database = Reads()
    first, second = [Snapshots(cast(Database, database), await shelf_on(redis_url)) for _ in range(2)]
    row = {"id": BOARD, "epoch": "life", "seq": 1}
    assert (await first.at_least(row)).body == b"state 1"
    other = await shelf_on(redis_url)
    async with asyncio.timeout(NEVER):
        while await other.take(f"{BOARD}:open", Version("life", 1)) is None:
            pass
    assert (await second.at_least(row)).body == b"state 1"
    assert database.count == 1
    assert (await second.at_least({**row, "seq": 2})).body == b"state 2"
    assert database.count == 2


async def test_without_redis_the_board_is_read(shelf_on: OpenShelf, own_valkey: OwnValkey) -> None:
    await asyncio.to_thread(own_valkey.kill)
    snapshots = Snapshots(cast(Database, Reads()), await shelf_on(own_valkey.url))
    assert (await snapshots.at_least({"id": BOARD, "epoch": "life", "seq": 1})).seq == 1
