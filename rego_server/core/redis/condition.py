"""A look at a Redis from outside, for whoever sets one up."""

from __future__ import annotations

import time
from typing import NamedTuple

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from rego.wire.errors import InvalidInput, Unavailable
from rego_server.core.redis.link import OUTAGES, SCHEMES

PATIENCE = 5.0
ROUNDS = 5


class RedisCondition(NamedTuple):
    """`latency` is the quickest of a few answers, `ahead` how far its clock is before ours, both in seconds."""

    version: str
    latency: float
    ahead: float
    policy: str
    memory_max: int


async def redis_condition(url: str) -> RedisCondition:
    """How the Redis is. Raises `Unavailable` when it does not answer, `InvalidInput` for a URL that is none."""
    if url.partition("://")[0] not in SCHEMES:
        raise InvalidInput("The Redis URL must begin with redis://, rediss:// or unix://.", field="redis_url")
    redis = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0))
    try:
        info = await redis.info()
        latency = min([await _answer_time(redis) for _ in range(ROUNDS)])
        seconds, micros = await redis.time()
        ahead = seconds + micros / 1e6 - time.time()
    except (*OUTAGES, ValueError) as error:
        raise Unavailable(f"Redis cannot be reached: {str(error).rstrip('.') or 'it took too long'}.") from error
    finally:
        await redis.aclose()
    return RedisCondition(
        version=str(info.get("valkey_version") or info["redis_version"]),
        latency=latency,
        ahead=ahead,
        policy=str(info.get("maxmemory_policy", "noeviction")),
        memory_max=int(info.get("maxmemory", 0)),
    )


async def _answer_time(redis: Redis) -> float:
    begin = time.perf_counter()
    await redis.ping()
    return time.perf_counter() - begin
