"""One open card: what was read of it, and the user's changes of it that are on their way, shown on top."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from rego.client import history
from rego.wire.activity import Activity
from rego.wire.errors import RegoError
from rego_tui.card_changes import Change
from rego_tui.card_detail import CardDetail
from rego_tui.operations import not_dealt_with
from rego_tui.store import BoardStore

ACTIVITY_PAGE = 20
"""How many entries of the card's activity are read at a time."""


class OpenCard:
    """Reads a card again whenever asked, one reading at a time. `changed` is called when there is something else to draw.

    `word` says why the card could not be read. A change goes on its way although the card is closed meanwhile.
    """

    def __init__(self, store: BoardStore, card_id: str, changed: Callable[[], object]) -> None:
        self.card_id = card_id
        self.word = ""
        self.activity: list[Activity] | None = None
        self.more_activity = False
        self._store = store
        self._changed = changed
        self._read: CardDetail | None = None
        self._under_way: dict[str, Change] = {}
        self._stale = False
        self._reading: asyncio.Task[None] | None = None

    @property
    def detail(self) -> CardDetail | None:
        """The card as it will be when all that is on its way has arrived; None before it was read."""
        if self._read is None:
            return None
        detail = self._read
        for change in self._under_way.values():
            detail = change.seen(detail)
        return detail

    @property
    def confirmed(self) -> CardDetail | None:
        """The card as it was read last."""
        return self._read

    @property
    def busy(self) -> frozenset[str]:
        """The ids of what has a change on its way."""
        return frozenset(change.about for change in self._under_way.values())

    # --- reading ---------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the card, or read it once more when that is going on already."""
        self._stale = True
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._load())

    def close(self) -> None:
        """Stop reading, and tell nobody any more."""
        self._changed = lambda: None
        if self._reading is not None:
            self._reading.cancel()

    async def _load(self) -> None:
        while self._stale:
            self._stale = False
            try:
                detail = await self._store.read_card(self.card_id)
                newer = await self._newer_activity()
            except RegoError as error:
                self.word = error.detail
                break
            if not self._stale:
                self.word, self._read = "", detail
                self.activity = [*newer, *self.activity] if self.activity is not None else None
        self._changed()

    async def _newer_activity(self) -> list[Activity]:
        if self.activity is None:
            return []
        since = self.activity[0].seq if self.activity else 0
        return await self._entries(since=since)

    async def read_activity(self) -> None:
        """Read the latest entries of the card's activity, or those before the last one that was read; raises a `RegoError`."""
        known = self.activity or []
        more = await self._entries(before=known[-1].seq if known else None)
        seen = {entry.seq for entry in known}
        self.activity = [*known, *(entry for entry in more if entry.seq not in seen)]
        self.more_activity = len(more) == ACTIVITY_PAGE
        self._changed()

    async def _entries(self, *, since: int | None = None, before: int | None = None) -> list[Activity]:
        card = self._store.real_id(self.card_id)
        board = self._store.board_id
        return await self._store.ask(history.list_activity(board, card=card, since=since, before=before, limit=ACTIVITY_PAGE))

    # --- changing --------------------------------------------------------------------------------------------------

    def perform(
        self,
        change: Change,
        *,
        answered: Callable[[], object] = lambda: None,
        refused: Callable[[RegoError], bool] = not_dealt_with,
    ) -> None:
        """Show a change at once and send it in its turn. `refused` is told a refusal, and says whether it dealt with it."""
        operation = replace(
            change.operation,
            answered=partial(self._answered, change, answered),
            refused=partial(self._refused, change, refused),
        )
        self._under_way[operation.op_id] = change
        self._store.perform(operation)
        self._changed()

    def perform_all(self, changes: Sequence[Change]) -> None:
        """Send several changes, one after the other."""
        for change in changes:
            self.perform(change)

    def _answered(self, change: Change, tell: Callable[[], object], _: Any) -> None:
        self._under_way.pop(change.operation.op_id, None)
        if self._read is not None:
            self._read = change.seen(self._read)
        self._stale = True  # what is being read just now may be from before
        tell()
        self._changed()

    def _refused(self, change: Change, tell: Callable[[RegoError], bool], error: RegoError) -> bool:
        self._under_way.pop(change.operation.op_id, None)
        self._changed()
        return tell(error)
