"""One socket's outgoing side: frames are built once for everybody and written without waiting for anybody.

aiohttp's own `send_*` waits for a slow peer. Here a frame goes straight to the transport, whose buffer is the queue; a live
peer that lets it grow past the limit is closed with a code that says "resume", so a slow client hurts only itself. Only a peer
that is still being brought up to date is waited for, by its own task.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from typing import Final

from aiohttp import ClientError, WSMsgType, web
from aiohttp.abc import AbstractStreamWriter

from rego.wire.frames import CloseCode
from rego_server.realtime.limits import SocketLimits

_TEXT: Final = 0x81
"""First byte of a whole, uncompressed text frame (RFC 6455, 5.2)."""

_CLOSE: Final = 0x88
"""First byte of a close frame."""

_ENDS = (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR)
"""What is read after which there is nothing more to read."""

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


def close_frame(code: CloseCode, reason: str) -> bytes:
    """An unmasked WebSocket close frame; a reason that is too long for one is cut."""
    payload = struct.pack("!H", code) + reason.encode()[:_REASON_MAX_BYTES].decode(errors="ignore").encode()
    return bytes((_CLOSE, len(payload))) + payload


class Outgoing:
    """Writes frames to one prepared socket."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport,
        writer: AbstractStreamWriter,
        limits: SocketLimits,
        count_close: Callable[[CloseCode], None],
    ) -> None:
        self._socket = socket
        self._transport = transport
        self._writer = writer
        self._limits = limits
        self._count_close = count_close
        self._closing = False

    @property
    def open(self) -> bool:
        """Whether frames still go out."""
        return not self._closing and not self._transport.is_closing()

    @property
    def waiting_bytes(self) -> int:
        """What was written and not yet taken by the peer."""
        return self._transport.get_write_buffer_size()

    def send(self, frame: bytes) -> None:
        """Write a frame that `text_frame` made; a peer that is too far behind is sent away instead."""
        if not self.open:
            return
        self._transport.write(frame)
        if self.waiting_bytes > self._limits.backlog_bytes:
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
        """Say goodbye. The peer's answer ends the connection, and the time that the limits give if none comes.

        aiohttp's own `close` hangs up without waiting for the answer when somebody is reading; a peer that answers into a
        closed connection may take that for an accident and forget the code.
        """
        if self._closing:
            return
        self._closing = True
        if not self._transport.is_closing():
            self._count_close(code)
            self._transport.write(close_frame(code, reason))
        asyncio.get_running_loop().call_later(self._limits.close, self._transport.abort)

    async def hang_up(self) -> None:
        """Wait until a close is answered, and let go of the connection. The last thing that is done with a socket."""
        if not self._closing:
            await self._socket.close()
            asyncio.get_running_loop().call_later(self._limits.close, self._transport.abort)
            return
        while (await self._socket.receive()).type not in _ENDS:
            pass
        self._transport.abort()
