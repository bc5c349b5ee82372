"""The hub: for each board that somebody follows, a cursor into its log and the sockets that are behind it.

The bus is only a fast path. An event from it is delivered when it is the next number; anything else, and every tick, makes the
hub read the log from its cursor. So every follower gets every event, in order, exactly once, whatever the bus does.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog

from rego.wire.base import to_json
from rego.wire.errors import Unavailable
from rego.wire.event_data import RawEvent
from rego.wire.events import BoardDeleted, MemberRemoved, event_type
from rego.wire.frames import CloseCode, Goaway, Ping, PresenceFrame
from rego.wire.presence import Person
from rego_server.core.bus import Bus
from rego_server.core.clock import Clock
from rego_server.core.db import Database, Row
from rego_server.core.events import GET_SEQS, Committed, LogTrimmed, events_since
from rego_server.core.presence import Elsewhere
from rego_server.realtime.follower import Follower
from rego_server.realtime.logins import end_logins_that_are_over
from rego_server.realtime.outgoing import text_frame
from rego_server.realtime.presence import Presence

BATCH = 500

RELAXED = 5
"""While the bus brings what others commit, only each fifth tick looks at the log."""

_MEMBER_REMOVED = event_type(MemberRemoved)
_BOARD_DELETED = event_type(BoardDeleted)
_STOPPING = "The server is stopping."
_TRIMMED = "The events that come next for you are no longer kept; reconnect and start afresh."

_log = structlog.get_logger("rego.hub")


class Channel:
    """One board: its followers, who is present, and how far its log was delivered."""

    def __init__(self, board: Row, elsewhere: Elsewhere) -> None:
        self.board_id: str = board["id"]
        self.epoch: str = board["epoch"]
        self.cursor: int = board["seq"]
        self.followers: set[Follower] = set()
        self.presence = Presence(self.board_id, elsewhere, self._announce)
        self.reading: asyncio.Task[None] | None = None
        self.behind = False

    def deliver(self, event: bytes) -> None:
        """Send the next event to every follower that is just behind it."""
        self.cursor += 1
        frame = event_frame(event)
        for follower in tuple(self.followers):
            if follower.seq is not None and follower.seq == self.cursor - 1:
                follower.seq = self.cursor
                follower.send(frame)

    def send_away(self, code: CloseCode, reason: str) -> None:
        """Close everybody's socket."""
        for follower in tuple(self.followers):
            follower.close(code, reason)

    def expel(self, user_id: str) -> None:
        """Close the sockets of a person whose removal was the last event delivered."""
        for follower in tuple(self.followers):
            if follower.user_id == user_id and follower.admitted < self.cursor:
                follower.close(CloseCode.ACCESS_LOST, "You were taken off this board.")

    def _announce(self, frame: PresenceFrame) -> None:
        encoded = text_frame(to_json(frame))
        for follower in tuple(self.followers):
            if follower.seq is not None:
                follower.send(encoded)


