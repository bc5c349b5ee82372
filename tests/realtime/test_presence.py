"""Who is on a board: in hello, in frames, and on request."""

from __future__ import annotations

import asyncio

import pytest

from rego.client import boards
from rego.wire.boards import CreateBoard
from rego.wire.frames import Focus, PresenceFrame
from tests.realtime.stage import Desk, Stage
from tests.realtime.wire import dial
from tests.running import Running, Somebody


@pytest.fixture
async def live(sqlite_stage: Stage) -> Running:
    return await sqlite_stage.server()


@pytest.fixture
async def ada(sqlite_stage: Stage, live: Running) -> Somebody:
    return await sqlite_stage.person(live, "ada")


@pytest.fixture
async def bob(sqlite_stage: Stage, live: Running, desk: Desk) -> Somebody:
    """A member of the board."""
    bob = await sqlite_stage.person(live, "bob")
    await desk.invite(bob)
    return bob


@pytest.fixture
async def desk(sqlite_stage: Stage, ada: Somebody) -> Desk:
    return await sqlite_stage.desk(ada)


async def test_those_who_are_there_stand_in_hello_and_those_who_come_are_announced(
    live: Running, desk: Desk, ada: Somebody, bob: Somebody
) -> None:
    async with dial(live.url, desk.board.id, ada.token) as first:
        ada_here = await first.ready()
        async with dial(live.url, desk.board.id, bob.token) as second:
            hello = await second.ready()
            [person] = hello.people
            assert (person.connection_id, person.user_id, person.username) == (ada_here.connection_id, ada.user.id, "ada")
            people = await first.sees(lambda people: hello.connection_id in people)
            assert {person.username for person in people.values()} == {"ada", "bob"}
            assert people == second.people
        people = await first.sees(lambda people: hello.connection_id not in people)
        assert [person.username for person in people.values()] == ["ada"]


async def test_many_who_come_at_once_all_see_each_other(live: Running, desk: Desk, ada: Somebody) -> None:
    crowd = 20
    everybody = asyncio.Barrier(crowd)

    async def visit() -> None:
        async with dial(live.url, desk.board.id, ada.token) as wire:
            await wire.sees(lambda people: len(people) == crowd)
            await everybody.wait()

    async with asyncio.TaskGroup() as group:
        for _ in range(crowd):
            group.create_task(visit())


async def test_focus_reaches_the_others(live: Running, desk: Desk, ada: Somebody, bob: Somebody) -> None:
    card = await desk.add()
    async with dial(live.url, desk.board.id, ada.token) as first, dial(live.url, desk.board.id, bob.token) as second:
        await first.ready()
        me = (await second.ready()).connection_id
        await second.say(Focus(card_id=card.id, editing=True))
        await first.sees(lambda people: me in people and people[me].card_id == card.id and people[me].editing)
        await second.say(Focus())
        await first.sees(lambda people: people[me].card_id is None and not people[me].editing)


async def test_a_storm_of_focus_goes_out_as_few_frames_with_the_last_word(
    live: Running, desk: Desk, ada: Somebody, bob: Somebody
) -> None:
    card = await desk.add()
    async with dial(live.url, desk.board.id, ada.token) as first, dial(live.url, desk.board.id, bob.token) as second:
        await first.ready()
        me = (await second.ready()).connection_id
        await first.sees(lambda people: me in people)
        before = len(first.heard)
        for number in range(400):
            await second.say(Focus(card_id=card.id if number % 2 else None))
        await second.say(Focus(card_id=card.id, editing=True))
        await first.sees(lambda people: people[me].editing)
        frames = [frame for frame in first.heard[before:] if isinstance(frame, PresenceFrame)]
        assert len(frames) < 100
        assert first.people[me].card_id == card.id


async def test_presence_on_request(sqlite_stage: Stage, live: Running, desk: Desk, ada: Somebody, bob: Somebody) -> None:
    card = await desk.add()
    assert await ada.client.send(boards.get_presence(desk.board.id)) == []
    async with dial(live.url, desk.board.id, bob.token) as wire:
        hello = await wire.ready()
        await wire.say(Focus(card_id=card.id))
        await wire.sees(lambda people: people[hello.connection_id].card_id == card.id)
        assert await ada.client.send(boards.get_presence(desk.board.id)) == list(wire.people.values())


async def test_a_glance_at_all_boards_says_who_is_where(
    sqlite_stage: Stage, live: Running, desk: Desk, ada: Somebody, bob: Somebody
) -> None:
    other = await ada.client.send(boards.create_board(CreateBoard(title="Nobody is here")))
    async with dial(live.url, desk.board.id, bob.token) as wire:
        await wire.ready()
        glances = {glance.board_id: glance for glance in await ada.client.send(boards.list_glances())}
        assert [person.username for person in glances[desk.board.id].people] == [bob.user.username]
        assert glances[other.id].people == []


async def test_one_person_with_two_sockets_is_there_twice_and_leaves_one_by_one(
    live: Running, desk: Desk, ada: Somebody, bob: Somebody
) -> None:
    async with dial(live.url, desk.board.id, ada.token) as watching:
        await watching.ready()
        async with dial(live.url, desk.board.id, bob.token) as one:
            first = (await one.ready()).connection_id
            async with dial(live.url, desk.board.id, bob.token) as two:
                second = (await two.ready()).connection_id
                await watching.sees(lambda people: {first, second} <= people.keys())
            await watching.sees(lambda people: second not in people)
            assert first in watching.people
        await watching.sees(lambda people: len(people) == 1)


async def test_a_client_that_vanishes_leaves(live: Running, desk: Desk, ada: Somebody, bob: Somebody) -> None:
    async with dial(live.url, desk.board.id, ada.token) as watching:
        await watching.ready()
        async with dial(live.url, desk.board.id, bob.token) as gone:
            me = (await gone.ready()).connection_id
            await watching.sees(lambda people: me in people)
            gone.connection.transport.abort()
            await watching.sees(lambda people: me not in people)
