"""The app under a test's hands: keys in, the screen out as text, and waiting for a named condition."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from rego.client.home import Home
from rego.wire.snapshot import Snapshot
from rego_tui.app import Connect, RegoApp
from rego_tui.board_view import BoardView
from rego_tui.screens.board import BoardScreen
from rego_tui.store import BoardStore
from rego_tui.widgets.column import ColumnView
from rego_tui.workspace import Workspace
from tests.tui import boards
from tests.tui.scripted import ScriptedPeer
from tests.tui.seen import notices, screen_text, until


class Desk:
    """A running app on a scripted peer."""

    def __init__(self, app: RegoApp, peer: ScriptedPeer, pilot: Pilot[None]) -> None:
        self.app = app
        self.peer = peer
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, and wait until the app has nothing left to do."""
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        await self.pilot.pause()

    async def until(self, what: str, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds; `what` names it when it never does."""
        await until(self.pilot, what, condition)

    async def until_sent(self) -> None:
        """Wait until the peer has answered everything, and the answers' events are drawn."""
        await self.until("all is sent", lambda: self.store.waiting == 0 and not self.store.loaded.pending)
        await self.until("all is drawn", lambda: self.store.drawn)

    def notices(self) -> str:
        """The sentences that were shown."""
        return notices(self.app)

    def text(self) -> str:
        """What stands on the screen."""
        return screen_text(self.app)

    @property
    def store(self) -> BoardStore:
        assert self.app.store is not None
        return self.app.store

    @property
    def board(self) -> BoardScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, BoardScreen))

    @property
    def view(self) -> BoardView:
        assert self.board.view is not None
        return self.board.view

    @property
    def cursor(self) -> str:
        """The title of the card under the cursor."""
        card = self.view.card()
        return card.title if card is not None else ""

    def sent(self, kind: type) -> list[object]:
        """The bodies of a kind that were sent."""
        return [call.body for call, _ in self.peer.sent if isinstance(call.body, kind)]

    def column(self, number: int) -> ColumnView:
        return self.board.columns.views[boards.column_id(number)]

    def titles(self, number: int) -> list[str]:
        """The titles in a column, as shown."""
        return [card.title for card in self.view.cards(boards.column_id(number))]

    def server_titles(self, number: int) -> list[str]:
        """The titles in a column, as the peer has them."""
        return [card.title for card in self.peer.replica.cards_in(boards.column_id(number))]


@asynccontextmanager
async def at_desk(
    snapshot: Snapshot,
    *,
    size: tuple[int, int] = (80, 24),
    board: str | None = None,
    keys: Mapping[str, Sequence[str]] | None = None,
    home: Home | None = None,
) -> AsyncIterator[Desk]:
    """The app with the board of `snapshot` open and live."""
    peer = ScriptedPeer(snapshot)
    async with running(peer, size=size, board=board, keys=keys, home=home) as desk:
        await desk.until("the board is live", lambda: "● live" in desk.text())
        yield desk


@asynccontextmanager
async def running(
    peer: ScriptedPeer,
    *,
    size: tuple[int, int] = (80, 24),
    board: str | None = None,
    keys: Mapping[str, Sequence[str]] | None = None,
    home: Home | None = None,
) -> AsyncIterator[Desk]:
    """The app on a peer, as far as it gets."""

    app = scripted_app(peer, board=board, keys=keys, home=home)
    async with app.run_test(size=size, notifications=True) as pilot:
        desk = Desk(app, peer, pilot)
        await desk.settle()
        if home is None:
            app.animation_level = "none"  # what others move is where it belongs at once, and not only in a while
        yield desk


def scripted_app(
    peer: ScriptedPeer,
    *,
    board: str | None = None,
    keys: Mapping[str, Sequence[str]] | None = None,
    home: Home | None = None,
) -> RegoApp:
    """The app on a peer, not running yet."""

    async def open_workspace() -> Workspace:
        return Workspace(peer, peer.open_feed)

    async def no_client() -> None:
        raise AssertionError("the scripted peer needs no client")

    connect = Connect(client=no_client, board=board, home=home)  # type: ignore[arg-type]
    return RegoApp(connect, keys=keys, clock=lambda: boards.NOW, open_workspace=open_workspace)
