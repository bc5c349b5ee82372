"""Two clients that follow a board: our SDK, and one that was written against docs/reference alone and shares no code with it.

Both note every event that they were given, so that the oracle can tell holes and repetitions.
"""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any, Protocol

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from rego.client import aio
from rego.client.live import LiveBoard, Patience
from rego.client.updates import Ended, EventCame, SnapshotCame
from rego.replica import Replica
from rego.wire.base import to_json
from tests.chaos.bare import BareBoard

Board = dict[str, Any]

SILENCE_MAX = 4.0
"""Seconds after which a follower takes its connection for dead; the servers' heart beats once a second here."""


class ChaosFollower(Protocol):
    """Somebody who follows. `seq` is where they are, -1 before the first snapshot; `faults` is what they saw go wrong."""

    seq: int
    faults: list[str]
    trusting: bool

    async def run(self) -> None: ...

    def board(self) -> Board: ...


class SdkFollower:
    """Rego's own client with the replica that the TUI draws from."""

    def __init__(self, client: aio.Client, board_id: str) -> None:
        self.seq = -1
        self.faults: list[str] = []
        self.trusting = False
        self._client = client
        self._board_id = board_id
        self._replica: Replica | None = None

    async def run(self) -> None:
        patience = Patience(handshake=2.0, silence=SILENCE_MAX, tail=2.0)
        async with LiveBoard(self._client, self._board_id, patience=patience) as live:
            async for update in live:
                match update:
                    case SnapshotCame(snapshot=snapshot):
                        self._replica = Replica(snapshot)
                        self.seq = snapshot.seq
                    case EventCame(event=event):
                        self._apply(event.seq, event)
                    case Ended(reason=reason):
                        self.faults.append(f"the SDK was sent away: {reason}")

    def _apply(self, seq: int, event: Any) -> None:
        if self._replica is None or seq != self.seq + 1:
            self.faults.append(f"the SDK handed out event {seq} after {self.seq}")
            return
        self._replica.apply(event)
        self.seq = seq

    def board(self) -> Board:
        assert self._replica is not None
        board: Board = json.loads(to_json(self._replica.snapshot()))
        return board


class BareFollower:
    """What somebody would write after an afternoon with the reference. `welcome` is whether a server has let it in.

    A `trusting` one believes whatever is pushed and asks for a snapshot at each connection, as the control's clients do.
    """

    def __init__(self, url: str, board_id: str, token: str, *, trusting: bool = False) -> None:
        self.seq = -1
        self.faults: list[str] = []
        self._url = f"{url.replace('http', 'ws', 1)}/ws/boards/{board_id}"
        self._headers = {"Authorization": f"Bearer {token}"}
        self.trusting = trusting
        self._epoch = ""
        self._board: BareBoard | None = None
        self.welcome = False

    async def run(self) -> None:
        while True:
            try:
                await self._follow()
            except (OSError, TimeoutError, WebSocketException):
                self.welcome = False
                await asyncio.sleep(random.uniform(0.1, 1.0))

    def board(self) -> Board:
        assert self._board is not None
        return self._board.content()

    async def _follow(self) -> None:
        resume = f"?since={self.seq}&epoch={self._epoch}" if self._epoch and not self.trusting else ""
        async with connect(
            self._url + resume,
            additional_headers=self._headers,
            open_timeout=2,
            close_timeout=1,
            ping_interval=None,
            max_size=None,
        ) as socket:
            while True:
                frame = json.loads(await asyncio.wait_for(socket.recv(), None if self.trusting else SILENCE_MAX))
                if frame["type"] == "ping":
                    await socket.send('{"type":"pong"}')
                if not self._take(frame):
                    return

    def _take(self, frame: Board) -> bool:
        """Whether this connection is still good for anything."""
        match frame["type"]:
            case "hello":
                self._epoch = frame["epoch"]
                self.welcome = True
            case "snapshot":
                self._board = BareBoard(frame["snapshot"])
                self.seq = frame["snapshot"]["seq"]
            case "ping":
                return self.trusting or frame["seq"] <= self.seq
            case "event" if self.trusting or frame["event"]["seq"] == self.seq + 1:
                self._apply(frame["event"])
            case "event":
                self.faults.append(f"event {frame['event']['seq']} came after {self.seq}")
        return True

    def _apply(self, event: Board) -> None:
        assert self._board is not None, "an event came before the board"
        self._board.apply(event)
        self.seq = event["seq"]
