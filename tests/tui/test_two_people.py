"""Two people's apps on one real server: each sees what the other does, and where the other is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from rego.client import boards, cards, columns
from rego.client.aio import Client
from rego.client.credentials import Credentials
from rego.client.server import Server
from rego.wire.base import Role
from rego.wire.boards import AddMember, Board, CreateBoard
from rego.wire.cards import CreateCard, MoveCard, UpdateCard
from rego.wire.columns import CreateColumn
from rego_tui.app import Connect, RegoApp
from rego_tui.store import BoardStore
from tests.conftest import Join
from tests.running import Running, Somebody
from tests.tui.desk import screen_text


class Seat:
    """One person's app, running."""

    def __init__(self, app: RegoApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.press = pilot.press
        self._pilot = pilot

    def text(self) -> str:
        return screen_text(self.app)

    @property
    def store(self) -> BoardStore:
        assert self.app.store is not None
        return self.app.store

    async def until(self, what: str, condition: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(20):
                while not condition():
                    await self._pilot.pause(0.005)
        except TimeoutError:
            raise AssertionError(f"never came true: {what}\n{self.text()}") from None

    def said(self, words: str) -> bool:
        """Whether a sentence with these words was shown lately."""
        return any(words in notice.message for notice in self.app._notifications)

    def column_of(self, title: str) -> str:
        """The title of the column in which a card stands, as this app knows it."""
        replica = self.store.loaded
        for column in replica.columns_in_order():
            if any(card.title == title for card in replica.cards_in(column.id)):
                return column.title
        return ""


@asynccontextmanager
async def seated(server: Running, somebody: Somebody, board: Board) -> AsyncIterator[Seat]:
    """The app of `somebody`, open on the board."""

    async def client() -> Client:
        credentials = Credentials(server=server.url, access_token=somebody.token)
        return await Client(Server.parse(server.url), credentials).__aenter__()

    app = RegoApp(Connect(client=client, board=board.key))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        seat = Seat(app, pilot)
        await seat.until("the board is live", lambda: "● live" in seat.text())
        yield seat


@pytest.fixture
async def board(people: Join, server: Running) -> tuple[Board, Somebody, Somebody]:
    """A board of Ada's with Ben on it: two columns, three cards in the first."""
    ada, ben = await people("ada"), await people("ben")
    made = await ada.client.send(boards.create_board(CreateBoard(title="Ops", key="OPS")))
    await ada.client.send(boards.add_member(made.id, AddMember(username="ben", role=Role.MEMBER)))
    first, _ = [await ada.client.send(columns.create_column(made.id, CreateColumn(title=t))) for t in ("Todo", "Doing")]
    for title in ("Alpha", "Bravo", "Charlie"):
        await ada.client.send(cards.create_card(made.id, CreateCard(title=title, column_id=first.id)))
    return made, ada, ben


async def test_each_sees_the_others_move_and_place(server: Running, board: tuple[Board, Somebody, Somebody]) -> None:
    made, ada, ben = board
    async with seated(server, ada, made) as hers, seated(server, ben, made) as his:
        await hers.press("L")
        await his.until("Ben sees Ada's move", lambda: his.column_of("Alpha") == "Doing")
        # Ben's cursor rode along with the card that Ada moved.
        await his.press("h", "L")
        await hers.until("Ada sees Ben's move", lambda: hers.column_of("Bravo") == "Doing")
        await hers.until("Ada's own move is confirmed", lambda: not hers.store.loaded.pending)
        await hers.until("Ada sees Ben's name", lambda: "ben" in hers.text())
        await his.until("Ben sees Ada's name", lambda: "ada" in his.text())
        assert hers.store.loaded.snapshot().cards == his.store.loaded.snapshot().cards


async def test_undo_and_redo_go_through_the_server_unless_somebody_changed_it_since(
    server: Running, board: tuple[Board, Somebody, Somebody]
) -> None:
    made, ada, ben = board
    async with seated(server, ada, made) as hers:
        await hers.press("L", "u")
        await hers.until("the move is taken back", lambda: hers.said("Undone: ") and hers.column_of("Alpha") == "Todo")
        await hers.press("U")
        await hers.until("it is done again", lambda: hers.said("Done again: ") and hers.column_of("Alpha") == "Doing")
        await ben.client.send(cards.move_card("OPS-1", MoveCard(column_id=hers.store.loaded.columns_in_order()[0].id)))
        await hers.press("u")
        await hers.until("both columns are said", lambda: hers.said("the column was “Doing” and is “Todo” now"))


async def test_a_refused_move_is_rolled_back_with_a_sentence(server: Running, board: tuple[Board, Somebody, Somebody]) -> None:
    made, ada, ben = board
    await ada.client.send(boards.remove_member(made.id, ben.user.id))
    await ada.client.send(boards.add_member(made.id, AddMember(username="ben", role=Role.VIEWER)))
    async with seated(server, ben, made) as his:
        await his.press("L")
        await his.until("the move is rolled back", lambda: his.column_of("Alpha") == "Todo" and his.store.waiting == 0)
        assert "viewer" in "\n".join(notice.message for notice in his.app._notifications)


async def test_a_title_that_changes_under_the_cursor_is_redrawn(
    server: Running, board: tuple[Board, Somebody, Somebody]
) -> None:
    made, ada, ben = board
    async with seated(server, ben, made) as his:
        await ada.client.send(cards.update_card("OPS-1", UpdateCard(title="[/] and [@click=app.quit]x")))
        await his.until("the new title is drawn as it is", lambda: "[@click=app.quit]x" in his.text().replace("\n", ""))


async def test_lost_access_says_so(server: Running, board: tuple[Board, Somebody, Somebody]) -> None:
    made, ada, ben = board
    async with seated(server, ben, made) as his:
        await ada.client.send(boards.remove_member(made.id, ben.user.id))
        await his.until("the app says that access is gone", lambda: "taken off" in his.text())
