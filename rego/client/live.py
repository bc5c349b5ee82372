"""One board, live: a WebSocket that resumes where it was cut off and tells its reader everything in order, without a gap."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from rego.client import aio, exchange
from rego.client.backoff import Backoff
from rego.client.call import path_of, query_of
from rego.client.follow import Follower, OutOfStep, Position
from rego.client.parting import FAILURES, GoingAway, Parting, parting_of
from rego.client.session import RENEWALS_MAX
from rego.client.updates import Ended, EventCame, Offline, Online, PresenceCame, SnapshotCame, Update
from rego.wire import limits
from rego.wire.base import to_json
from rego.wire.errors import RegoError
from rego.wire.frames import (
    Advice,
    AnyServerFrame,
    ClientFrame,
    Focus,
    Goaway,
    Hello,
    Ping,
    Pong,
    PresenceFrame,
    decode_server_frame,
)

__all__ = ["Ended", "EventCame", "LiveBoard", "Offline", "Online", "Patience", "PresenceCame", "SnapshotCame", "Update"]

# A snapshot of a board of 10,000 cards is about 4 MB.
_FRAME_MAX_BYTES = 64 * 1024 * 1024


class Patience(Struct, frozen=True, kw_only=True):
    """Seconds to wait: for the handshake, for any frame, for an event that the server has told of, for a polite close."""

    handshake: float = 10.0
    silence: float = limits.CLIENT_SILENCE_MAX
    tail: float = 5.0
    close: float = 1.0


class LiveBoard:
    """An async context manager, and the async iterator of a board's updates; enter, read and leave it in one task.

    It reconnects by itself until the server says that this makes no sense; then the last update is `Ended`. `since` is the
    position that the reader already has. Only `focus` may be called from elsewhere.
    """

    def __init__(
        self,
        client: aio.Client,
        board_id: str,
        *,
        since: Position | None = None,
        patience: Patience | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._path = path_of("ws", "boards", board_id)
        self._follower = Follower(board_id, since)
        self._patience = patience or Patience()
        self._sleep = sleep
        self._clock = clock
        self._backoff = Backoff(jitter)
        self._socket: ClientConnection | None = None
        self._focus = Focus()
        self._online_since: float | None = None
        self._stalled_since: float | None = None
        self._offline_since: datetime | None = None
        self._was_online = False
        self._token: str | None = None
        self._renewals = 0
        self._stream = self._updates()

    async def __aenter__(self) -> LiveBoard:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stream.aclose()

    def __aiter__(self) -> AsyncIterator[Update]:
        return self

    async def __anext__(self) -> Update:
        return await anext(self._stream)

    @property
    def position(self) -> Position | None:
        """The epoch and seq of the last update that was handed out, to pass as `since` another time."""
        return self._follower.position

    async def focus(self, card_id: str | None, editing: bool = False) -> None:
        """Tell the others which card is under the cursor; after an outage it is told again by itself."""
        focus = Focus(card_id=card_id, editing=editing)
        if focus == self._focus:
            return
        self._focus = focus
        with suppress(ConnectionClosed, TimeoutError):
            await self._say(focus)

    # --- the loop over connections ---------------------------------------------------------------------------------

    async def _updates(self) -> AsyncGenerator[Update, None]:
        while True:
            try:
                async with aclosing(self._connection()) as updates:
                    async for update in updates:
                        yield update
            except FAILURES as error:
                parting = await self._judged(parting_of(error, self._client.server))
            if parting.advice in (Advice.STOP, Advice.LOG_IN):
                yield Ended(advice=parting.advice, reason=parting.reason)
                return
            offline = self._take_off(parting)
            yield offline
            await self._sleep(offline.retry_in)

    async def _judged(self, parting: Parting) -> Parting:
        """`parting` with what this client can do about it: a stale token may be renewed, a strange answer may pass."""
        if parting.foreign and self._was_online:
            return Parting(advice=Advice.RESUME_LATER, reason=parting.reason)
        if parting.advice is not Advice.LOG_IN or self._renewals == RENEWALS_MAX:
            return parting
        self._renewals += 1
        try:
            renewed = await self._client.renew(self._token)
        except RegoError as error:
            return Parting(advice=Advice.RESUME_LATER, reason=error.detail)
        return Parting(advice=Advice.RESUME_NOW, reason=parting.reason) if renewed else parting

    def _take_off(self, parting: Parting) -> Offline:
        lasted = 0.0 if self._online_since is None else self._clock() - self._online_since
        self._online_since = None
        self._offline_since = self._offline_since or datetime.now(UTC)
        at_once = parting.advice is Advice.RESUME_NOW
        pause = self._backoff.pause(healthy_for=lasted, at_once=at_once, floor=parting.floor)
        return Offline(since=self._offline_since, reason=parting.reason, retry_in=pause)

    # --- one connection --------------------------------------------------------------------------------------------

    async def _connection(self) -> AsyncGenerator[Update, None]:
        """The updates of one connection; it always ends with one of `FAILURES`."""
        if self._offline_since is not None:
            await self._client.revive()
        self._follower.begin()
        self._stalled_since = None
        try:
            async with self._dial() as socket:
                while True:
                    frame = decode_server_frame(await self._next(socket))
                    if frame is None:
                        continue
                    updates = self._follower.receive(frame)
                    await self._react(frame, socket)
                    for update in updates:
                        yield update
                    self._watch_tail(frame)
        finally:
            self._socket = None

    def _dial(self) -> connect:
        server = self._client.server
        self._token = self._client.session.token
        epoch, seq = self.position or (None, None)
        query = exchange.form_encoded(query_of(since=seq, epoch=epoch))
        way: dict[str, Any] = {"proxy": None if server.is_on_this_machine else True}
        if server.socket_path is not None:
            way |= {"unix": True, "path": server.socket_path}
        return _Connect(
            f"{server.ws_base}{self._path}{'?' if query else ''}{query}",
            additional_headers={"Authorization": f"Bearer {self._token}"} if self._token else None,
            user_agent_header=exchange.USER_AGENT,
            compression=None,
            # The heartbeat is a frame of Rego's own, which also carries the board's seq.
            ping_interval=None,
            open_timeout=self._patience.handshake,
            close_timeout=self._patience.close,
            max_size=_FRAME_MAX_BYTES,
            **way,
        )

    async def _next(self, socket: ClientConnection) -> bytes:
        """The next message; raises `OutOfStep` when none comes, or when an event that was announced does not."""
        wait, complaint = self._patience.silence, "the server has fallen silent"
        if self._stalled_since is not None:
            left = max(0.0, self._stalled_since + self._patience.tail - self._clock())
            wait, complaint = min(wait, left), "events were lost on the way"
        try:
            async with asyncio.timeout(wait):
                return await socket.recv(decode=False)
        except TimeoutError as error:
            # A dead peer would keep the closing handshake waiting.
            socket.transport.abort()
            raise OutOfStep(complaint) from error

    async def _react(self, frame: AnyServerFrame, socket: ClientConnection) -> None:
        match frame:
            case Hello():
                self._socket = socket
                self._was_online, self._renewals = True, 0
                self._offline_since, self._online_since = None, self._clock()
                if self._focus != Focus():
                    await self._say(self._focus)
            case Ping():
                await self._say(Pong())
            case Goaway(delay=delay):
                raise GoingAway(delay)

    def _watch_tail(self, frame: AnyServerFrame) -> None:
        """Note since when nothing has come of what the server announced; heartbeats and presence do not count."""
        if not self._follower.is_behind:
            self._stalled_since = None
        elif self._stalled_since is None or not isinstance(frame, Ping | PresenceFrame):
            self._stalled_since = self._clock()

    async def _say(self, frame: ClientFrame) -> None:
        if self._socket is not None:
            async with asyncio.timeout(self._patience.silence):
                await self._socket.send(to_json(frame).decode())


class _Connect(connect):
    """A dialler that follows no redirect: it would take the token to another place."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc
