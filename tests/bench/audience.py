"""Sockets that follow a board in great number, and what they tell of how news reached them.

Handshake and frames are taken apart by hand and as cheaply as Python can: an audience shares the cores with the server that
is measured, and what it costs itself is part of every latency.
"""

from __future__ import annotations

import asyncio
import json
import re
import struct
from collections.abc import Iterator
from enum import Enum, auto
from time import perf_counter

MOST_AT_ONCE = 50
"""Sockets that are opened at the same time."""

READY_WITHIN = 60.0
DELIVERED_WITHIN = 30.0

_KEY = re.compile(rb'"op_id":"([^"]+)"')
_HANDSHAKE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c29ja2V0cyBieSBoYW5kLg=="
)
_TEXT, _CLOSE = 0x81, 0x88


class Manner(Enum):
    """How a client behaves. `DEAF`: it talks and does not read. `GONE`: its machine takes the bytes, and nobody is there."""

    ATTENTIVE = auto()
    DEAF = auto()
    GONE = auto()


class Delivery:
    """One event on its way to everybody: when it was asked for, and how long it took to each, in seconds."""

    def __init__(self, expected: int) -> None:
        self.sent = perf_counter()
        self.everybody: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.latencies: list[float] = []
        self._expected = expected

    def arrived(self) -> None:
        """It reached one more."""
        self.latencies.append(perf_counter() - self.sent)
        if len(self.latencies) >= self._expected and not self.everybody.done():
            self.everybody.set_result(None)


class Audience:
    """All sockets on one board. Events are known by the idempotency key of the request that caused them."""

    def __init__(self, host: str, port: int, path: str, token: str = "") -> None:
        self.listeners: list[Listener] = []
        self.attentive = 0
        self.latencies: list[float] = []
        self.example = b""
        self.under_way: dict[bytes, Delivery] = {}
        """By frame, exactly as it arrives at everybody."""

        self._host, self._port = host, port
        self._head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n{_HANDSHAKE}\r\n\r\n"
        self._asked: dict[bytes, Delivery] = {}

    async def grow(self, amount: int, manner: Manner = Manner.ATTENTIVE, port: int | None = None) -> list[Listener]:
        """Let more come in, by another server's port if one is given; done when all of them are told what happens."""
        gate = asyncio.Semaphore(MOST_AT_ONCE)

        async def admit() -> Listener:
            async with gate:
                return await self._admit(port or self._port)

        async with asyncio.TaskGroup() as group:
            coming = [group.create_task(admit()) for _ in range(amount)]
        came = [each.result() for each in coming]
        self.listeners += came
        for each in came:
            each.behave(manner)
        self.attentive += amount if manner is Manner.ATTENTIVE else 0
        return came

    async def _admit(self, port: int) -> Listener:
        async with asyncio.timeout(READY_WITHIN):
            loop = asyncio.get_running_loop()
            _, listener = await loop.create_connection(lambda: Listener(self, self._head.encode()), self._host, port)
            await listener.live
        return listener

    def dismiss(self, listener: Listener) -> None:
        """Hang up on one."""
        self.listeners.remove(listener)
        self.attentive -= listener.manner is Manner.ATTENTIVE
        listener.transport.abort()

    def close(self) -> None:
        """Hang up on all."""
        for listener in self.listeners:
            listener.transport.abort()

    def expect(self, key: str) -> Delivery:
        """The event of a request that is sent now."""
        delivery = self._asked[key.encode()] = Delivery(self.attentive)
        return delivery

    def settle(self, key: str, delivery: Delivery) -> None:
        """Everybody has it, or enough was waited."""
        self.latencies += delivery.latencies
        self._asked.pop(key.encode(), None)
        self.under_way = {frame: each for frame, each in self.under_way.items() if each is not delivery}

    def heard(self, frame: bytes) -> None:
        """An event that was not met yet."""
        found = _KEY.search(frame)
        delivery = self._asked.get(found[1]) if found else None
        if delivery is not None:
            self.example = frame
            self.under_way[frame] = delivery
            delivery.arrived()

    def codes(self, manner: Manner) -> list[int | None]:
        """How the sockets of those who behave so were closed; None for one that was cut, or that did not read how."""
        return [each.code for each in self.listeners if each.manner is manner and each.closed]


class Listener(asyncio.Protocol):
    """One socket."""

    transport: asyncio.Transport

    def __init__(self, audience: Audience, request: bytes) -> None:
        self.live: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.manner = Manner.ATTENTIVE
        self.code: int | None = None
        self.closed = False
        self._audience = audience
        self._request = request
        self._rest = b""
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if not self.live.done():
            self.live.set_exception(exc or ConnectionResetError(f"The server hung up: {self._rest[:200]!r}"))

    def behave(self, manner: Manner) -> None:
        """Be like this from now on."""
        self.manner = manner
        if manner is Manner.DEAF:
            self.transport.pause_reading()

    def pong(self) -> None:
        """Show that somebody is there."""
        self._say(_TEXT, b'{"type":"pong"}')

    def data_received(self, data: bytes) -> None:
        if self.manner is Manner.GONE:
            return
        if not self._rest and (delivery := self._audience.under_way.get(data)) is not None:
            delivery.arrived()
            return
        self._rest += data
        if not self._upgraded and not self._is_upgraded():
            return
        for frame in self._frames():
            self._take(frame)

    def _is_upgraded(self) -> bool:
        head, found, rest = self._rest.partition(b"\r\n\r\n")
        if not found:
            return False
        if head[9:12] != b"101":
            self.transport.abort()
            return False
        self._upgraded, self._rest = True, rest
        return True

    def _frames(self) -> Iterator[bytes]:
        """The frames that have come whole, with their heads."""
        data, at = self._rest, 0
        while (end := _end_of_frame(data, at)) <= len(data):
            yield data[at:end]
            at = end
        self._rest = data[at:]

    def _take(self, frame: bytes) -> None:
        if (delivery := self._audience.under_way.get(frame)) is not None:
            delivery.arrived()
            return
        if frame[0] == _CLOSE:
            self.code = int.from_bytes(frame[2:4], "big")
            self._say(_CLOSE, frame[2:4])
            return
        payload = frame[_end_of_head(frame, 0) :]
        if payload.startswith(b'{"type":"event"'):
            self._audience.heard(frame)
        elif payload.startswith(b'{"type":"ping"'):
            self.pong()
        elif payload.startswith(b'{"type":"presence"') and not self.live.done():
            self.live.set_result(None)

    def _say(self, first: int, payload: bytes) -> None:
        # A client's frames are masked; a mask of zeros is one.
        self.transport.write(bytes((first, 0x80 | len(payload))) + bytes(4) + payload)


def payload_of(frame: bytes) -> bytes:
    """What a server's frame carries."""
    return frame[_end_of_head(frame, 0) :]


def key_of(payload: bytes) -> str:
    """The idempotency key in an event's frame."""
    return str(json.loads(payload)["event"]["op_id"])


def _end_of_head(data: bytes, at: int) -> int:
    return at + {126: 4, 127: 10}.get(data[at + 1], 2)


def _end_of_frame(data: bytes, at: int) -> int:
    """Where a frame ends that begins at `at`; past the end of `data` when it has not come whole."""
    if len(data) < at + 2 or len(data) < (end := _end_of_head(data, at)):
        return len(data) + 1
    size = data[at + 1]
    if size == 126:
        size = struct.unpack_from("!H", data, at + 2)[0]
    elif size == 127:
        size = struct.unpack_from("!Q", data, at + 2)[0]
    return end + size
