"""A live board over real sockets, against servers that follow, cut, lose, lie, fall silent, and come back."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rego.client import aio
from rego.client.credentials import Credentials
from rego.client.live import LiveBoard, Patience
from rego.client.server import Server
from rego.client.updates import Ended, EventCame, Offline, Online, PresenceCame, SnapshotCame, Update
from rego.replica import Replica
from rego.wire import errors
from rego.wire.events import Unknown
from rego.wire.frames import Advice, CloseCode, Focus, Goaway, Ping, Pong, PresenceFrame, Resume
from rego.wire.presence import Person
from rego.wire.users import Tokens
from tests.client.frames import a_hello, a_snapshot_frame, an_event_frame
from tests.client.scripted import FakeTime, Peer, Reply, ScriptedBoard, listening, ok, problem
from tests.unit.samples import LATER

STOP = CloseCode.BOARD_GONE
SINCE = ("e", 10)
ADA = Person(connection_id="c1", user_id="ada", username="ada")


class Watcher:
    """Opens live boards with a clock that only their pauses move."""

    def __init__(self, time: FakeTime) -> None:
        self.time = time

    @asynccontextmanager
    async def __call__(
        self, server: Server, *, token: str | None = "t", refresh: str | None = None, jitter: float = 0.0, **options: Any
    ) -> AsyncIterator[LiveBoard]:
        login = Credentials(server=server.url, access_token=token, refresh_token=refresh) if token else None
        revive = options.pop("revive", None)
        options |= {"sleep": self.time.sleep_async, "clock": self.time.clock, "jitter": lambda: jitter}
        async with aio.Client(server, login, revive=revive) as client, LiveBoard(client, "b", **options) as live:
            yield live

    async def all(self, server: Server, **options: Any) -> list[Update]:
        """Every update until the server ends it."""
        async with self(server, **options) as live:
            return [update async for update in live]


@pytest.fixture
def watch(time: FakeTime) -> Watcher:
    return Watcher(time)


async def refuse(peer: Peer) -> None:
    """The scene that ends a test: the board is gone."""
    await peer.close(STOP, "The board was deleted.")


async def follow(peer: Peer, *seqs: int) -> None:
    await peer.say(a_hello(), *(an_event_frame(seq) for seq in seqs))


def kinds(updates: list[Update]) -> list[str]:
    return [type(update).__name__ for update in updates if not isinstance(update, PresenceCame)]


def seqs(updates: list[Update]) -> list[int]:
    return [update.raw.seq for update in updates if isinstance(update, EventCame)]


def outages(updates: list[Update]) -> list[Offline]:
    return [update for update in updates if isinstance(update, Offline)]


# --- the usual course --------------------------------------------------------------------------------------------------


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


# --- outages -----------------------------------------------------------------------------------------------------------


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
        transport = peer.socket.get_extra_info("socket")
        assert transport is not None
        peer.socket._req.transport.abort()  # type: ignore[union-attr]

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


async def test_silence_is_an_outage(board: ScriptedBoard, watch: Watcher) -> None:
    async def silent(peer: Peer) -> None:
        await follow(peer, 11)
        await peer.fall_silent()

    board.will(silent, refuse)
    updates = await watch.all(board.server, since=SINCE, patience=Patience(silence=0.05))
    assert outages(updates)[0].reason == "the server has fallen silent"
    assert board.seen[1].query == "since=11&epoch=e"


async def test_a_server_that_never_says_hello_is_an_outage(board: ScriptedBoard, watch: Watcher) -> None:
    board.will(Peer.fall_silent, refuse)
    updates = await watch.all(board.server, patience=Patience(silence=0.05))
    assert kinds(updates) == ["Offline", "Ended"]


async def test_a_peer_that_is_gone_without_a_word_does_not_hold_up_the_next_try(watch: Watcher) -> None:
    """A half-open connection: the handshake never ends, as when a firewall drops everything after it."""
    held: list[asyncio.StreamWriter] = []
    gone = asyncio.Event()

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)
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
        assert len(held) == 2
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


# --- nobody there, and waiting -------------------------------------------------------------------------------------------


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


# --- doors -------------------------------------------------------------------------------------------------------------


async def test_an_expired_token_is_refreshed_once(board: ScriptedBoard, watch: Watcher) -> None:
    board.will(
        problem(401, errors.NotAuthenticated("The token has run out.")),
        ok(Tokens(access_token="new", refresh_token="r2", expires_in=900)),
        refuse,
    )
    updates = await watch.all(board.server, refresh="r1")
    assert kinds(updates) == ["Offline", "Ended"]
    assert [seen.route for seen in board.seen] == ["GET /ws/boards/b", "POST /auth/refresh", "GET /ws/boards/b"]
    assert board.seen[2].headers["authorization"] == "Bearer new"
    assert outages(updates)[0].retry_in == 0.0


async def test_a_session_that_is_over_needs_a_login(board: ScriptedBoard, watch: Watcher) -> None:
    over = problem(401, errors.NotAuthenticated("The session is over."))
    board.will(over, over)
    updates = await watch.all(board.server, refresh="r1")
    assert updates == [Ended(advice=Advice.LOG_IN, reason="The session is over.")]


@pytest.mark.parametrize("token", ["fixed", None])
async def test_a_refused_fixed_token_needs_a_login(board: ScriptedBoard, watch: Watcher, token: str | None) -> None:
    board.will(problem(401, errors.NotAuthenticated("No.")))
    assert await watch.all(board.server, token=token) == [Ended(advice=Advice.LOG_IN, reason="No.")]


async def test_a_session_ended_while_live_needs_a_login(board: ScriptedBoard, watch: Watcher) -> None:
    async def scene(peer: Peer) -> None:
        await peer.say(a_hello())
        await peer.close(CloseCode.SESSION_ENDED, "You logged out elsewhere.")

    board.will(scene)
    updates = await watch.all(board.server, since=SINCE)
    assert updates[-1] == Ended(advice=Advice.LOG_IN, reason="You logged out elsewhere.")


async def test_no_refresh_during_an_outage_is_no_lost_login(board: ScriptedBoard, watch: Watcher) -> None:
    over = problem(401, errors.NotAuthenticated("The token has run out."))
    busy = problem(503, errors.Unavailable("Starting up.", retry_after=60))
    board.will(over, busy, refuse)
    updates = await watch.all(board.server, refresh="r1")
    assert kinds(updates) == ["Offline", "Ended"]
    assert outages(updates)[0].reason == "Starting up."


@pytest.mark.parametrize(("status", "error"), [(403, errors.Forbidden("Not you.")), (404, errors.NotFound("No such board."))])
async def test_a_board_that_is_not_ours_is_the_end(
    board: ScriptedBoard, watch: Watcher, status: int, error: errors.RegoError
) -> None:
    board.will(problem(status, error))
    assert await watch.all(board.server) == [Ended(advice=Advice.STOP, reason=error.detail)]


STRANGERS = [
    Reply(status=200, body=b"<html>Log in to the hotel's network"),
    Reply(status=302, headers={"Location": "/elsewhere"}),
    Reply(status=404, body=b"Not Found"),
]


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_a_stranger_at_first_is_the_end(board: ScriptedBoard, watch: Watcher, stranger: Reply) -> None:
    board.will(stranger)
    [ended] = await watch.all(board.server)
    assert isinstance(ended, Ended)
    assert ended.advice is Advice.STOP
    assert len(board.seen) == 1


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_a_stranger_later_is_an_outage(board: ScriptedBoard, watch: Watcher, stranger: Reply) -> None:
    async def cut(peer: Peer) -> None:
        await peer.say(a_hello())
        await peer.close(CloseCode.LOST_SYNC)

    board.will(cut, stranger, refuse)
    assert kinds(await watch.all(board.server, since=SINCE)) == ["Online", "Offline", "Offline", "Ended"]


# --- what the client says, and how it leaves -----------------------------------------------------------------------------


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
        await live.focus("before")
        async for update in live:
            if isinstance(update, PresenceCame):
                await live.focus("k", editing=True)
            elif isinstance(update, Offline):
                await live.focus("k", editing=True)
    assert heard == [Focus(card_id="before"), Focus(card_id="k", editing=True), Focus(card_id="k", editing=True)]


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
