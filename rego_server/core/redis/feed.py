"""What comes in from the other servers: one connection that hears every channel which this process has subscribed to.

Redis delivers at most once, and says nothing of what it lost. So whenever something may have been lost, with each subscription
that is confirmed, the first one as well as each after an outage, the subscriber is told to look for itself.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import structlog
from redis.asyncio.connection import AbstractConnection

from rego_server.core.redis.link import OUTAGES, Link
from rego_server.core.redis.post import MISSED, Letter, Post

ECHO_EVERY = 1.0
"""Seconds between two messages to oneself, by which one knows that messages arrive, and how late."""

DEAF_AFTER = 2.5
"""Seconds without an echo after which nothing is believed to arrive."""

RECONNECT_MIN, RECONNECT_MAX = 0.1, 1.0
CHANNELS_AT_ONCE = 500

_log = structlog.get_logger("rego.redis")


class Subscription(NamedTuple):
    """Who listens to a channel: `hear` gets each message, `missed` is called when some may have been lost."""

    hear: Callable[[bytes], None]
    missed: Callable[[], None]


class Feed:
    """All subscriptions of one process."""

    def __init__(self, link: Link, post: Post, instance: str) -> None:
        self._link = link
        self._post = post
        self._own = f"rego:echo:{instance}"
        self._subscriptions: dict[str, Subscription] = {self._own: Subscription(self._hear_echo, self._open_ears)}
        self._new: set[str] = set()
        self._changed = asyncio.Event()
        self._connected = False
        self._echo_at = -math.inf
        self._echo_took = 0.0

    @property
    def flowing(self) -> bool:
        """Whether messages have been arriving of late."""
        return self._connected and self._now() - self._echo_at < DEAF_AFTER

    @property
    def lag(self) -> float | None:
        """How long messages take to come back, in seconds, that which is still on its way included; None while none come."""
        if not self.flowing:
            return None
        return max(self._echo_took, self._now() - self._echo_at - ECHO_EVERY)

    def subscribe(self, channel: str, subscription: Subscription) -> None:
        """Hear a channel from soon on; `missed` says when."""
        self._subscriptions[channel] = subscription
        self._new.add(channel)
        self._changed.set()

    def unsubscribe(self, channel: str) -> None:
        """Hear it no more."""
        self._subscriptions.pop(channel, None)
        self._changed.set()

    async def run(self) -> None:
        """Listen, and connect again after each outage, for ever."""
        delay = RECONNECT_MIN
        while True:
            try:
                await self._listen()
            except* OUTAGES as group:
                error = group.exceptions[0]
                _log.warning("subscriber is cut off", error=str(error) or "nothing came any more")
            heard, self._connected = self._connected, False
            if heard:
                delay = RECONNECT_MIN
                self._tell_all_missed()
            await asyncio.sleep(random.uniform(delay / 2, delay))  # noqa: S311 - spreads the servers, hides nothing
            delay = min(delay * 2, RECONNECT_MAX)

    async def _listen(self) -> None:
        connection = await self._link.connect()
        try:
            self._echo_at = self._now()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read(connection))
                group.create_task(self._follow_wishes(connection))
                group.create_task(self._call_out())
        finally:
            with suppress(*OUTAGES):
                await connection.disconnect(nowait=True)

    async def _read(self, connection: AbstractConnection) -> None:
        while True:
            answer: Sequence[Any] = await connection.read_response()
            kind, channel, payload = answer
            subscription = self._subscriptions.get(channel.decode())
            if subscription is None:
                continue
            if kind == b"message" and payload != MISSED:
                _guarded(subscription.hear, payload)
            elif kind in (b"message", b"subscribe"):
                _guarded(subscription.missed)

    async def _follow_wishes(self, connection: AbstractConnection) -> None:
        """Keep what Redis sends equal to what is wanted."""
        asked: set[str] = set()
        while True:
            self._changed.clear()
            wanted, new = set(self._subscriptions), self._new
            self._new = set()
            await _send(connection, "SUBSCRIBE", sorted(wanted - asked))
            await _send(connection, "UNSUBSCRIBE", sorted(asked - wanted))
            for channel in new & asked:
                # It was dropped and wanted again before Redis was told; what came in between was passed over.
                if subscription := self._subscriptions.get(channel):
                    _guarded(subscription.missed)
            asked = wanted
            await self._changed.wait()

    async def _call_out(self) -> None:
        """Send echoes; raises `TimeoutError` when none has come back for too long."""
        while True:
            self._post.send(Letter(self._own, repr(self._now()).encode()))
            await asyncio.sleep(ECHO_EVERY)
            if self._now() - self._echo_at > DEAF_AFTER:
                raise TimeoutError

    def _hear_echo(self, sent: bytes) -> None:
        self._connected = True
        self._echo_at = self._now()
        self._echo_took = self._echo_at - float(sent)

    def _open_ears(self) -> None:
        self._connected = True
        self._echo_at = self._now()

    def _tell_all_missed(self) -> None:
        for channel, subscription in tuple(self._subscriptions.items()):
            if channel != self._own:
                _guarded(subscription.missed)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


async def _send(connection: AbstractConnection, command: str, channels: Sequence[str]) -> None:
    for start in range(0, len(channels), CHANNELS_AT_ONCE):
        await connection.send_command(command, *channels[start : start + CHANNELS_AT_ONCE])


def _guarded(callback: Callable[..., None], *arguments: Any) -> None:
    """A subscriber's bug, or nonsense in a message, must not make the whole process deaf."""
    try:
        callback(*arguments)
    except Exception:
        _log.exception("a subscriber failed")
