"""Who is on a board, over several servers and a real Valkey: they come, look at cards, go, and vanish with their server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

import aiohttp
import pytest
from redis.asyncio import Redis

from rego.client import boards
from rego.wire.frames import Focus
from rego.wire.presence import Person
from rego_server.core.redis.presence import RedisElsewhere
from rego_server.core.redis.shared import Shared, open_shared
from tests.realtime.connections import eventually
from tests.realtime.stage import Stage, on_postgres
from tests.realtime.test_redis_servers import pair
from tests.realtime.wire import PATIENCE, dial
from tests.valkey import OwnValkey

BOARD = "0198-board"
SOON = 0.4
"""The time to live in tests of what goes by itself, in seconds."""

NEVER = 3_600.0


def person(name: str, card_id: str | None = None) -> Person:
    return Person(connection_id=f"c-{name}", user_id=f"u-{name}", username=name, card_id=card_id)


class Room:
    """The people on one board as one server has them."""

    def __init__(self, elsewhere: RedisElsewhere, *names: str) -> None:
        self.own = {each.connection_id: each for each in map(person, names)}
        self.others: Mapping[str, Person] = {}
        self.elsewhere = elsewhere
        elsewhere.follow(BOARD, self)

    def meet(self, others: Mapping[str, Person]) -> None:
        self.others = others

    def tell(self, present: Person) -> None:
        self.own[present.connection_id] = present
        self.elsewhere.tell(BOARD, [present], [])

    def leave(self, name: str) -> None:
        del self.own[f"c-{name}"]
        self.elsewhere.tell(BOARD, [], [f"c-{name}"])

    async def sees(self, *people: Person) -> None:
        wanted = {each.connection_id: each for each in people}
        await eventually(lambda: dict(self.others) == wanted)


class Servers:
    """Opens the shared parts of servers."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    async def one(self, url: str, ttl: float = NEVER) -> Shared:
        return await self._stack.enter_async_context(open_shared(url, timeout=PATIENCE, presence_ttl=ttl))

    async def room(self, url: str, *names: str, ttl: float = NEVER) -> Room:
        return Room((await self.one(url, ttl)).elsewhere, *names)


@pytest.fixture
async def servers() -> AsyncIterator[Servers]:
    async with AsyncExitStack() as stack:
        yield Servers(stack)


async def test_who_is_there_already_and_who_comes_and_goes(servers: Servers, redis_url: str) -> None:
    here = await servers.room(redis_url, "ada")
    there = await servers.room(redis_url)
    await there.sees(person("ada"))
    there.tell(person("bob"))
    await here.sees(person("bob"))
    there.tell(person("bob", "a card"))
    await here.sees(person("bob", "a card"))
    there.leave("bob")
    await here.sees()
    await there.sees(person("ada"))


async def test_many_servers_at_once_all_see_each_other(servers: Servers, redis_url: str) -> None:
    names = [f"person{number}" for number in range(6)]
    rooms = [await servers.room(redis_url, name) for name in names]
    for name, room in zip(names, rooms, strict=True):
        await room.sees(*(person(other) for other in names if other != name))


async def test_whoever_is_on_a_board_is_found_by_a_server_on_which_nobody_follows_it(servers: Servers, redis_url: str) -> None:
    room = await servers.room(redis_url)
    room.tell(person("ada"))
    other = (await servers.one(redis_url)).elsewhere

    async def found() -> list[Person]:
        return (await other.people([BOARD]))[BOARD]

    async with asyncio.timeout(PATIENCE):
        while await found() != [person("ada")]:
            pass
    assert await other.people(["another board"]) == {"another board": []}
    assert await room.elsewhere.people([BOARD]) == {BOARD: []}, "one's own people are not elsewhere"


async def test_the_people_of_a_server_that_was_killed_are_gone_in_time(redis_url: str) -> None:
    async with AsyncExitStack() as alive, AsyncExitStack() as killed:
        here = await Servers(alive).room(redis_url, "ada", ttl=SOON)
        await Servers(killed).room(redis_url, "bob", ttl=SOON)
        await here.sees(person("bob"))
        await killed.aclose()  # it says nothing more, as one that was killed
        await here.sees()
        async with Redis.from_url(redis_url) as redis:
            await eventually_none(redis, "rego:people:*")


