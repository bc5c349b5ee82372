"""Clients that come while the board changes: each must end with the board as it is, without a gap and without a repeat."""

from __future__ import annotations

import asyncio

from rego.client.live import LiveBoard
from rego.client.updates import EventCame, Offline, SnapshotCame, Update
from rego.replica import Replica
from rego.wire.snapshot import Snapshot
from tests.realtime.connections import transports
from tests.realtime.stage import Desk
from tests.realtime.wire import PATIENCE, RawFollower, dial
from tests.running import Running, Somebody

CLIENTS = 50
CHANGES = 200
THE_END = "The end"


class Progress:
    """How many changes were answered; those who wait for a number are told."""

    def __init__(self) -> None:
        self.done = 0
        self._told = asyncio.Condition()

    async def step(self) -> None:
        async with self._told:
            self.done += 1
            self._told.notify_all()

    async def reach(self, count: int) -> None:
        async with self._told:
            await self._told.wait_for(lambda: self.done >= count)


async def no_pause(_: float) -> None:
    """Come back at once."""


async def change(desk: Desk, progress: Progress) -> Snapshot:
    """200 changes by four hands; gives the board after the last."""
    cards = [await desk.add(f"Card {number}") for number in range(8)]

    async def hand(number: int) -> None:
        for each in range(CHANGES // 4):
            await desk.move(cards[(number + each) % 8], (desk.todo, desk.doing)[each % 2])
            await progress.step()

    async with asyncio.TaskGroup() as group:
        for number in range(4):
            group.create_task(hand(number))
    await desk.add(THE_END)
    final = await desk.snapshot()
    assert final.seq > CHANGES // 2, "hardly anything moved"
    return final


def is_at_the_end(replica: Replica | None) -> bool:
    return replica is not None and any(card.title == THE_END for card in replica.cards.values())


async def test_fifty_join_while_the_board_changes(live: Running, desk: Desk, ada: Somebody) -> None:
    progress = Progress()

    async def join(number: int) -> Replica:
        await progress.reach(number * CHANGES // CLIENTS)
        async with dial(live.url, desk.board.id, ada.token) as wire:
            return await RawFollower(wire).until(is_at_the_end)

    async with asyncio.TaskGroup() as group:
        joined = [group.create_task(join(number)) for number in range(CLIENTS)]
        final = await change(desk, progress)
    assert [task.result().snapshot() == final for task in joined] == [True] * CLIENTS


async def test_clients_that_are_cut_off_again_and_again_miss_nothing(live: Running, desk: Desk, ada: Somebody) -> None:
    """The SDK's live board hands out each event exactly once, however often it has to come back."""
    progress = Progress()

    async def follow() -> Followed:
        followed = Followed()
        async with asyncio.timeout(PATIENCE), LiveBoard(ada.client, desk.board.id, sleep=no_pause) as board:
            while not is_at_the_end(followed.replica):
                followed.take(await anext(board))
        return followed

    async def cut() -> None:
        for step in range(1, 10):
            await progress.reach(step * CHANGES // 10)
            for transport in transports(live):
                transport.abort()

    async with asyncio.TaskGroup() as group:
        following = [group.create_task(follow()) for _ in range(5)]
        group.create_task(cut())
        final = await change(desk, progress)
    everybody = [task.result() for task in following]
    assert [followed.replica.snapshot() == final for followed in everybody if followed.replica] == [True] * 5
    assert sum(followed.outages for followed in everybody) > 5, "nobody was cut off"


class Followed:
    """What a live board told its reader."""

    def __init__(self) -> None:
        self.replica: Replica | None = None
        self.outages = 0

    def take(self, update: Update) -> None:
        match update:
            case SnapshotCame(snapshot=snapshot):
                assert self.replica is None, "a second snapshot"
                self.replica = Replica(snapshot)
            case EventCame(event=event):
                assert self.replica is not None
                assert event.seq == self.replica.seq + 1
                self.replica.apply(event)
            case Offline():
                self.outages += 1
