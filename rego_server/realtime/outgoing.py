"""One socket's outgoing side: frames are built once for everybody and written without waiting for anybody.

aiohttp's own `send_*` waits for a slow peer. Here a frame goes straight to the transport, whose buffer is the queue; a peer
that lets it grow past the limit is closed with a code that says "resume", so a slow client hurts only itself.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Final

from aiohttp import web

from rego.wire import limits
from rego.wire.frames import CloseCode

_TEXT: Final = 0x81
"""First byte of a whole, uncompressed text frame (RFC 6455, 5.2)."""

CLOSE_TIMEOUT = 5.0
"""How long a peer may take to answer a close before the connection is cut, in seconds."""


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

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        self._socket = socket
        self._transport = transport
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
        if self._transport.get_write_buffer_size() > limits.SOCKET_BACKLOG_MAX_BYTES:
            self.close(CloseCode.TOO_SLOW, "You are too far behind; reconnect and resume.")

    def close(self, code: CloseCode, reason: str) -> None:
        """Say goodbye and hang up, at the latest after `CLOSE_TIMEOUT`."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close(code, reason))

    async def closed(self) -> None:
        """Wait until a close that was begun is done."""
        if self._closing is not None:
            await self._closing

    async def _close(self, code: CloseCode, reason: str) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._socket.close(code=code, message=reason.encode())
        except (TimeoutError, ConnectionError, RuntimeError):
            pass
        finally:
            self._transport.abort()
