"""Whatever the bus does, every follower gets every event in order, exactly once, because the log is the truth."""

from __future__ import annotations

import asyncio
import gc

import pytest

from rego_server.core.bus import Bus, LocalBus
from tests.realtime.buses import BadBus, LossyBus, SilentBus
from tests.realtime.stage import Desk, Stage
from tests.realtime.wire import RawFollower, dial
from tests.running import Running, Somebody

CHANGES = 60


async def change(desk: Desk, count: int) -> None:
    """Change the board by several hands at once."""
    card = await desk.add()

    async def hand(number: int) -> None:
        for each in range(count // 4):
            await (desk.add(f"Card {number}-{each}") if each % 2 else desk.move(card, (desk.todo, desk.doing)[number % 2]))

    async with asyncio.TaskGroup() as group:
        for number in range(4):
            group.create_task(hand(number))


async def follow_all(live: Running, desk: Desk, who: Somebody) -> None:
    """Change a board that three sockets follow, one of them from its beginning; each must end with the board as it is."""
    async with (
        dial(live.url, desk.board.id, who.token) as first,
        dial(live.url, desk.board.id, who.token) as second,
        dial(live.url, desk.board.id, who.token, since=0) as third,
    ):
        followers = [RawFollower(first), RawFollower(second)]
        await change(desk, CHANGES)
        final = await desk.snapshot()
        for follower in followers:
            replica = await follower.until(lambda replica: replica.seq == final.seq)
            assert replica.snapshot() == final
        await third.events(final.seq)
        assert third.seqs == list(range(1, final.seq + 1))


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_lossy_bus(stage: Stage, seed: int) -> None:
    bus = LossyBus(seed)
    live = await stage.server(bus)
    ada = await stage.person(live, "ada")
    await follow_all(live, await stage.desk(ada), ada)
    assert bus.passed_on != sorted(bus.passed_on), "the bus reordered nothing, so that this shows nothing"
    assert len(set(bus.passed_on)) < CHANGES, "the bus lost nothing"
    assert len(set(bus.passed_on)) < len(bus.passed_on), "the bus repeated nothing"


async def test_a_bus_that_says_nothing(stage: Stage) -> None:
    live = await stage.server(SilentBus())
    ada = await stage.person(live, "ada")
    await follow_all(live, await stage.desk(ada), ada)


async def test_delivery_survives_the_garbage_collector(sqlite_stage: Stage) -> None:
    """The event loop holds tasks weakly: one that reads the log for a board and is held by nobody would be collected."""
    live = await sqlite_stage.server(SilentBus())
    ada = await sqlite_stage.person(live, "ada")
    desk = await sqlite_stage.desk(ada)
    async with dial(live.url, desk.board.id, ada.token) as wire:
        await wire.ready()
        for number in range(8):
            await desk.add()
            gc.collect()
            assert [event.seq for event in await wire.events(1)] == [4 + number]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("bus", [LocalBus, SilentBus])
async def test_two_servers_on_one_database(stage: Stage, bus: type[LocalBus | BadBus]) -> None:
    """Each server has a bus of its own, so that neither hears of the other but by looking."""
    here, there = await stage.server(_made(bus)), await stage.server(_made(bus))
    ada = await stage.person(here, "ada")
    desk = await stage.desk(ada)
    elsewhere = await stage.person(there, "bob")
    await desk.invite(elsewhere)
    mirror = Desk(elsewhere.client, desk.board, desk.todo, desk.doing)
    async with dial(here.url, desk.board.id, ada.token) as one, dial(there.url, desk.board.id, elsewhere.token) as two:
        followers = [RawFollower(one), RawFollower(two)]
        async with asyncio.TaskGroup() as group:
            for each in (desk, mirror):
                group.create_task(change(each, 40))
        final = await desk.snapshot()
        for follower in followers:
            replica = await follower.until(lambda replica: replica.seq == final.seq)
            assert replica.snapshot() == final


def _made(bus: type[LocalBus | BadBus]) -> Bus:
    return bus()
