"""The live protocol spoken by hand: a WebSocket without the SDK, so that tests see each frame and each close as they came."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from rego.replica import Replica
from rego.wire.base import to_json
from rego.wire.codec import read_event
from rego.wire.event_data import RawEvent
from rego.wire.frames import (
    AnyServerFrame,
    Auth,
    ClientFrame,
    EventFrame,
    Hello,
    Ping,
    Pong,
    PresenceFrame,
    SnapshotFrame,
    decode_server_frame,
)
from rego.wire.presence import Person

PATIENCE = 30.0
"""The bound of every wait, in seconds: a test that fails must end, and no test that passes comes near it."""

F = TypeVar("F", bound=AnyServerFrame)


class Wire:
    """One socket. Frames are read one by one; those that a test does not ask for are kept in `heard`."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[AnyServerFrame] = []

    async def next(self) -> AnyServerFrame:
        """The next frame; raises `ConnectionClosed`. A ping is answered."""
        frame = decode_server_frame(await self.connection.recv(decode=False))
        assert frame is not None, "a frame of an unknown type"
        self.heard.append(frame)
        if isinstance(frame, Ping):
            await self.say(Pong())
        return frame

    async def the(self, kind: type[F]) -> F:
        """The next frame of one kind."""
        async with asyncio.timeout(PATIENCE):
            while not isinstance(frame := await self.next(), kind):
                pass
        return frame

    async def events(self, count: int) -> list[RawEvent]:
        """The next events."""
        return [(await self.the(EventFrame)).event for _ in range(count)]

    async def greeting(self) -> Hello:
        """The first frame, which must be a hello."""
        async with asyncio.timeout(PATIENCE):
            hello = await self.next()
        assert isinstance(hello, Hello)
        return hello

    async def ready(self) -> Hello:
        """Read until the server has brought this socket up to date and announced it to everybody, itself included."""
        hello = await self.greeting()
        await self.sees(lambda people: hello.connection_id in people)
        return hello

    async def sees(self, condition: Callable[[dict[str, Person]], bool]) -> dict[str, Person]:
        """Read until the people on the board are as wanted."""
        async with asyncio.timeout(PATIENCE):
            while not condition(people := self.people):
                await self.next()
        return people

    async def told(self, *, degraded: bool) -> None:
        """Read until the server says whether people of other servers may be missing."""
        async with asyncio.timeout(PATIENCE):
            while (await self.the(PresenceFrame)).degraded != degraded:
                pass

    @property
    def people(self) -> dict[str, Person]:
        """Who is on the board, by connection, as far as was heard."""
        people: dict[str, Person] = {}
        for frame in self.heard:
            if isinstance(frame, Hello):
                people = {person.connection_id: person for person in frame.people}
            elif isinstance(frame, PresenceFrame):
                people.update((person.connection_id, person) for person in frame.present)
                for gone in frame.left:
                    people.pop(gone, None)
        return people

    @property
    def seqs(self) -> list[int]:
        """The numbers of all events that were heard."""
        return [frame.event.seq for frame in self.heard if isinstance(frame, EventFrame)]

    async def say(self, frame: ClientFrame | bytes | str) -> None:
        """Send a frame, or anything else."""
        await self.connection.send(to_json(frame).decode() if isinstance(frame, ClientFrame) else frame)

    async def ending(self) -> tuple[int, str]:
        """Read to the end; gives the code and the reason of the server's close."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    await self.next()
        except ConnectionClosed as closed:
            assert closed.rcvd is not None, "the connection broke off without a close"
            return closed.rcvd.code, closed.rcvd.reason


class RawFollower:
    """A replica that is fed from the wire and forgives nothing: each event must be exactly the next one."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.replica: Replica | None = None

    async def until(self, condition: Callable[[Replica], bool]) -> Replica:
        """Follow until the replica is as wanted."""
        async with asyncio.timeout(PATIENCE):
            while self.replica is None or not condition(self.replica):
                self._take(await self.wire.next())
        return self.replica

    def _take(self, frame: AnyServerFrame) -> None:
        match frame:
            case SnapshotFrame(snapshot=snapshot):
                assert self.replica is None, "a second snapshot"
                self.replica = Replica(snapshot)
            case EventFrame(event=event):
                assert self.replica is not None, "an event before the snapshot"
                assert event.seq == self.replica.seq + 1, f"event {event.seq} after {self.replica.seq}"
                self.replica.apply(read_event(event))


@asynccontextmanager
async def dial(
    url: str,
    board_id: str,
    token: str | None = None,
    *,
    auth: str | None = None,
    slow: bool = False,
    since: int | str | None = None,
    epoch: str | None = None,
    ticket: str | None = None,
) -> AsyncIterator[Wire]:
    """Open a socket with `token` in the header, a `ticket` in the address, or `auth` in the first frame.

    A `slow` one reads only what it is asked.
    """
    said = {"since": since, "epoch": epoch, "ticket": ticket}
    query = urlencode({name: value for name, value in said.items() if value is not None})
    address = f"ws{url.removeprefix('http')}/ws/boards/{board_id}?{query}"
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    way: dict[str, Any] = {"sock": _narrow_socket(url), "max_queue": 1} if slow else {}
    async with connect(
        address,
        additional_headers=headers,
        ping_interval=None,
        compression=None,
        proxy=None,
        max_size=None,
        close_timeout=5,
        **way,
    ) as connection:
        wire = Wire(connection)
        if auth is not None:
            await wire.say(Auth(token=auth))
        yield wire


def _narrow_socket(url: str) -> socket.socket:
    """A connected socket that holds little which nobody reads, so that what is sent to it piles up at the sender."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    place = urlsplit(url)
    narrow.connect((place.hostname, place.port))
    narrow.setblocking(False)
    return narrow
