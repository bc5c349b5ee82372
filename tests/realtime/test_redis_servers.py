"""Several servers on one PostgreSQL and one Valkey: what one commits reaches the sockets of all, also when Valkey dies."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from rego.client import boards, system
from rego.wire.frames import CloseCode
from rego_server.core.db import Statement
from rego_server.core.db.port import Connection
from rego_server.core.events import instance
from tests.realtime.connections import eventually
from tests.realtime.stage import Desk, Stage, on_postgres
from tests.realtime.test_bad_buses import change
from tests.realtime.wire import PATIENCE, RawFollower, dial
from tests.running import Running, Somebody
from tests.valkey import OwnValkey

NEVER = 3_600.0
"""A tick that no test lives to see: what arrives then came through Redis."""

OTHER_LIFE = "00000000-0000-7000-8000-000000000000"


class Pair(NamedTuple):
    """Two servers, and a board on which somebody of each works."""

    here: Running
    there: Running
    ada: Somebody
    bob: Somebody
    desk: Desk
    mirror: Desk
    """The same board through the other server."""


async def pair(stage: Stage, redis_url: str, **limits: Any) -> Pair:
    here, there = [await stage.server(redis_url=redis_url, **limits) for _ in range(2)]
    ada, bob = await stage.person(here, "ada"), await stage.person(there, "bob")
    desk = await stage.desk(ada)
    await desk.invite(bob)
    return Pair(here, there, ada, bob, desk, Desk(bob.client, desk.board, desk.todo, desk.doing))


@asynccontextmanager
async def all_alike(servers: Pair) -> AsyncIterator[None]:
    """A socket on each server while this lasts; in the end both must have got every event, and have the board as it is."""
    board_id = servers.desk.board.id
    async with (
        dial(servers.here.url, board_id, servers.ada.token) as one,
        dial(servers.there.url, board_id, servers.bob.token) as two,
    ):
        followers = [RawFollower(one), RawFollower(two)]
        yield
        final = await servers.desk.snapshot()
        for follower in followers:
            replica = await follower.until(lambda replica: replica.seq == final.seq)
            assert replica.snapshot() == final


@on_postgres
async def test_what_one_server_commits_the_sockets_of_the_other_get_at_once(stage: Stage, redis_url: str) -> None:
    servers = await pair(stage, redis_url, tick=NEVER)
    async with all_alike(servers), asyncio.TaskGroup() as group:
        for each in (servers.desk, servers.mirror):
            group.create_task(change(each, 20))


@on_postgres
async def test_whoever_is_removed_through_one_server_loses_their_sockets_on_the_other(stage: Stage, redis_url: str) -> None:
    servers = await pair(stage, redis_url, tick=NEVER)
    async with dial(servers.there.url, servers.desk.board.id, servers.bob.token) as wire:
        await wire.ready()
        await servers.ada.client.send(boards.remove_member(servers.desk.board.id, servers.bob.user.id))
        assert (await wire.ending())[0] == CloseCode.ACCESS_LOST


@on_postgres
async def test_nobody_misses_anything_while_redis_dies_and_comes_back(stage: Stage, own_valkey: OwnValkey) -> None:
    servers = await pair(stage, own_valkey.url)
    async with all_alike(servers):
        for act in (own_valkey.kill, own_valkey.start, own_valkey.pause, own_valkey.resume):
            async with asyncio.TaskGroup() as group:
                group.create_task(change(servers.desk, 12))
                group.create_task(change(servers.mirror, 12))
                group.create_task(asyncio.to_thread(act))


async def test_a_new_life_of_the_database_sends_everybody_to_start_afresh(live: Running, desk: Desk, ada: Somebody) -> None:
    """A restore below a running server: the numbers may be the same, and what they stand for is not."""

    async def another_life(connection: Connection) -> None:
        await connection.execute_together([(Statement(update(instance).values(epoch=OTHER_LIFE)), {})])

    async with dial(live.url, desk.board.id, ada.token) as wire:
        await wire.ready()
        await live.server.database.transaction(another_life)
        assert (await wire.ending())[0] == CloseCode.LOST_SYNC
    await eventually(lambda: live.server.hub.total_boards == 0)
    async with dial(live.url, desk.board.id, ada.token) as wire:
        assert (await wire.ready()).epoch == OTHER_LIFE


async def value_of(server: Running, name: str) -> float:
    """What `/metrics` says."""
    async with aiohttp.ClientSession() as http, http.get(f"{server.url}/metrics") as answer:
        families = text_string_to_metric_families(await answer.text())
    [value] = [sample.value for family in families for sample in family.samples if sample.name == name]
    return value


async def gauge(server: Running, name: str, wanted: float) -> None:
    """Wait until `/metrics` says so."""
    async with asyncio.timeout(PATIENCE):
        while await value_of(server, name) != wanted:
            pass


@on_postgres
async def test_health_and_metrics_tell_of_redis(stage: Stage, own_valkey: OwnValkey) -> None:
    live = await stage.server(redis_url=own_valkey.url)
    ada = await stage.person(live, "ada")

    async def until(status: str, state: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                health = await ada.client.send(system.health())
                if (health.status, health.redis, health.subscriber) == (status, state, state):
                    return

    await until("healthy", "up")
    await gauge(live, "rego_redis_up", 1)
    await gauge(live, "rego_subscriber_up", 1)
    await gauge(live, "rego_redis_queue_length", 0)
    assert 0 <= await value_of(live, "rego_subscriber_lag_seconds") < PATIENCE
    await asyncio.to_thread(own_valkey.kill)
    await until("degraded", "down")
    assert (await value_of(live, "rego_redis_up"), await value_of(live, "rego_subscriber_up")) == (0, 0)
    assert math.isnan(await value_of(live, "rego_subscriber_lag_seconds"))
    await asyncio.to_thread(own_valkey.start)
    await until("healthy", "up")


@on_postgres
async def test_servers_share_their_limits(stage: Stage, redis_url: str) -> None:
    """Four requests in turn to two servers of a quota of three: the fourth is one too many for both."""
    here, there = [await stage.server(redis_url=redis_url, settings={"anonymous_per_minute": 3}) for _ in range(2)]
    statuses = []
    async with aiohttp.ClientSession() as http:
        for server in (here, there, here, there):
            async with http.get(f"{server.url}/boards", headers={"Cookie": "x=y"}) as answer:
                statuses.append(answer.status)
    assert statuses == [401, 401, 401, 429]
