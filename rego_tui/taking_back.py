"""Undo and redo: the user's own acts on a board, taken back one after the other by the server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from rego.client import history
from rego.client.standing import LOOKED_THROUGH, and_more, is_cut_off, standing, taken_back
from rego.replica import Replica
from rego.wire import limits
from rego.wire.activity import Activity
from rego.wire.errors import ChangedSince, RegoError
from rego.wire.event_data import RawEvent
from rego.wire.query_terms import ME
from rego_tui.messages import Notice
from rego_tui.outbox import Sender
from rego_tui.value_words import UNSAID, field_word, shown


class TakingBack:
    """Takes acts of a board back. Presses wait for each other, and for the operations that are still on their way."""

    def __init__(self, client: Sender, board_id: str, sent: Callable[[], Awaitable[object]], away: Callable[[], bool]) -> None:
        self._client = client
        self._board_id = board_id
        self._sent = sent
        self._away = away
        self._turn = asyncio.Lock()

    async def undo(self, replica: Replica) -> Notice:
        """Take back what the user did last that still stands; a sentence about it."""
        return await self._try(self._undo, replica)

    async def redo(self, replica: Replica) -> Notice:
        """Do again what was taken back last; a sentence about it."""
        return await self._try(self._redo, replica)

    async def take_back(self, entry: Activity, replica: Replica) -> Notice:
        """Take back what one entry of the activity tells of; a sentence about it."""
        return await self._try(lambda: self._take_back(entry), replica)

    async def _try(self, act: Callable[[], Awaitable[Notice]], replica: Replica) -> Notice:
        if self._away():
            # Once the server is back it would come as a surprise.
            return Notice("Nothing can be taken back, or done again, while the server is away.", failed=True)
        async with self._turn:
            await self._sent()
            try:
                return await act()
            except ChangedSince as error:
                return Notice(f"Not done: {error.detail}{_both_values(error.data, replica)}", failed=True)
            except RegoError as error:
                return Notice(f"Not done: {error.detail}", failed=True)

    async def _undo(self) -> Notice:
        acts = standing(await self._own(lambda known: bool(standing(known))))
        if not acts:
            return Notice("Nothing that you did here lately still stands.")
        made = await self._revert(acts[0])
        return Notice(f"Undone: {_to_you(acts[0])}{and_more(made)}. Press U to do it again.")

    async def _redo(self) -> Notice:
        undone = taken_back(await self._own(lambda known: bool(taken_back(known)) or not is_cut_off(known)))
        if not undone:
            return Notice("There is nothing to do again.")
        taking_back, act = undone[0]
        made = await self._revert(taking_back)
        return Notice(f"Done again: {_to_you(act)}{and_more(made)}. Press u to undo it.")

    async def _take_back(self, entry: Activity) -> Notice:
        made = await self._revert(entry)
        return Notice(f"Undone: {_to_you(entry)}{and_more(made)}.")

    async def _own(self, enough: Callable[[list[Activity]], bool]) -> list[Activity]:
        """The user's latest acts, newest first, page by page until they are `enough`.

        One page, unless an act on many cards fills it with its parts, and its taking back the next ones.
        """
        known = await self._page(None)
        full = len(known) == limits.LIST_MAX
        while full and not enough(known) and len(known) < LOOKED_THROUGH:
            page = await self._page(known[-1].seq)
            known, full = known + page, len(page) == limits.LIST_MAX
        return known

    async def _page(self, before: int | None) -> list[Activity]:
        call = history.list_activity(self._board_id, actor=ME, before=before, limit=limits.LIST_MAX)
        return await self._client.send(call)

    async def _revert(self, entry: Activity) -> list[RawEvent]:
        return await self._client.send(history.revert_event(self._board_id, entry.seq, whole=True), str(uuid4()))


def _to_you(entry: Activity) -> str:
    """The sentence about an act of the user's own, as it is said to them."""
    name = entry.actor.username if entry.actor is not None and entry.cause is None else ""
    return f"you{entry.sentence.removeprefix(name)}" if name and entry.sentence.startswith(f"{name} ") else entry.sentence


def _both_values(clashes: Any, replica: Replica) -> str:
    """What the act had left and what is there now, for each field that somebody changed since."""
    if not isinstance(clashes, dict):
        return ""
    said = [
        f"the {field_word(name)} was {shown(clash['left'], replica)} and is {shown(clash['now'], replica)} now"
        for name, clash in sorted(clashes.items())
        if name not in UNSAID
    ]
    return f" As you left it {'; '.join(said)}." if said else ""
