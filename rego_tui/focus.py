"""Tells the others which card this user looks at, once the cursor rests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from rego.wire.errors import RegoError
from rego_tui.connection import Feed

FOCUS_PAUSE = 0.12
"""Seconds that the cursor must rest on a card before the others are told."""


class Focus:
    """`known` answers the id that the server has for a card, or None for one that it does not know."""

    def __init__(self, known: Callable[[str], str | None]) -> None:
        self._known = known
        self._feed: Feed | None = None
        self._on: tuple[str | None, bool] = (None, False)
        self._timer: asyncio.TimerHandle | None = None
        self._telling: asyncio.Task[None] | None = None

    def put(self, card_id: str | None, *, editing: bool) -> None:
        """The cursor is on a card now."""
        if (card_id, editing) == self._on:
            return
        self._on = (card_id, editing)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(FOCUS_PAUSE, self.tell)

    def through(self, feed: Feed | None) -> None:
        """Tell it through another feed from now on, or through none."""
        self._feed = feed

    def tell(self) -> None:
        """Tell it now."""
        if self._feed is not None:
            self._telling = asyncio.create_task(self._tell(self._feed))

    async def _tell(self, feed: Feed) -> None:
        card_id, editing = self._on
        with suppress(RegoError):
            await feed.focus(self._known(card_id) if card_id is not None else None, editing)

    def stop(self) -> None:
        """Tell nothing any more."""
        for each in (self._timer, self._telling):
            if each is not None:
                each.cancel()
