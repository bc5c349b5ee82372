"""One socket's outgoing side: frames are built once for everybody and written without waiting for anybody.

aiohttp's own `send_*` waits for a slow peer. Here a frame goes straight to the transport, whose buffer is the queue; a live
peer that lets it grow past the limit is closed with a code that says "resume", so a slow client hurts only itself. Only a peer
that is still being brought up to date is waited for, by its own task.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Final

from aiohttp import ClientError, web
from aiohttp.abc import AbstractStreamWriter

from rego.wire.frames import CloseCode
from rego_server.realtime.limits import SocketLimits

_TEXT: Final = 0x81
"""First byte of a whole, uncompressed text frame (RFC 6455, 5.2)."""

_REASON_MAX_BYTES = 123
"""What a close frame can hold beside its code (RFC 6455, 5.5)."""


def text_frame(payload: bytes) -> bytes:
    """`payload` as an unmasked WebSocket text frame."""
    size = len(payload)
    if size < 126:
        return bytes((_TEXT, size)) + payload
    if size < 65_536:
        return struct.pack("!BBH", _TEXT, 126, size) + payload
    return struct.pack("!BBQ", _TEXT, 127, size) + payload


class Outgoing:
    """Writes frames to one prepared socket."""

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport, writer: AbstractStreamWriter, limits: SocketLimits
    ) -> None:
        self._socket = socket
        self._transport = transport
        self._writer = writer
        self._limits = limits
        self._closing: asyncio.Task[None] | None = None

    @property
    def open(self) -> bool:
        """Whether frames still go out."""
        return self._closing is None and not self._transport.is_closing()

    def send(self, frame: bytes) -> None:
        """Write a frame that `text_frame` made; a peer that is too far behind is sent away instead."""
        if not self.open:
            return
        self._transport.write(frame)
        if self._transport.get_write_buffer_size() > self._limits.backlog_bytes:
            self.close(CloseCode.TOO_SLOW, "You are too far behind; reconnect and resume.")

    async def push(self, frame: bytes) -> None:
        """Write a frame and wait until the peer has taken most of it; one that takes too long is sent away."""
        if not self.open:
            return
        self._transport.write(frame)
        try:
            async with asyncio.timeout(self._limits.silence):
                await self._writer.drain()
        except TimeoutError:
            self.close(CloseCode.TOO_SLOW, "You take too long to read; reconnect and resume.")
        except (ClientError, ConnectionError):
            self._transport.abort()

    def close(self, code: CloseCode, reason: str) -> None:
        """Say goodbye and hang up, at the latest after the time that the limits give."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close(code, reason))

    async def closed(self) -> None:
        """Wait until a close that was begun is done."""
        if self._closing is not None:
            await self._closing

    async def _close(self, code: CloseCode, reason: str) -> None:
        message = reason.encode()[:_REASON_MAX_BYTES].decode(errors="ignore").encode()
        try:
            async with asyncio.timeout(self._limits.close):
                await self._socket.close(code=code, message=message)
        except (TimeoutError, ConnectionError, RuntimeError):
            self._transport.abort()
        else:
            self._let_go()

    def _let_go(self) -> None:
        """Cut the connection, but give what was written before, the close included, time to arrive."""
        if self._transport.get_write_buffer_size():
            asyncio.get_running_loop().call_later(self._limits.close, self._transport.abort)
        else:
            self._transport.abort()
