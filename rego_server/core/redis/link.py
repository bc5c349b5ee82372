"""The way to Redis: a pool, and a circuit breaker in front of it, so that an outage does not cost each request a timeout."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from rego.wire.errors import InvalidInput

T = TypeVar("T")

TIMEOUT = 0.3
"""How long a call may take, in seconds. redis-py's own patience is 2.3 s, and a request must not wait so long for a favour."""

PROBE_EVERY = 1.0
"""Seconds between two attempts to reach a Redis that is away."""

POOL_SIZE = 10

SCHEMES = ("redis", "rediss", "unix")

OUTAGES = (RedisError, OSError, TimeoutError)
"""How redis-py says that a command was not carried out."""

_log = structlog.get_logger("rego.redis")


class Away(Exception):
    """Redis does not answer, or did not a moment ago. Whoever asked goes on without it."""


class Link:
    """Breaks at the first call that fails, and is whole again when a probe in the background was answered."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        self.url = url
        self._timeout = timeout
        self._pool = _pool(url, timeout)
        self._redis = Redis(connection_pool=self._pool)
        self._up = asyncio.Event()
        self._up.set()
        self._probe: asyncio.Task[None] | None = None

    @property
    def up(self) -> bool:
        """Whether the last call was answered."""
        return self._up.is_set()

    async def call(self, work: Callable[[Redis], Awaitable[T]]) -> T:
        """The result of `work`, which must be short. Raises `Away`, at once while Redis is known not to answer."""
        if not self.up:
            raise Away
        try:
            async with asyncio.timeout(self._timeout):
                return await work(self._redis)
        except OUTAGES as error:
            self._break(error)
            raise Away from error

    def script(self, text: str) -> Script:
        """A Lua script, which is carried out in one call."""
        return Script(self, self._redis.register_script(text))

    async def back(self) -> None:
        """Wait until Redis answers."""
        await self._up.wait()

    async def connect(self) -> AbstractConnection:
        """A connection of one's own, on which a read may take for ever. Raises one of `OUTAGES`."""
        kwargs = self._pool.connection_kwargs | {"socket_timeout": None}
        made: AbstractConnection = self._pool.connection_class(**kwargs)
        try:
            async with asyncio.timeout(self._timeout):
                await made.connect()  # type: ignore[no-untyped-call]
        except OUTAGES as error:
            # A server on which nothing happens learns only so that Redis is away.
            self._break(error)
            raise
        return made

    async def close(self) -> None:
        """Let go of Redis."""
        if self._probe is not None:
            await end(self._probe)
        await self._redis.aclose()
        await self._pool.disconnect()

    def _break(self, error: BaseException) -> None:
        if not self.up:
            return
        self._up.clear()
        _log.warning("redis is away", error=str(error) or "it took too long")
        self._probe = asyncio.get_running_loop().create_task(self._mend())

    async def _mend(self) -> None:
        while not self.up:
            await asyncio.sleep(PROBE_EVERY)
            with suppress(*OUTAGES):
                async with asyncio.timeout(self._timeout):
                    await self._redis.ping()
                self._up.set()
        _log.info("redis is back")


class Script:
    """A script with the link that it runs over."""

    def __init__(self, link: Link, script: AsyncScript) -> None:
        self._link = link
        self._script = script

    async def __call__(self, keys: Sequence[str], arguments: Sequence[str | int | bytes]) -> Any:
        """Its answer. Raises `Away`."""
        return await self._link.call(lambda _: self._script(keys, arguments))


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks that speak to Redis, until they have ended.

    Once is not enough: redis-py writes inside `asyncio.wait_for`, which on Python 3.11 forgets a cancellation that comes in the
    moment in which the write is done.
    """
    pending: Collection[asyncio.Task[None]] = tasks
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=TIMEOUT)


def _pool(url: str, timeout: float) -> BlockingConnectionPool:
    if url.partition("://")[0] not in SCHEMES:
        raise InvalidInput("The Redis URL must begin with redis://, rediss:// or unix://.", field="redis_url")
    try:
        return BlockingConnectionPool.from_url(
            url,
            max_connections=POOL_SIZE,
            timeout=timeout,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            client_name="rego",
        )
    except ValueError as error:
        raise InvalidInput(f"The Redis URL cannot be used: {str(error).rstrip('.')}.", field="redis_url") from error
