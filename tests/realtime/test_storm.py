"""A hundred clients that come back at once after an outage: the board is read once for all of them, not once for each."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any, cast

import pytest

from rego.replica import Replica
from rego.wire import limits
from rego.wire.codec import read_event
from rego.wire.errors import Unavailable
from rego.wire.frames import EventFrame, SnapshotFrame
from rego.wire.snapshot import Snapshot
from rego_server.core.db.port import Database, Work
from rego_server.core.shelf import NoShelf
from rego_server.snapshots import COLUMNS_AND_LABELS, STREAMS_FROM, Encoded, Snapshots
from tests.realtime.connections import eventually, transports
from tests.realtime.stage import Desk, Stage, on_postgres, on_sqlite
from tests.realtime.wire import Wire, dial
from tests.running import Running, Somebody

CLIENTS = 100


@pytest.fixture
async def statements(live: Running) -> list[str]:
    """The SQL of each statement that the server runs from now on."""
    seen: list[str] = []
    live.server.database.observer = seen.append
    return seen


def cold_reads(live: Running, statements: list[str]) -> int:
    """How many snapshots were read from the database."""
    return statements.count(COLUMNS_AND_LABELS.on(live.server.database.dialect).sql)


async def all_at_once(live: Running, desk: Desk, who: Somebody, since: int | None = None) -> list[Wire]:
    """Open a hundred sockets at the same time, close them, and give what they heard until they were live."""

    async def visit() -> Wire:
        async with dial(live.url, desk.board.id, who.token, since=since) as wire:
            await wire.ready()
            return wire

    async with asyncio.TaskGroup() as group:
        visits = [group.create_task(visit()) for _ in range(CLIENTS)]
    return [visit.result() for visit in visits]


def snapshots_in(wire: Wire) -> list[Snapshot]:
    return [frame.snapshot for frame in wire.heard if isinstance(frame, SnapshotFrame)]


def board_in(wire: Wire) -> Snapshot:
    """The board that the frames add up to."""
    [snapshot] = snapshots_in(wire)
    replica = Replica(snapshot)
    for frame in wire.heard:
        if isinstance(frame, EventFrame):
            replica.apply(read_event(frame.event))
    return replica.snapshot()


async def test_a_storm_of_first_visits_reads_the_board_once(
    live: Running, desk: Desk, ada: Somebody, statements: list[str]
) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await (await stack.enter_async_context(dial(live.url, desk.board.id, ada.token))).ready()
        await desk.add()
        for transport in transports(live):
            transport.abort()
        await eventually(lambda: live.server.hub.total_connections == 0)
        statements.clear()
        wires = await all_at_once(live, desk, ada)
    assert cold_reads(live, statements) <= 1
    final = await desk.snapshot()
    assert [board_in(wire) == final for wire in wires] == [True] * CLIENTS


async def test_a_storm_of_returns_reads_no_board_at_all(
    live: Running, desk: Desk, ada: Somebody, statements: list[str]
) -> None:
    await desk.add()
    statements.clear()
    wires = await all_at_once(live, desk, ada, since=3)
    assert cold_reads(live, statements) == 0
    assert [wire.seqs for wire in wires] == [[4]] * CLIENTS


@on_sqlite
async def test_a_storm_while_the_board_changes_still_shares(
    live: Running, desk: Desk, ada: Somebody, statements: list[str]
) -> None:
    async with asyncio.TaskGroup() as group:
        storm = group.create_task(all_at_once(live, desk, ada))
        for _ in range(20):
            await desk.add()
    assert cold_reads(live, statements) <= 21, "more reads than states of the board"
    for wire in storm.result():
        [snapshot] = snapshots_in(wire)
        assert wire.seqs == list(range(snapshot.seq + 1, snapshot.seq + 1 + len(wire.seqs)))


@on_postgres
async def test_a_storm_that_comes_from_another_server_reads_the_board_once_and_for_those_who_forgot(
    stage: Stage, redis_url: str
) -> None:
    here, there = [await stage.server(redis_url=redis_url) for _ in range(2)]
    ada = await stage.person(here, "ada")
    desk = await stage.desk(ada)
    await all_at_once(here, desk, ada)
    await desk.add()
    statements: list[str] = []
    there.server.database.observer = statements.append
    resuming = await all_at_once(there, desk, ada, since=3)
    assert cold_reads(there, statements) == 0
    assert [wire.seqs for wire in resuming] == [[4]] * CLIENTS
    forgetful = await all_at_once(there, desk, ada)
    assert cold_reads(there, statements) == 1
    final = await desk.snapshot()
    assert [board_in(wire) == final for wire in forgetful] == [True] * CLIENTS


async def test_a_read_that_has_just_landed_too_early_is_not_asked_again() -> None:
    """Between the end of a read and the moment in which the loop tells of it, a reader comes who needs a later one."""
    late: list[asyncio.Task[Encoded]] = []

    class Reads:
        count = 0

        async def reading(self, work: Work[Encoded]) -> Encoded:
            self.count += 1
            if self.count == 1:
                late.append(asyncio.create_task(snapshots.at_least({"id": "b", "epoch": "e", "seq": 2})))
            return Encoded("e", self.count, b"")

    snapshots = Snapshots(cast(Database, Reads()), NoShelf())
    assert (await snapshots.at_least({"id": "b", "epoch": "e", "seq": 1})).seq == 1
    assert (await late[0]).seq == 2


class Changing:
    """A database whose board is at `seq`; counts the reads."""

    seq, reads = 1, 0

    async def reading(self, work: Work[Encoded]) -> Encoded:
        self.reads += 1
        return Encoded("e", self.seq, b"")


async def test_streams_begin_with_one_read_a_second_however_fast_the_board_changes() -> None:
    changing, now = Changing(), [0.0]
    snapshots = Snapshots(cast(Database, changing), NoShelf(), monotonic=lambda: now[0])
    began: list[int] = []
    for changing.seq in range(1, 13):
        began.append((await snapshots.before_events({"id": "b", "epoch": "e", "floor": 0, "seq": changing.seq})).seq)
        now[0] += STREAMS_FROM / 4
    assert began == [1] * 4 + [5] * 4 + [9] * 4
    assert changing.reads == 3


@pytest.mark.parametrize(
    "board",
    [
        {"epoch": "e", "floor": 2, "seq": 2},
        {"epoch": "e", "floor": 0, "seq": limits.REPLAY_MAX_EVENTS + 2},
        {"epoch": "another", "floor": 0, "seq": 1},
    ],
    ids=["the log begins later", "too many events", "another life"],
)
async def test_a_stream_begins_with_no_snapshot_that_its_events_do_not_follow(board: dict[str, Any]) -> None:
    changing = Changing()
    snapshots = Snapshots(cast(Database, changing), NoShelf(), monotonic=lambda: 0.0)
    await snapshots.before_events({"id": "b", "epoch": "e", "floor": 0, "seq": 1})
    changing.seq = board["seq"]
    reading = snapshots.before_events({"id": "b", **board})
    if board["epoch"] == "another":
        with pytest.raises(Unavailable):
            await reading
    else:
        assert (await reading).seq == board["seq"]


@pytest.mark.parametrize("found", [Encoded("e", 1, b""), Encoded("another", 9, b"")], ids=["behind", "another life"])
async def test_a_reader_is_told_when_the_database_went_back_behind_what_they_know(found: Encoded) -> None:
    class Reads:
        async def reading(self, work: Work[Encoded]) -> Encoded:
            return found

    snapshots = Snapshots(cast(Database, Reads()), NoShelf())
    with pytest.raises(Unavailable, match="restored or replaced"):
        await snapshots.at_least({"id": "b", "epoch": "e", "seq": 2})
