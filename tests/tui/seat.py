"""The app of one person on a real server, under a test's hands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from rego.client.aio import Client
from rego.client.credentials import Credentials
from rego.client.server import Server
from rego.wire.boards import Board
from rego_tui.app import Connect, RegoApp
from rego_tui.store import BoardStore
from tests.running import Running, Somebody
from tests.tui.seen import screen_text, until


class Seat:
    """One person's app, running."""

    def __init__(self, app: RegoApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.press = pilot.press
        self._pilot = pilot

    def text(self) -> str:
        return screen_text(self.app)

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        await self._pilot.resize_terminal(width, height)

    @property
    def store(self) -> BoardStore:
        assert self.app.store is not None
        return self.app.store

    async def until(self, what: str, condition: Callable[[], bool]) -> None:
        await until(self._pilot, what, condition)

    def said(self, words: str) -> bool:
        """Whether a sentence with these words was shown."""
        return any(words in notice.message for notice in self.app._notifications)

    def column_of(self, title: str) -> str:
        """The title of the column in which a card stands, as this app knows it."""
        replica = self.store.loaded
        for column in replica.columns_in_order():
            if any(card.title == title for card in replica.cards_in(column.id)):
                return column.title
        return ""


@asynccontextmanager
async def seated(
    server: Running, somebody: Somebody, board: Board, *, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[Seat]:
    """The app of `somebody`, open on the board."""

    async def client() -> Client:
        credentials = Credentials(server=server.url, access_token=somebody.token)
        return await Client(Server.parse(server.url), credentials).__aenter__()

    app = RegoApp(Connect(client=client, server=Server.parse(server.url), board=board.key))
    async with app.run_test(size=size, notifications=True) as pilot:
        app.animation_level = "none"
        seat = Seat(app, pilot)
        await seat.until("the board is live", lambda: "● live" in seat.text())
        yield seat
