"""What a store remembers of its board between two runs of the program: kept now and then, and when it ends."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

from rego.client.follow import Position
from rego.replica import Replica
from rego.wire.errors import RegoError
from rego_tui.snapshot_cache import OpenCache, SeenBoard, SnapshotCache, no_cache

PAUSE = 300.0
"""Seconds that pass at least before a board that changes is kept again: after a kill, the rest comes as events."""


class Memory:
    """One board's place in the cache, which `open_cache` opens in a thread."""

    def __init__(self, board_id: str, open_cache: OpenCache = no_cache) -> None:
        self._board_id = board_id
        self._open_cache = open_cache
        self._cache: SnapshotCache | None = None
        self._position: Position | None = None
        self._due_at = 0.0
        self._keeping: asyncio.Future[None] | None = None

    async def open(self) -> None:
        """Find the cache; before that nothing is read or kept."""
        if self._cache is None:
            with suppress(RegoError):
                self._cache = await asyncio.to_thread(self._open_cache)

    async def recall(self) -> SeenBoard | None:
        """The board as it was last seen."""
        return await asyncio.to_thread(self._cache.board, self._board_id) if self._cache is not None else None

    def recalled(self, seen: SeenBoard) -> None:
        """The store began with this, which need not be kept again."""
        self._position = (seen.snapshot.epoch, seen.snapshot.seq)

    def keep_if_due(self, replica: Replica, me: str | None) -> None:
        """Keep the board as it is now, in a thread, unless that was done a short while ago."""
        now, position = asyncio.get_running_loop().time(), (replica.epoch, replica.seq)
        if self._cache is not None and me is not None and now >= self._due_at and position != self._position:
            self._due_at, self._position = now + PAUSE, position
            seen = SeenBoard(at=datetime.now(UTC), me=me, snapshot=replica.snapshot())
            self._keeping = asyncio.ensure_future(asyncio.to_thread(self._cache.keep, seen))

    async def settled(self) -> None:
        """Wait until what is being kept is kept."""
        if self._keeping is not None:
            await self._keeping

    def keep(self, replica: Replica, me: str | None, at: datetime) -> None:
        """Keep the board as it was at `at`, before the program ends."""
        if self._cache is not None and me is not None:
            self._cache.keep(SeenBoard(at=at, me=me, snapshot=replica.snapshot()))