class Hub:
    """All channels of one process."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        elsewhere: Elsewhere,
        clock: Clock,
        *,
        heartbeat: float,
        tick: float,
        goaway_within: float = 0.0,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.heartbeat = heartbeat
        self._goaway_within = goaway_within
        self._jitter = jitter
        self._database = database
        self._bus = bus
        self._elsewhere = elsewhere
        self._clock = clock
        self._tick_seconds = tick
        self._channels: dict[str, Channel] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False
        self._wanted = asyncio.Event()
        self._looked_at = -math.inf
        bus.listen(self)

    # --- followers ---------------------------------------------------------------------------------------------

    def follow(self, board: Row, follower: Follower) -> Channel:
        """Add a follower to a board that was looked at."""
        channel = self._channels.get(board["id"])
        if channel is not None and channel.epoch != board["epoch"]:
            self._end_life(channel)
            channel = None
        if channel is None:
            channel = self._channels[board["id"]] = Channel(board, self._elsewhere)
            self._bus.follow(channel.board_id)
        elif board["seq"] > channel.cursor:
            self._read_soon(channel)
        channel.followers.add(follower)
        if self._stopped:
            self._send_elsewhere(follower)
        return channel

    def unfollow(self, channel: Channel, follower: Follower) -> None:
        """Take a follower off, and forget a board that nobody follows."""
        channel.followers.discard(follower)
        channel.presence.leave(follower.connection_id)
        if not channel.followers:
            self._close(channel)

    def _lose(self, channel: Channel) -> None:
        """The log no longer reaches back to what was delivered: everybody starts afresh, and on another channel."""
        self._close(channel)
        channel.send_away(CloseCode.LOST_SYNC, _TRIMMED)

    def _close(self, channel: Channel) -> None:
        channel.presence.close()
        if self._channels.get(channel.board_id) is channel:
            del self._channels[channel.board_id]
            self._bus.unfollow(channel.board_id)

    def _end_life(self, channel: Channel) -> None:
        """The database was restored or replaced: what its followers have seen may never have happened."""
        self._close(channel)
        channel.send_away(CloseCode.LOST_SYNC, "The database was restored or replaced; reconnect and start afresh.")

    async def catch_up(self, channel: Channel, follower: Follower, seq: int) -> None:
        """Send a follower that is at `seq` all that it lacks, and let it ride live from there."""
        while seq < channel.cursor:
            try:
                events = await self._log_since(channel, seq)
            except LogTrimmed:
                events = []
            if not events:
                follower.close(CloseCode.LOST_SYNC, _TRIMMED)
                return
            for event in events:
                await follower.push(event_frame(to_json(event)))
            seq = events[-1].seq
        follower.seq = seq
        if seq > channel.cursor:
            # The log was read past the hub's cursor: let it catch up rather than make this follower wait for the tick.
            self._read_soon(channel)

    @property
    def total_boards(self) -> int:
        """Boards that somebody follows."""
        return len(self._channels)

    @property
    def total_connections(self) -> int:
        """Sockets."""
        return sum(len(channel.followers) for channel in self._channels.values())

    @property
    def waiting_bytes(self) -> int:
        """What was sent to sockets and not yet taken by their peers."""
        return sum(follower.waiting_bytes for channel in self._channels.values() for follower in channel.followers)

    async def people(self, board_id: str) -> list[Person]:
        """Who is on a board, through whichever server."""
        return (await self.crowds([board_id]))[board_id]

    async def crowds(self, board_ids: Sequence[str]) -> dict[str, list[Person]]:
        """The same for several boards, in one question to the other servers."""
        here = {each: list(self._channels[each].presence.people.values()) for each in board_ids if each in self._channels}
        unknown = [each for each in board_ids if each not in here]
        return here | (await self._elsewhere.people(unknown) if unknown else {})

    @property
    def degraded(self) -> bool:
        """Whether people of other servers may be missing."""
        return self._elsewhere.degraded

    # --- delivery ----------------------------------------------------------------------------------------------

    def hear(self, committed: Committed) -> None:
        """Deliver what the bus brings when it is next, and read the log when it is not."""
        channel = self._channels.get(committed.board_id)
        if channel is None:
            return
        if not committed.events or committed.first_seq > channel.cursor + 1:
            self._read_soon(channel)
            return
        self._deliver(channel, committed.first_seq, committed.events)

    def missed(self) -> None:
        """Look at every board soon; many losses at once are one look."""
        self._wanted.set()

    def _deliver(self, channel: Channel, first_seq: int, events: Sequence[bytes]) -> None:
        """Deliver those of `events` that are next; they begin at `first_seq`, and some may have been delivered before."""
        for event in events[max(0, channel.cursor + 1 - first_seq) :]:
            channel.deliver(event)
            kind = msgspec.json.decode(event, type=_Head).type
            if kind == _MEMBER_REMOVED:
                gone = msgspec.json.decode(event, type=_Removal).data.member.user_id
                channel.expel(gone)
            elif kind == _BOARD_DELETED:
                channel.send_away(CloseCode.BOARD_GONE, "This board was deleted.")

    def _read_soon(self, channel: Channel) -> None:
        channel.behind = True
        if channel.reading is None or channel.reading.done():
            channel.reading = self._spawn(self._read(channel))

    async def _read(self, channel: Channel) -> None:
        """Deliver the log from the channel's cursor to its end, and once more when there was news of it meanwhile."""
        try:
            while channel.behind:
                channel.behind = False
                while events := await self._log_since(channel, channel.cursor):
                    self._deliver(channel, events[0].seq, [to_json(event) for event in events])
        except LogTrimmed:
            self._lose(channel)
        except Unavailable as error:
            _log.warning("log unreadable", board_id=channel.board_id, error=error.detail)

    async def _log_since(self, channel: Channel, seq: int) -> list[RawEvent]:
        return await self._database.glance(lambda connection: events_since(connection, channel.board_id, seq, BATCH))

    # --- time --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to tick and to beat."""
        self._spawn(self._every(self._tick_seconds, self._tick))
        self._spawn(self._look_when_wanted())
        self._spawn(self._every(self.heartbeat, self._beat))

    async def stop(self) -> None:
        """Send everybody away, to come back elsewhere or later; they go in their own time."""
        if self._stopped:
            return
        self._stopped = True
        for channel in tuple(self._channels.values()):
            for follower in tuple(channel.followers):
                self._send_elsewhere(follower)
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _send_elsewhere(self, follower: Follower) -> None:
        """Ask a client to come back at a moment of its own; one that was not greeted yet would not know what that means."""
        if follower.seq is not None:
            follower.send(text_frame(to_json(Goaway(delay=round(self._jitter() * self._goaway_within, 3)))))
        follower.close(CloseCode.SERVICE_RESTART, _STOPPING)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task that lives as long as it needs: the event loop itself holds tasks only weakly."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _every(self, seconds: float, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._attempt(step)

    async def _look_when_wanted(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._attempt(self._look)

    @staticmethod
    async def _attempt(step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except Unavailable as error:
            _log.warning("tick failed", error=error.detail)
        except Exception:
            # A bug in one round must not end all rounds: without them a lost hint stays lost.
            _log.exception("tick failed")

    async def _tick(self) -> None:
        """Look at the log, less often while hints arrive, and compare every socket's session with the database."""
        patience = self._tick_seconds * (RELAXED if self._bus.flowing else 1)
        # A little less, because a sleep is never quite as long as the last one.
        if asyncio.get_running_loop().time() - self._looked_at > patience * 0.9:
            await self._look()
        followers = [follower for channel in self._channels.values() for follower in channel.followers]
        await end_logins_that_are_over(followers, self._database, self._clock.now())

    async def _look(self) -> None:
        """Compare every followed board's counter, and the life of the database, with what was delivered."""
        self._looked_at = asyncio.get_running_loop().time()
        before = tuple(self._channels.values())
        if not before:
            return
        ids = [channel.board_id for channel in before]
        rows = await self._database.glance(lambda connection: connection.fetch(GET_SEQS, board_ids=ids))
        found = {row["board_id"]: row for row in rows}
        for channel in before:
            row = found.get(channel.board_id)
            if row is None:
                channel.send_away(CloseCode.BOARD_GONE, "This board was deleted.")
            elif row["epoch"] != channel.epoch:
                self._end_life(channel)
            elif row["floor"] > channel.cursor:
                self._lose(channel)
            elif row["seq"] > channel.cursor:
                self._read_soon(channel)

    async def _beat(self) -> None:
        now = self._clock.now()
        for channel in tuple(self._channels.values()):
            frame = ping_frame(channel.cursor, now)
            for follower in tuple(channel.followers):
                if follower.seq is not None:
                    follower.send(frame)


class _Head(msgspec.Struct):
    type: str


class _Removal(msgspec.Struct):
    data: MemberRemoved


def event_frame(event: bytes) -> bytes:
    """The WebSocket frame that carries an encoded event."""
    return text_frame(b'{"type":"event","event":' + event + b"}")


def ping_frame(seq: int, at: datetime) -> bytes:
    """The heartbeat's WebSocket frame."""
    return text_frame(to_json(Ping(seq=seq, at=at)))
