"""What goes wrong. Each fault begins, lasts and is healed when its function returns."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import asyncpg

from tests.chaos.fleet import Node
from tests.chaos.proxy import Proxy
from tests.postgres import OwnPostgres
from tests.valkey import OwnValkey

LASTS = 2.0


class Site(NamedTuple):
    """What can be harmed. `front` is between the clients and the servers, the other two ways are those of the first server."""

    nodes: list[Node]
    front: Proxy
    to_redis: Proxy
    to_postgres: Proxy
    redis: OwnValkey
    postgres: OwnPostgres
    database_url: str
    random: random.Random


async def nothing(_: Site) -> None:
    """A calm day, for comparison."""


async def kill_server(site: Site) -> None:
    """`kill -9` of a server, which comes back later."""
    node = site.random.choice(site.nodes)
    await node.kill()
    await asyncio.sleep(LASTS)
    await node.start()


async def freeze_server(site: Site) -> None:
    """A server hangs with all its connections, and goes on."""
    node = site.random.choice(site.nodes)
    node.freeze()
    await asyncio.sleep(LASTS)
    node.thaw()


async def rolling_restart(site: Site) -> None:
    """One server after the other ends in order and starts again."""
    for node in site.nodes:
        await node.stop()
        await node.start()


async def cut_connections(site: Site) -> None:
    """All connections of all clients end without a goodbye, again and again."""
    await _cut(site.front)


async def cut_redis(site: Site) -> None:
    """All connections of one server to Redis end, again and again."""
    await _cut(site.to_redis)


async def cut_postgres(site: Site) -> None:
    """All connections of one server to PostgreSQL end, again and again."""
    await _cut(site.to_postgres)


async def black_hole(site: Site) -> None:
    """Nothing comes through to the servers, and nobody is told."""
    await _swallow(site.front)


async def black_hole_redis(site: Site) -> None:
    """Between one server and Redis nothing comes through, and the other server notices nothing."""
    await _swallow(site.to_redis)


async def black_hole_postgres(site: Site) -> None:
    """Between one server and PostgreSQL nothing comes through, and the other server notices nothing."""
    await _swallow(site.to_postgres)


async def throttle(site: Site) -> None:
    """Connections become very slow."""
    site.front.bytes_per_second = 4_000
    await asyncio.sleep(LASTS)
    site.front.heal()


async def kill_redis(site: Site) -> None:
    """`kill -9` of Redis, which comes back empty."""
    site.redis.kill()
    await asyncio.sleep(LASTS)
    site.redis.start()


async def freeze_redis(site: Site) -> None:
    """Redis hangs with all its connections, and goes on."""
    site.redis.pause()
    await asyncio.sleep(LASTS)
    site.redis.resume()


async def kill_postgres(site: Site) -> None:
    """`kill -9` of the whole of PostgreSQL, which is started again on what its disk has."""
    await site.postgres.kill()
    await asyncio.sleep(LASTS)
    await asyncio.to_thread(site.postgres.start)


async def crash_postgres(site: Site) -> None:
    """`kill -9` of a process of PostgreSQL, which then ends all others and recovers from its log."""
    connection = await asyncpg.connect(site.database_url)
    query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'rego' AND datname = current_database() LIMIT 1"
    pid = await connection.fetchval(query)
    await connection.close()
    os.kill(pid, signal.SIGKILL)
    await asyncio.sleep(LASTS)
    while not await _answers(site.database_url):  # noqa: ASYNC110 - it recovers in its own time
        await asyncio.sleep(0.05)


async def _cut(way: Proxy) -> None:
    for _ in range(4):
        way.cut()
        await asyncio.sleep(LASTS / 4)


async def _swallow(way: Proxy) -> None:
    way.hole()
    await asyncio.sleep(LASTS)
    way.heal()


async def _answers(database_url: str) -> bool:
    try:
        connection = await asyncpg.connect(database_url)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await connection.close()
    return True


Fault = Callable[[Site], Awaitable[None]]

FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        nothing,
        kill_server,
        freeze_server,
        rolling_restart,
        cut_connections,
        cut_redis,
        cut_postgres,
        black_hole,
        black_hole_redis,
        black_hole_postgres,
        throttle,
        kill_redis,
        freeze_redis,
        kill_postgres,
        crash_postgres,
    )
}
