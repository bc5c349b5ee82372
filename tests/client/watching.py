"""Live boards opened by tests, and what their updates come to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rego.client import aio
from rego.client.credentials import Credentials
from rego.client.live import LiveBoard
from rego.client.server import Server
from rego.client.updates import EventCame, Offline, PresenceCame, Update
from rego.wire.frames import CloseCode
from rego.wire.presence import Person
from tests.client.frames import a_hello, an_event_frame
from tests.client.scripted import FakeTime, Peer

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
