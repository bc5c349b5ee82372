"""The TUI's door to all that is not one board: the user's boards and account."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar

from rego.client.call import Call
from rego.wire.boards import Board
from rego.wire.errors import RegoError
from rego.wire.snapshot import Snapshot
from rego_tui.connection import OpenFeed
from rego_tui.memory import Memory
from rego_tui.outbox import Sender
from rego_tui.snapshot_cache import OpenCache, SeenBoard, no_cache
from rego_tui.store import BoardStore

T = TypeVar("T")


class Workspace:
    """The boards of a user, before one is opened."""

    def __init__(self, client: Sender, open_feed: OpenFeed, open_cache: OpenCache = no_cache) -> None:
        self._client = client
        self._open_feed = open_feed
        self._open_cache = open_cache

    async def ask(self, call: Call[T]) -> T:
        """Send a request that belongs to no open board; raises a `RegoError`."""
        return await self._client.send(call)

    def open(self, board_id: str, begun: Snapshot | SeenBoard | None = None) -> BoardStore:
        """A board to follow, from `begun` on where there is something; nothing is read before it runs."""
        return BoardStore(self._client, self._open_feed, board_id, begun, Memory(board_id, self._open_cache))

    async def keep_boards(self, listed: Sequence[Board]) -> None:
        """Keep the list of boards on disk, for a start without the server."""
        await asyncio.to_thread(_keep_boards, self._open_cache, listed, datetime.now(UTC))


def _keep_boards(open_cache: OpenCache, listed: Sequence[Board], at: datetime) -> None:
    with suppress(RegoError):
        if (cache := open_cache()) is not None:
            cache.keep_boards(listed, at)
