"""A live board against servers that cut, lose, lie, fall silent, and come back."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from rego.client.live import LiveBoard, Patience
from rego.client.server import Server
from rego.client.updates import EventCame, Offline, PresenceCame, Update
from rego.wire import errors
from rego.wire.events import Unknown
from rego.wire.frames import CloseCode, Goaway, Ping, PresenceFrame, Resume
from tests.client.frames import a_hello, a_snapshot_frame, an_event_frame
from tests.client.scripted import Peer, ScriptedBoard, problem
from tests.client.watching import ADA, SINCE, Watcher, follow, kinds, outages, refuse, seqs
from tests.unit.samples import LATER


async def test_a_cut_is_resumed_from_the_last_event(board: ScriptedBoard, watch: Watcher) -> None:
    async def cut(peer: Peer) -> None:
        await follow(peer, 11, 12)
        await peer.close(CloseCode.TOO_SLOW, "Too slow.")

    async def again(peer: Peer) -> None:
        await peer.say(a_hello(seq=14), an_event_frame(13), an_event_frame(14))
        await refuse(peer)

    board.will(cut, again)
    updates = await watch.all(board.server, since=SINCE)
    assert kinds(updates) == ["Online", "EventCame", "EventCame", "Offline", "Online", "EventCame", "EventCame", "Ended"]
    assert seqs(updates) == [11, 12, 13, 14]
    assert [seen.query for seen in board.seen] == ["since=10&epoch=e", "since=12&epoch=e"]
    assert outages(updates)[0].reason == "Too slow."
    assert outages(updates)[0].retry_in == 0.0


async def test_a_connection_that_breaks_off_is_resumed(board: ScriptedBoard, watch: Watcher) -> None:
    async def break_off(peer: Peer) -> None:
        await follow(peer, 11)
        peer.break_off()

    board.will(break_off, refuse)
    updates = await watch.all(board.server, since=SINCE)
    assert seqs(updates) == [11]
    assert [update.reason for update in outages(updates)] == ["the connection broke off"]
    assert board.seen[1].query == "since=11&epoch=e"


async def test_a_gap_is_fetched_and_not_jumped_over(board: ScriptedBoard, watch: Watcher) -> None:
    async def lossy(peer: Peer) -> None:
        await follow(peer, 11, 13)
        await peer.fall_silent()

    async def whole(peer: Peer) -> None:
        await follow(peer, 12, 13)
        await refuse(peer)

    board.will(lossy, whole)
    updates = await watch.all(board.server, since=SINCE)
    assert seqs(updates) == [11, 12, 13]
    assert outages(updates)[0].reason == "event 12 is missing"
    assert board.seen[1].query == "since=11&epoch=e"


async def test_events_that_came_already_are_not_told_twice(board: ScriptedBoard, watch: Watcher) -> None:
    async def scene(peer: Peer) -> None:
        await follow(peer, 9, 10, 11, 11, 12)
        await refuse(peer)

    board.will(scene)
    assert seqs(await watch.all(board.server, since=SINCE)) == [11, 12]


async def test_a_lost_tail_shows_by_the_heartbeat(board: ScriptedBoard, watch: Watcher) -> None:
    async def lossy(peer: Peer) -> None:
        await peer.say(a_hello(), Ping(seq=11, at=LATER))
        await peer.fall_silent()

    async def whole(peer: Peer) -> None:
        await follow(peer, 11)
        await refuse(peer)

    board.will(lossy, whole)
    updates = await watch.all(board.server, since=SINCE, patience=Patience(tail=0.05))
    assert seqs(updates) == [11]
    assert outages(updates)[0].reason == "events were lost on the way"


async def test_chatter_does_not_hide_a_lost_tail(board: ScriptedBoard, watch: Watcher) -> None:
    async def lossy(peer: Peer) -> None:
        await peer.say(a_hello(), Ping(seq=11, at=LATER), Ping(seq=11, at=LATER))
        # The second answer says that the first heartbeat was dealt with.
        await peer.hear()
        await peer.hear()
        watch.time.now += 100
        await peer.say(PresenceFrame(present=[ADA]))
        await peer.fall_silent()

    board.will(lossy, refuse)
    updates = await watch.all(board.server, since=SINCE, patience=Patience(tail=99.0))
    assert outages(updates)[0].reason == "events were lost on the way"


async def test_an_event_right_after_its_announcement_is_no_loss(board: ScriptedBoard, watch: Watcher) -> None:
    async def scene(peer: Peer) -> None:
        await peer.say(a_hello(), Ping(seq=11, at=LATER))
        await peer.hear()
        await peer.say(an_event_frame(11))
        await refuse(peer)

    board.will(scene)
    updates = await watch.all(board.server, since=SINCE)
    assert seqs(updates) == [11]
    assert outages(updates) == []


async def updates_of(live: LiveBoard, weary: Patience, *, after: type[Update]) -> list[Update]:
    """Every update of a reader who is `weary` after one of a kind, and as patient as any from the first outage on."""
    updates: list[Update] = []
    async for update in live:
        updates.append(update)
        if outages(updates):
            live._patience = Patience()
        elif isinstance(update, after):
            live._patience = weary
    return updates


async def test_silence_is_an_outage(board: ScriptedBoard, watch: Watcher) -> None:
    async def silent(peer: Peer) -> None:
        await follow(peer, 11)
        await peer.fall_silent()

    board.will(silent, refuse)
    async with watch(board.server, since=SINCE) as live:
        updates = await updates_of(live, Patience(silence=0.0), after=EventCame)
    assert outages(updates)[0].reason == "the server has fallen silent"
    assert board.seen[1].query == "since=11&epoch=e"


async def test_a_server_that_never_says_hello_is_an_outage(board: ScriptedBoard, watch: Watcher) -> None:
    board.will(Peer.fall_silent, refuse)
    weary = Patience(silence=0.0)
    async with watch(board.server, patience=weary) as live:
        updates = await updates_of(live, weary, after=EventCame)
    assert kinds(updates) == ["Offline", "Ended"]


async def test_a_peer_that_is_gone_without_a_word_does_not_hold_up_the_next_try(watch: Watcher) -> None:
    """A half-open connection: the handshake never ends, as when a firewall drops everything after it."""
    held: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    gone = asyncio.Event()

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.put_nowait(writer)
        await gone.wait()
        writer.close()

    hole = await asyncio.start_server(swallow, "127.0.0.1", 0)
    async with hole:
        server = Server.parse(f"http://127.0.0.1:{hole.sockets[0].getsockname()[1]}")
        async with watch(server, patience=Patience(handshake=0.05)) as live:
            first, second = await anext(live), await anext(live)
        assert isinstance(first, Offline)
        assert isinstance(second, Offline)
        assert first.since == second.since
        async with asyncio.timeout(10):
            assert await held.get() is not await held.get()
        gone.set()


@pytest.mark.parametrize("garbage", ["", "{", "null", '{"type": 3}', '{"type": "event", "event": {}}', "\x00"])
async def test_garbage_is_an_outage(board: ScriptedBoard, watch: Watcher, garbage: str) -> None:
    async def scene(peer: Peer) -> None:
        await peer.say(a_hello(), garbage)
        await peer.fall_silent()

    board.will(scene, refuse)
    updates = await watch.all(board.server, since=SINCE)
    assert outages(updates)[0].reason == "the server sent something unreadable"


async def test_frames_and_events_of_a_newer_server_are_passed_over(board: ScriptedBoard, watch: Watcher) -> None:
    newer = msgspec.structs.replace(an_event_frame(11).event, type="card.teleported", data=msgspec.Raw(b'{"to": "Mars"}'))

    async def scene(peer: Peer) -> None:
        await peer.say(a_hello(), '{"type": "weather", "sun": true}')
        await peer.say(msgspec.structs.replace(an_event_frame(11), event=newer), an_event_frame(12))
        await refuse(peer)

    board.will(scene)
    updates = await watch.all(board.server, since=SINCE)
    assert seqs(updates) == [11, 12]
    [first, _] = [update for update in updates if isinstance(update, EventCame)]
    assert isinstance(first.event.data, Unknown)


async def test_a_server_that_restarts_is_left_alone_as_long_as_it_asks(board: ScriptedBoard, watch: Watcher) -> None:
    async def goes(peer: Peer) -> None:
        await peer.say(a_hello(), Goaway(delay=4.0))
        await peer.fall_silent()

    board.will(goes, refuse)
    updates = await watch.all(board.server, since=SINCE)
    assert outages(updates)[0].retry_in == 4.0
    assert watch.time.pauses == [4.0]


async def test_a_trimmed_log_brings_a_new_snapshot(board: ScriptedBoard, watch: Watcher) -> None:
    async def reset(peer: Peer) -> None:
        await peer.say(a_hello(resume=Resume.RESET, reason="The log was trimmed."), a_snapshot_frame(), an_event_frame(11))
        await peer.close(CloseCode.LOST_SYNC)

    board.will(reset, refuse)
    updates = await watch.all(board.server, since=("another life", 500))
    assert kinds(updates) == ["Online", "SnapshotCame", "EventCame", "Offline", "Ended"]
    assert [seen.query for seen in board.seen] == ["since=500&epoch=another life", "since=11&epoch=e"]


async def test_a_replay_of_another_life_is_not_believed(board: ScriptedBoard, watch: Watcher) -> None:
    async def confused(peer: Peer) -> None:
        await follow(peer, 11)
        await peer.fall_silent()

    board.will(confused, refuse)
    updates = await watch.all(board.server, since=("old", 10))
    assert seqs(updates) == []
    assert [seen.query for seen in board.seen] == ["since=10&epoch=old", ""]


async def test_presence_starts_anew_with_each_connection(board: ScriptedBoard, watch: Watcher) -> None:
    async def busy(peer: Peer) -> None:
        await peer.say(a_hello(people=[ADA]), PresenceFrame(left=["c1"]), PresenceFrame(present=[ADA]))
        await peer.close(CloseCode.LOST_SYNC)

    async def empty(peer: Peer) -> None:
        await peer.say(a_hello())
        await refuse(peer)

    board.will(busy, empty)
    updates = await watch.all(board.server, since=SINCE)
    people = [update.people for update in updates if isinstance(update, PresenceCame)]
    assert people == [{"c1": ADA}, {}, {"c1": ADA}, {}]


async def test_nobody_there_is_asked_again_ever_less_often(nobody: Server, watch: Watcher) -> None:
    async with watch(nobody, jitter=1.0) as live:
        updates = [await anext(live) for _ in range(9)]
    assert [update.retry_in for update in outages(updates)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert "is the server running" in outages(updates)[0].reason


async def test_an_outage_has_one_beginning(board: ScriptedBoard, watch: Watcher) -> None:
    busy = problem(503, errors.Unavailable("Starting up.", retry_after=3))
    board.will(busy, busy, refuse)
    updates = await watch.all(board.server)
    assert [update.retry_in for update in outages(updates)] == [3.0, 3.0]
    assert len({update.since for update in outages(updates)}) == 1
    assert outages(updates)[0].reason == "Starting up."


async def test_a_minute_of_health_wipes_the_slate_clean(board: ScriptedBoard, watch: Watcher) -> None:
    async def healthy(peer: Peer) -> None:
        await peer.say(a_hello(), Ping(seq=10, at=LATER))
        await peer.hear()
        watch.time.now += 61
        await peer.close(CloseCode.OVERLOADED)

    busy = problem(503, errors.Unavailable("Starting up."))
    board.will(busy, busy, busy, healthy, refuse)
    updates = await watch.all(board.server, since=SINCE, jitter=1.0)
    assert [update.retry_in for update in outages(updates)] == [0.5, 1.0, 2.0, 0.5]


async def test_a_server_that_cuts_every_connection_is_not_asked_in_a_loop(board: ScriptedBoard, watch: Watcher) -> None:
    async def cut(peer: Peer) -> None:
        await peer.say(a_hello())
        await peer.close(CloseCode.LOST_SYNC)

    board.will(cut, cut, cut, refuse)
    updates = await watch.all(board.server, since=SINCE, jitter=1.0)
    assert [update.retry_in for update in outages(updates)] == [0.0, 1.0, 2.0]
