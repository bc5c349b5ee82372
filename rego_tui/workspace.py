"""The TUI's door to all that is not one board: the user's boards and account."""

from __future__ import annotations

from typing import TypeVar

from rego.client.call import Call
from rego_tui.connection import OpenFeed
from rego_tui.outbox import Sender
from rego_tui.store import BoardStore

T = TypeVar("T")


class Workspace:
    """The boards of a user, before one is opened."""

    def __init__(self, client: Sender, open_feed: OpenFeed) -> None:
        self._client = client
        self._open_feed = open_feed

    async def ask(self, call: Call[T]) -> T:
        """Send a request that belongs to no open board; raises a `RegoError`."""
        return await self._client.send(call)

    def open(self, board_id: str) -> BoardStore:
        """A board to follow; nothing is read before it runs."""
        return BoardStore(self._client, self._open_feed, board_id)
