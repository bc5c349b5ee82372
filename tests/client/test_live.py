"""A live board over real sockets: what it tells, what it says, and how it leaves."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest

from rego.client import aio
from rego.client.credentials import Credentials
from rego.client.server import Server
from rego.client.updates import Ended, EventCame, Offline, Online, PresenceCame, SnapshotCame
from rego.replica import Replica
from rego.wire import errors
from rego.wire.frames import Advice, CloseCode, Focus, Ping, Pong, Resume
from tests.client.frames import a_hello, a_snapshot_frame, an_event_frame
from tests.client.scripted import Peer, ScriptedBoard, listening
from tests.client.watching import ADA, SINCE, Watcher, follow, kinds, outages, refuse, seqs
from tests.unit.samples import LATER

CARD = "00000000-0000-7000-8000-000000000001"
ANOTHER = "00000000-0000-7000-8000-000000000002"


async def test_a_snapshot_its_events_and_the_end(board: ScriptedBoard, watch: Watcher) -> None:
    async def scene(peer: Peer) -> None:
        await peer.say(a_hello(resume=Resume.SNAPSHOT, people=[ADA]), a_snapshot_frame())
        await peer.say(an_event_frame(11, op_id="op-1"))
        await refuse(peer)

    board.will(scene)
    updates = await watch.all(board.server)
    assert kinds(updates) == ["Online", "SnapshotCame", "EventCame", "Ended"]
    assert updates[-1] == Ended(advice=Advice.STOP, reason="The board was deleted.")
    assert PresenceCame(people={"c1": ADA}) in updates
    [event] = [update for update in updates if isinstance(update, EventCame)]
    assert event.event.op_id == event.raw.op_id == "op-1"
    [seen] = board.seen
    assert (seen.route, seen.query, seen.headers["authorization"]) == ("GET /ws/boards/b", "", "Bearer t")


async def test_updates_keep_a_replica_up_to_date(board: ScriptedBoard, watch: Watcher) -> None:
    async def scene(peer: Peer) -> None:
        await peer.say(a_hello(resume=Resume.SNAPSHOT), a_snapshot_frame(), an_event_frame(11))
        await refuse(peer)

    board.will(scene)
    replica = None
    for update in await watch.all(board.server):
        if isinstance(update, SnapshotCame):
            replica = Replica(update.snapshot)
        elif isinstance(update, EventCame):
            assert replica is not None
            replica.apply(update.event)
    assert replica is not None
    assert replica.cards["a1"].column_id == "b"


async def test_a_ping_is_answered(board: ScriptedBoard, watch: Watcher) -> None:
    heard = []

    async def scene(peer: Peer) -> None:
        await peer.say(a_hello(), Ping(seq=10, at=LATER))
        heard.append(await peer.hear())
        await refuse(peer)

    board.will(scene)
    await watch.all(board.server, since=SINCE)
    assert heard == [Pong()]


async def test_a_unix_socket_works_the_same(watch: Watcher, tmp_path: Path) -> None:
    board = ScriptedBoard()

    async def scene(peer: Peer) -> None:
        await follow(peer, 11)
        await refuse(peer)

    board.will(scene)
    async with listening(board.app(), tmp_path / "s") as server:
        assert seqs(await watch.all(server, since=SINCE)) == [11]
    assert board.seen[0].headers["host"] == "localhost"


async def test_the_position_is_that_of_the_last_update(board: ScriptedBoard, watch: Watcher) -> None:
    async def scene(peer: Peer) -> None:
        await follow(peer, 11, 12)
        await refuse(peer)

    board.will(scene)
    async with watch(board.server, since=SINCE) as live:
        async for _ in live:
            pass
        assert live.position == ("e", 12)


async def test_the_focus_is_told_and_told_again_after_an_outage(board: ScriptedBoard, watch: Watcher) -> None:
    heard = []

    async def cut(peer: Peer) -> None:
        await peer.say(a_hello())
        heard.extend([await peer.hear(), await peer.hear()])
        await peer.close(CloseCode.LOST_SYNC)

    async def again(peer: Peer) -> None:
        await peer.say(a_hello())
        heard.append(await peer.hear())
        await refuse(peer)

    board.will(cut, again)
    async with watch(board.server, since=SINCE) as live:
        await live.focus(ANOTHER)
        async for update in live:
            if isinstance(update, PresenceCame | Offline):
                await live.focus(CARD, editing=True)
    on_card = Focus(card_id=CARD, editing=True)
    assert heard == [Focus(card_id=ANOTHER), on_card, on_card]


async def test_a_local_server_is_revived_before_each_new_try(board: ScriptedBoard, nobody: Server, watch: Watcher) -> None:
    class Place:
        server = board.server
        credentials = Credentials(server=board.server.url, access_token="fresh")

    revived = []

    async def revive() -> Place:
        revived.append(True)
        return Place()

    board.will(refuse)
    updates = await watch.all(nobody, revive=revive)
    assert kinds(updates) == ["Offline", "Ended"]
    assert revived == [True]
    assert board.seen[0].headers["authorization"] == "Bearer fresh"


async def test_a_local_server_that_does_not_start_is_an_outage(nobody: Server, watch: Watcher) -> None:
    async def revive() -> aio.Place:
        raise errors.Unreachable("The local server did not start: disk full.")

    async with watch(nobody, revive=revive) as live:
        updates = [await anext(live), await anext(live)]
    assert outages(updates)[1].reason == "The local server did not start: disk full."


async def test_leaving_closes_the_connection(board: ScriptedBoard, watch: Watcher) -> None:
    left = asyncio.Event()

    async def scene(peer: Peer) -> None:
        await peer.say(a_hello())
        await peer.fall_silent()
        left.set()

    board.will(scene)
    async with watch(board.server, since=SINCE) as live:
        assert isinstance(await anext(live), Online)
    await asyncio.wait_for(left.wait(), 10)


async def test_cancelling_the_reader_closes_the_connection(board: ScriptedBoard, watch: Watcher) -> None:
    online, left = asyncio.Event(), asyncio.Event()

    async def scene(peer: Peer) -> None:
        await peer.say(a_hello())
        await peer.fall_silent()
        left.set()

    async def read() -> None:
        async with watch(board.server, since=SINCE) as live:
            async for _ in live:
                online.set()

    board.will(scene)
    reader = asyncio.create_task(read())
    await online.wait()
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    await asyncio.wait_for(left.wait(), 10)


async def test_a_board_that_was_never_read_leaves_nothing_behind(nobody: Server, watch: Watcher) -> None:
    async with watch(nobody):
        pass
    gc.collect()