async def eventually_none(redis: Redis, pattern: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(await redis.keys(pattern)) > 1:
            pass


async def test_an_outage_of_redis_is_told_and_made_good(servers: Servers, own_valkey: OwnValkey) -> None:
    here, there = [await servers.room(own_valkey.url, name, ttl=4 * SOON) for name in ("ada", "bob")]
    await here.sees(person("bob"))
    await asyncio.to_thread(own_valkey.kill)
    await eventually(lambda: here.elsewhere.degraded and there.elsewhere.degraded)
    await here.sees()
    there.tell(person("cy"))
    here.leave("ada")
    assert await here.elsewhere.people(["another board"]) == {"another board": []}
    await asyncio.to_thread(own_valkey.start)
    await here.sees(person("bob"), person("cy"))
    await there.sees()
    await eventually(lambda: not here.elsewhere.degraded and not there.elsewhere.degraded)


async def test_a_board_that_is_followed_again_meanwhile_stays_followed(servers: Servers, redis_url: str) -> None:
    here, other = await servers.room(redis_url, "ada"), await servers.room(redis_url)
    await other.sees(person("ada"))
    again = Room(other.elsewhere)
    other.elsewhere.unfollow(BOARD, other)
    here.tell(person("bob"))
    await again.sees(person("ada"), person("bob"))


async def test_nonsense_in_redis_ends_nothing(servers: Servers, redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        await redis.sadd(f"rego:servers:{BOARD}", "mallory")
        await redis.hset(f"rego:people:{BOARD}:mallory", "c-x", "nonsense")
        here = await servers.room(redis_url, "ada", ttl=SOON)
        await redis.publish(f"rego:presence:{BOARD}", "nonsense")
        await redis.delete(f"rego:people:{BOARD}:mallory")
        there = await servers.room(redis_url, "bob", ttl=SOON)
        await here.sees(person("bob"))
        await there.sees(person("ada"))


@on_postgres
async def test_people_see_each_other_through_different_servers(stage: Stage, redis_url: str) -> None:
    servers = await pair(stage, redis_url)
    board_id, card = servers.desk.board.id, await servers.desk.add()
    third = await stage.server(redis_url=redis_url)
    cy = await stage.person(third, "cy")
    await servers.desk.invite(cy)
    async with dial(servers.here.url, board_id, servers.ada.token) as one:
        first = (await one.ready()).connection_id
        async with dial(servers.there.url, board_id, servers.bob.token) as two:
            second = (await two.ready()).connection_id
            for wire in (one, two):
                await wire.sees(lambda people: people.keys() == {first, second})
            await two.say(Focus(card_id=card.id, editing=True))
            await one.sees(lambda people: people[second].card_id == card.id and people[second].editing)
            seen = {each.connection_id: each for each in await cy.client.send(boards.get_presence(board_id))}
            assert seen == one.people
        await one.sees(lambda people: people.keys() == {first})


@on_postgres
async def test_sockets_and_requests_are_told_when_nothing_is_heard_of_other_servers(
    stage: Stage, own_valkey: OwnValkey
) -> None:
    servers = await pair(stage, own_valkey.url)
    board_id, headers = servers.desk.board.id, {"Authorization": f"Bearer {servers.ada.token}"}
    async with dial(servers.here.url, board_id, servers.ada.token) as wire, aiohttp.ClientSession(headers=headers) as http:
        assert not (await wire.ready()).degraded
        await asyncio.to_thread(own_valkey.kill)
        await wire.told(degraded=True)
        async with http.get(f"{servers.here.url}/boards/{board_id}/presence") as answer:
            assert answer.headers["X-Rego-Degraded"] == "presence"
        async with dial(servers.here.url, board_id, servers.ada.token) as late:
            assert (await late.greeting()).degraded
        await asyncio.to_thread(own_valkey.start)
        await wire.told(degraded=False)
        async with http.get(f"{servers.here.url}/boards/{board_id}/presence") as answer:
            assert "X-Rego-Degraded" not in answer.headers
