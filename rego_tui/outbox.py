"""The queue of a board's outgoing operations: one at a time, strictly in order, kept through outages, dropped when refused.

While it is shut nothing is sent. What was in it when it was shut, or could not be sent, has waited: the world may be another
one by then, so `met` is asked before it is sent.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from rego.client.call import Call
from rego.wire.errors import NotAuthenticated, NotRego, RateLimited, RegoError, Unavailable, Unreachable
from rego_tui.operations import Known, Operation

T = TypeVar("T")

RETRY_PAUSE = 3.0
"""Seconds between attempts while the server does not answer, unless the connection comes back or the server named a time."""

_LATER = (Unreachable, Unavailable, RateLimited, NotRego)


class Sender(Protocol):
    """What the TUI needs of `rego.client.aio.Client`."""

    async def send(self, call: Call[T], op_id: str | None = None) -> T: ...

    def pages(self, call: Call[list[T]]) -> AsyncIterator[T]: ...


class Outbox:
    """Sends operations. `answered` and `refused` are called with what became of each; `changed` when the queue did.

    `met` says of one that has waited whether it is not to be sent after all; `drained` is called when none is left. `trying`
    is called before one that has waited is sent, and again when it is certain that this came to nothing.
    `locked_out` is called when the session has ended: the operation waits for a `run` after the next login.
    """

    def __init__(
        self,
        client: Sender,
        *,
        answered: Callable[[Operation, Any], None],
        refused: Callable[[Operation, RegoError], None],
        changed: Callable[[], None],
        met: Callable[[Operation], bool],
        trying: Callable[[Operation], None],
        drained: Callable[[], None],
        locked_out: Callable[[RegoError], None],
    ) -> None:
        self._client = client
        self._answered, self._refused, self._changed = answered, refused, changed
        self._locked_out, self._met, self._drained, self._trying = locked_out, met, drained, trying
        self._queue: deque[Operation] = deque()
        self._filled = asyncio.Event()
        self._wake = asyncio.Event()
        self._open = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self.waited: set[str] = set()
        self.tried: dict[str, datetime] = {}
        self.known = Known()
        self.blocked = False

    def __len__(self) -> int:
        return len(self._queue)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._queue)

    def put(self, operation: Operation) -> None:
        """Send `operation` after all that came before it."""
        self._queue.append(operation)
        if self.blocked or not self._open.is_set():
            self.waited.add(operation.op_id)
        self._filled.set()
        self._empty.clear()

    async def sent(self) -> None:
        """Wait until nothing waits to be sent."""
        await self._empty.wait()

    def wake(self) -> None:
        """The connection is back: try again at once."""
        self._wake.set()

    def open(self, yes: bool) -> None:
        """Send what there is from now on, or nothing."""
        if yes:
            self._open.set()
            self.wake()
        else:
            self._open.clear()
            self._note_waiting()

    def _note_waiting(self) -> None:
        self.waited.update(op.op_id for op in self._queue)

    def drop_those_on(self, card_id: str) -> list[Operation]:
        """Take the waiting operations on that card alone out of the queue."""
        dropped = [op for op in self._queue if op.pending.card_ids == (card_id,)]
        self._queue = deque(op for op in self._queue if op.pending.card_ids != (card_id,))
        return dropped

    async def run(self) -> None:
        """Send for ever what is put in."""
        while True:
            await self._filled.wait()
            while self._queue:
                await self._send(self._queue[0])
            self._filled.clear()
            self._empty.set()
            self._drained()

    async def _send(self, operation: Operation) -> None:
        """Send one operation until there is an answer or a refusal, or it is not to be sent."""
        pause: float | None = 0.0
        while pause is not None:
            await self._open.wait()
            if operation.op_id in self.waited and self._met(operation):
                self._queue = deque(op for op in self._queue if op is not operation)
                pause = None
            elif (pause := await self._attempt(operation)) is not None:
                await self._wait(pause)
        self.waited.discard(operation.op_id)
        self.tried.pop(operation.op_id, None)
        self._changed()

    async def _attempt(self, operation: Operation) -> float | None:
        """None when the operation is done with, else the seconds to wait before the next attempt."""
        self._wake.clear()
        before = self.tried.get(operation.op_id)
        self._note_tried(operation, before or datetime.now(UTC))
        try:
            answer = await self._client.send(operation.call(self.known), operation.op_id)
        except _LATER as error:
            if isinstance(error, RateLimited):
                self._note_tried(operation, before)
            self._block(True)
            return error.retry_after or RETRY_PAUSE
        except NotAuthenticated as error:
            self._note_tried(operation, before)
            self._block(True)
            self._locked_out(error)
            return RETRY_PAUSE
        except RegoError as error:
            self._queue.popleft()
            self._refused(operation, error)
        else:
            self._queue.popleft()
            self.known.learn(operation, answer)
            self._answered(operation, answer)
        self._block(False)
        return None

    def _note_tried(self, operation: Operation, at: datetime | None) -> None:
        """Note when an operation was sent first; None when the server certainly did not do it."""
        if at is None:
            self.tried.pop(operation.op_id, None)
        else:
            self.tried[operation.op_id] = at
        if operation.op_id in self.waited:
            self._trying(operation)

    def _block(self, blocked: bool) -> None:
        self.blocked = blocked
        if blocked:
            self._note_waiting()
        self._changed()

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return
