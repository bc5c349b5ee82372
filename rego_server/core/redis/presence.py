"""The people of all servers: each keeps its own in Redis, for as long as it renews them, and tells the others what changes.

For each board and server there is a hash of connections, which goes by itself when its server does not renew it: whoever was
there through a server that was killed is gone within the `ttl`. What changes is announced on the board's channel. And every so
often, or at once when something may have been missed, a server writes its own people whole and reads those of the others, so
that whatever an outage or a restart of Redis swallowed is made good.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec
from redis.asyncio import Redis

from rego.wire.base import to_json
from rego.wire.presence import Person
from rego_server.core.presence import Meeting
from rego_server.core.redis.feed import Feed, Subscription
from rego_server.core.redis.link import Away, Link
from rego_server.core.redis.post import Command, Letter, Post

TTL = 20.0
"""Seconds after which the people of a server that was killed are gone everywhere."""

SYNCS_IN_TTL = 4
BOARDS_AT_ONCE = 100

Crowd = dict[str, Person]
"""People by connection."""


class Change(msgspec.Struct, kw_only=True):
    """What the server `sender` announces of its own people on a board."""

    sender: str
    present: list[Person] = []
    left: list[str] = []

    def apply(self, crowd: Crowd) -> None:
        """Bring what is known of the sender's people up to date."""
        crowd.update((person.connection_id, person) for person in self.present)
        for connection_id in self.left:
            crowd.pop(connection_id, None)


_changes = msgspec.json.Decoder(Change)
_people = msgspec.json.Decoder(Person)


class _Board:
    """A board on which somebody is here, and who is there through each other server."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        self.others: dict[str, Crowd] = {}
        self.heard: list[Change] = []
        """What was announced while the people of the others were being read: it may be newer than what was read."""

    def hear(self, change: Change) -> None:
        self.heard.append(change)
        change.apply(self.others.setdefault(change.sender, {}))
        self.meet()

    def replace(self, others: Mapping[str, Crowd]) -> None:
        self.others = dict(others)
        for change in self.heard:
            change.apply(self.others.setdefault(change.sender, {}))
        self.meet()

    def meet(self) -> None:
        self.meeting.meet({each: person for crowd in self.others.values() for each, person in crowd.items()})


class RedisElsewhere:
    """The people of the other servers, by way of Redis."""

    def __init__(self, link: Link, feed: Feed, post: Post, instance: str, ttl: float = TTL) -> None:
        self._link = link
        self._feed = feed
        self._post = post
        self._instance = instance
        self._sync_every = ttl / SYNCS_IN_TTL
        # Whoever was read just before a hash went is only dropped with the next sync.
        self._kept_ms = int((ttl - self._sync_every) * 1_000)
        self._ttl = ttl
        self._boards: dict[str, _Board] = {}
        self._due: set[str] = set()
        self._wanted = asyncio.Event()
        self._in_sync_at = -math.inf
        self.degraded = False

    def follow(self, board_id: str, meeting: Meeting) -> None:
        """Tell the others who is on a board here, and `meeting` who is there through others."""
        self._boards[board_id] = _Board(meeting)
        self._feed.subscribe(
            _channel(board_id),
            Subscription(lambda message: self._hear(board_id, message), lambda: self._sync_soon(board_id)),
        )

    def unfollow(self, board_id: str, meeting: Meeting) -> None:
        """Nobody is at `meeting` any more; another one on the same board, begun meanwhile, goes on."""
        board = self._boards.get(board_id)
        if board is not None and board.meeting is meeting:
            del self._boards[board_id]
            self._feed.unsubscribe(_channel(board_id))

    def tell(self, board_id: str, present: Sequence[Person], left: Sequence[str]) -> None:
        """Announce what changed here, after Redis has it."""
        key = _hash(board_id, self._instance)
        before: list[Command] = [("HDEL", key, *left)] if left else []
        before += _kept(board_id, self._instance, present, self._kept_ms)
        change = Change(sender=self._instance, present=list(present), left=list(left))
        self._post.send(Letter(_channel(board_id), msgspec.json.encode(change), before))

    async def people(self, board_ids: Sequence[str]) -> dict[str, list[Person]]:
        """Who is on each of some boards on which nobody is here; nobody, while Redis is away."""
        try:
            crowds = await self._link.call(lambda redis: _read(redis, board_ids, self._instance))
        except Away:
            return {board_id: [] for board_id in board_ids}
        return {each: [person for crowd in crowds[each].values() for person in crowd.values()] for each in board_ids}

    async def run(self) -> None:
        """Keep in step with the others, for ever."""
        clock = asyncio.get_running_loop().time
        next_sync = clock()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(next_sync):
                    await self._wanted.wait()
            self._wanted.clear()
            if clock() >= next_sync:
                next_sync = clock() + self._sync_every
                self._due.update(self._boards)
            await self._sync_all_due()

    async def _sync_all_due(self) -> None:
        due = [board_id for board_id in self._due if board_id in self._boards]
        self._due.clear()
        now = asyncio.get_running_loop().time()
        try:
            for start in range(0, len(due), BOARDS_AT_ONCE):
                await self._sync(due[start : start + BOARDS_AT_ONCE])
        except Away:
            self._set_degraded(True)
            if now - self._in_sync_at > self._ttl:
                self._forget_others()
        else:
            self._in_sync_at = now
            self._set_degraded(not self._link.up)

    async def _sync(self, board_ids: Sequence[str]) -> None:
        """Write the people who are here, whole, and read those of the others."""
        boards = {board_id: board for board_id in board_ids if (board := self._boards.get(board_id))}
        for board in boards.values():
            board.heard.clear()
        await self._link.call(lambda redis: self._write(redis, boards))
        found = await self._link.call(lambda redis: _read(redis, list(boards), self._instance))
        for board_id, board in boards.items():
            if self._boards.get(board_id) is board:
                board.replace(found[board_id])

    async def _write(self, redis: Redis, boards: Mapping[str, _Board]) -> None:
        pipeline = redis.pipeline(transaction=True)
        for board_id, board in boards.items():
            pipeline.delete(_hash(board_id, self._instance))
            for command in _kept(board_id, self._instance, list(board.meeting.own.values()), self._kept_ms):
                pipeline.execute_command(*command)
        await pipeline.execute()

    def _hear(self, board_id: str, message: bytes) -> None:
        change = _changes.decode(message)
        board = self._boards.get(board_id)
        if board is not None and change.sender != self._instance:
            board.hear(change)

    def _sync_soon(self, board_id: str) -> None:
        self._due.add(board_id)
        self._wanted.set()

    def _forget_others(self) -> None:
        for board in self._boards.values():
            board.replace({})

    def _set_degraded(self, degraded: bool) -> None:
        if degraded != self.degraded:
            self.degraded = degraded
            for board in self._boards.values():
                board.meet()


def _kept(board_id: str, instance: str, people: Sequence[Person], kept_ms: int) -> list[Command]:
    """The commands that keep people of one server for a while."""
    if not people:
        return []
    fields = [each for person in people for each in (person.connection_id, to_json(person))]
    key, servers = _hash(board_id, instance), _servers(board_id)
    return [
        ("HSET", key, *fields),
        ("PEXPIRE", key, kept_ms),
        ("SADD", servers, instance),
        ("PEXPIRE", servers, kept_ms),
    ]


async def _read(redis: Redis, board_ids: Sequence[str], own: str) -> dict[str, dict[str, Crowd]]:
    """For each board the people of each server but one's `own`."""
    pipeline = redis.pipeline(transaction=False)
    for board_id in board_ids:
        pipeline.smembers(_servers(board_id))
    names = [sorted(name.decode() for name in members if name.decode() != own) for members in await pipeline.execute()]
    places = [(board_id, name) for board_id, found in zip(board_ids, names, strict=True) for name in found]
    for board_id, name in places:
        pipeline.hvals(_hash(board_id, name))
    crowds: dict[str, dict[str, Crowd]] = {board_id: {} for board_id in board_ids}
    for (board_id, name), values in zip(places, await pipeline.execute(), strict=True):
        people = map(_people.decode, values)
        crowds[board_id][name] = {person.connection_id: person for person in people}
        if not values:
            # A server that is gone, or whose people are; it comes back with the next of them.
            pipeline.srem(_servers(board_id), name)
    await pipeline.execute()
    return crowds


def _hash(board_id: str, instance: str) -> str:
    return f"rego:people:{board_id}:{instance}"


def _servers(board_id: str) -> str:
    return f"rego:servers:{board_id}"


def _channel(board_id: str) -> str:
    return f"rego:presence:{board_id}"
