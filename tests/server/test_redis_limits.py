"""Rate limits over a real Valkey: exact for all servers together, and still there, by memory, while it is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from rego_server.core.rate_limit import Decision, Limiter, MemoryLimiter, Quota
from rego_server.core.redis.limiter import GCRA, RedisLimiter
from rego_server.core.redis.link import Link
from tests.valkey import OwnValkey

LONG = Quota("long", 50, 3_600)
"""So long that nothing flows back during a test: more than a minute lies between two requests."""

NEVER = 30.0
"""Seconds after which a call is given up: no test that passes comes near it, however busy the machine is."""


class Never:
    """A twin that must not be asked."""

    async def take(self, quota: Quota, subject: str) -> Decision:
        raise AssertionError("the memory twin was asked while Redis answers")


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


def limiter(stack: AsyncExitStack, url: str, twin: Limiter) -> RedisLimiter:
    link = Link(url, NEVER)
    stack.push_async_callback(link.close)
    return RedisLimiter(link, twin)


async def test_servers_share_one_quota_exactly_also_when_all_ask_at_once(stack: AsyncExitStack, redis_url: str) -> None:
    servers = [limiter(stack, redis_url, Never()) for _ in range(3)]
    decisions = await asyncio.gather(*(servers[number % 3].take(LONG, "ada") for number in range(400)))
    assert sum(decision.allowed for decision in decisions) == LONG.limit
    assert sorted(decision.remaining for decision in decisions if decision.allowed) == list(range(LONG.limit))
    assert (await servers[0].take(LONG, "bob")).remaining == LONG.limit - 1


async def test_a_decision_is_the_one_that_memory_would_make(stack: AsyncExitStack, redis_url: str) -> None:
    """Apart from the little that flows back while the test runs."""
    quota = Quota("thirds", 3, 3_600)
    shared, memory = limiter(stack, redis_url, Never()), MemoryLimiter()
    for _ in range(4):
        here, there = await shared.take(quota, "ada"), await memory.take(quota, "ada")
        assert (here.allowed, here.remaining) == (there.allowed, there.remaining)
        assert here.reset_after == pytest.approx(there.reset_after, abs=60)
        assert here.retry_after == pytest.approx(there.retry_after, abs=60)


async def test_what_was_used_flows_back_and_is_then_forgotten(stack: AsyncExitStack, redis_url: str) -> None:
    shared, quick = limiter(stack, redis_url, Never()), Quota("quick", 1_000_000, 1)
    assert (await shared.take(quick, "ada")).allowed
    async with Redis.from_url(redis_url) as redis, asyncio.timeout(NEVER):
        while await redis.keys("rego:limit:*"):
            pass


async def test_a_clock_that_was_set_back_shuts_nobody_out(stack: AsyncExitStack, redis_url: str) -> None:
    shared, quota = limiter(stack, redis_url, Never()), Quota("quick", 1_000, 1)
    async with Redis.from_url(redis_url) as redis:
        await redis.set("rego:limit:quick:1000:1:ada", "99999999999999999 0")
        assert (await shared.take(quota, "ada")).retry_after <= 1
        assert "TIME" in GCRA, "the clock is that of Redis, one for all servers"


async def test_without_redis_each_server_counts_by_itself(stack: AsyncExitStack, own_valkey: OwnValkey) -> None:
    shared = limiter(stack, own_valkey.url, MemoryLimiter())
    assert (await shared.take(LONG, "ada")).remaining == LONG.limit - 1
    await asyncio.to_thread(own_valkey.kill)
    allowed = [(await shared.take(LONG, "ada")).allowed for _ in range(LONG.limit + 10)]
    assert allowed == [True] * LONG.limit + [False] * 10, "shut, or unlimited"
