"""The actions of the list of boards, each done with its key; what changes a board, on a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rego.client import boards as calls
from rego.client import cards, columns
from rego.client.aio import Client as AsyncClient
from rego.client.blocking import Client
from rego.client.home import Home
from rego.client.live import LiveBoard, PresenceCame
from rego.wire.base import Role
from rego.wire.boards import AddMember, Board, CreateBoard, UpdateBoard
from rego.wire.cards import CreateCard, UpdateCard
from rego.wire.columns import CreateColumn
from rego.wire.errors import Forbidden
from rego_tui.screens.board import BoardScreen
from rego_tui.screens.boards import BoardsScreen
from rego_tui.widgets.line_input import LineInput
from tests.cli.conftest import Person, join
from tests.tui import boards
from tests.tui.at_home import Visitor, empty_home, visiting
from tests.tui.desk import Desk, at_desk


async def two_boards(desk: Desk) -> None:
    """Go back to a list of two boards, with the cursor on the one that was open, the second."""
    desk.peer.others = [boards.board("Second board", "TWO", 2)]
    await desk.press("B")
    await desk.until("both stand there", lambda: "Second board" in desk.text())


async def test_boards_down() -> None:
    async with at_desk(boards.small()) as desk:
        await two_boards(desk)
        await desk.press("9", "k", "j", "enter")
        assert desk.store.board_id == boards.board_id(1)


async def test_boards_up() -> None:
    async with at_desk(boards.small()) as desk:
        await two_boards(desk)
        await desk.press("k", "enter")
        assert desk.store.board_id == boards.board_id(2)


async def test_boards_top() -> None:
    async with at_desk(boards.small()) as desk:
        await two_boards(desk)
        await desk.press("g", "g", "enter")
        assert desk.store.board_id == boards.board_id(2)


async def test_boards_bottom() -> None:
    async with at_desk(boards.small()) as desk:
        await two_boards(desk)
        await desk.press("g", "g", "G", "enter")
        assert desk.store.board_id == boards.board_id(1)


async def test_boards_open() -> None:
    async with at_desk(boards.small()) as desk:
        await two_boards(desk)
        await desk.press("l")
        await desk.until("the board is open again", lambda: "● live" in desk.text())


async def test_boards_reload() -> None:
    async with at_desk(boards.small()) as desk:
        await two_boards(desk)
        desk.peer.others = [boards.board("Third board", "TRI", 3)]
        await desk.press("R")
        await desk.until("the list is read again", lambda: "Third board" in desk.text())


async def test_boards_filter() -> None:
    async with at_desk(boards.small()) as desk:
        await two_boards(desk)
        await desk.press("/", *"sec")
        assert "Website relaunch" not in desk.text()
        await desk.press("enter")
        assert desk.store.board_id == boards.board_id(2)


async def test_boards_back() -> None:
    async with at_desk(boards.small()) as desk:
        await two_boards(desk)
        await desk.press("/", *"nothing like it")
        assert "No board fits “nothing like it”." in desk.text()
        await desk.press("escape")
        assert "Website relaunch" in desk.text()
        await desk.press("escape")
        assert isinstance(desk.app.screen, BoardsScreen)


async def test_boards_import() -> None:
    async with at_desk(boards.small()) as desk:
        await two_boards(desk)
        await desk.press("i")
        assert "rego import trello FILE" in desk.notices()


# --- on a real server ------------------------------------------------------------------------------------------------


@pytest.fixture
def ada(server_url: str) -> Person:
    return join(server_url, "ada")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ada: Person) -> Home:
    """Ada's, who is logged in."""
    home = empty_home(tmp_path, monkeypatch)
    home.store.save(ada.credentials)
    return home


Make = Callable[..., Board]


@pytest.fixture
def make(ada: Person) -> Make:
    """Makes boards of Ada's: with a column and as many cards, of which so many are done and so many overdue."""

    def made(title: str, cards_on_it: int = 0, done: int = 0, overdue: int = 0) -> Board:
        with Client(ada.server, ada.credentials) as client:
            board = client.send(calls.create_board(CreateBoard(title=title)))
            column = client.send(columns.create_column(board.id, CreateColumn(title="Todo")))
            for number in range(cards_on_it):
                card = client.send(cards.create_card(board.id, CreateCard(title=f"card {number}", column_id=column.id)))
                if number < done:
                    client.send(cards.update_card(card.id, UpdateCard(completed=True)))
                elif number < done + overdue:
                    late = datetime.now(UTC) - timedelta(days=1)
                    client.send(cards.update_card(card.id, UpdateCard(due_at=late)))
            return board

    return made


@asynccontextmanager
async def watching(person: Person, board: Board) -> AsyncIterator[None]:
    """Somebody has the board open."""
    async with AsyncClient(person.server, person.credentials) as client, LiveBoard(client, board.id) as live:
        async for update in live:
            if isinstance(update, PresenceCame):
                break
        yield


def on_server(ada: Person) -> dict[str, bool]:
    """Ada's boards by title: whether each is archived."""
    with Client(ada.server, ada.credentials) as client:
        return {board.title: board.archived for board in client.send(calls.list_boards())}


async def until_on_server(visitor: Visitor, ada: Person, wanted: dict[str, bool]) -> None:
    await visitor.until(f"the server has {wanted}", lambda: on_server(ada) == wanted)


async def test_boards_new(home: Home, server_url: str, ada: Person) -> None:
    async with visiting(home, server_url) as visitor:
        await visitor.until_seen("You have no boards yet.")
        await visitor.press("n", *"Team [/]", "enter")
        await visitor.until_seen("● live")
        assert all(word in visitor.text() for word in ("Team [/]", "Todo", "Doing", "Done"))
        assert on_server(ada) == {"Team [/]": False}


async def test_boards_rename(home: Home, server_url: str, ada: Person, make: Make) -> None:
    make("One"), make("Two")
    async with visiting(home, server_url) as visitor:
        await visitor.until_seen("2 boards")
        await visitor.press("e", "ctrl+u", *"Uno", "enter")
        await visitor.until("it has the new title", lambda: "Uno" in visitor.text())
        await until_on_server(visitor, ada, {"Uno": False, "Two": False})


async def test_boards_archive(home: Home, server_url: str, ada: Person, make: Make) -> None:
    make("One"), make("Two")
    async with visiting(home, server_url) as visitor:
        await visitor.until_seen("2 boards")
        await visitor.press("d")
        await visitor.until_seen("1 board")
        assert "Press u to undo." in visitor.notices()
        assert on_server(ada) == {"One": True, "Two": False}


async def test_boards_undo(home: Home, server_url: str, ada: Person, make: Make) -> None:
    make("One"), make("Two")
    async with visiting(home, server_url) as visitor:
        await visitor.until_seen("2 boards")
        await visitor.press("d")
        await visitor.until_seen("1 board")
        await visitor.press("u")
        await visitor.until_seen("2 boards")
        await visitor.press("u")
        assert "Nothing was done here" in visitor.notices()
        assert on_server(ada) == {"One": False, "Two": False}


async def test_boards_show_archived(home: Home, server_url: str, make: Make, ada: Person) -> None:
    old = make("Old")
    make("One"), make("Two")
    with Client(ada.server, ada.credentials) as client:
        client.send(calls.update_board(old.id, UpdateBoard(archived=True)))
    async with visiting(home, server_url) as visitor:
        await visitor.until_seen("2 boards")
        assert "Old" not in visitor.text()
        await visitor.press("A")
        assert "Old" in visitor.text()
        assert "archived" in visitor.text()


async def test_boards_restore(home: Home, server_url: str, make: Make, ada: Person) -> None:
    old = make("Old")
    with Client(ada.server, ada.credentials) as client:
        client.send(calls.update_board(old.id, UpdateBoard(archived=True)))
    async with visiting(home, server_url) as visitor:
        await visitor.until_seen("All your boards are archived.")
        await visitor.press("A", "D")
        await visitor.until_seen("1 board")
        assert on_server(ada) == {"Old": False}


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_row_says_how_full_a_board_is_and_who_is_there(
    home: Home, server_url: str, ada: Person, make: Make, size: tuple[int, int]
) -> None:
    board = make("One", cards_on_it=5, done=2, overdue=1)
    make("Two")
    bob = join(server_url, "bob")
    with Client(ada.server, ada.credentials) as client:
        client.send(calls.add_member(board.id, AddMember(username=bob.username, role=Role.VIEWER)))
    async with visiting(home, server_url, size=size) as visitor, watching(bob, board):
        await visitor.until_seen("2 boards")
        await visitor.until_seen("2/5")
        assert "1 overdue" in visitor.text()
        assert "no cards" in visitor.text()
        await visitor.press("R")
        await visitor.until("Bob is seen", lambda: bob.username[:8] in visitor.text())


async def test_who_does_not_own_a_board_is_told_so(home: Home, server_url: str, ada: Person) -> None:
    bob = join(server_url, "bob")
    with Client(bob.server, bob.credentials) as client:
        for title in ("His", "His too"):
            board = client.send(calls.create_board(CreateBoard(title=title)))
            client.send(calls.add_member(board.id, AddMember(username=ada.username, role=Role.MEMBER)))
    async with visiting(home, server_url) as visitor:
        await visitor.until_seen("2 boards")
        await visitor.press("d", "e")
        assert "this needs an owner" in visitor.notices()
        assert not visitor.app.screen.query_one("#answer", LineInput).display


async def test_the_board_that_was_opened_last_comes_first(home: Home, server_url: str, make: Make) -> None:
    make("One"), make("Two")
    async with visiting(home, server_url) as visitor:
        await visitor.until_seen("2 boards")
        await visitor.press("j", "enter")
        await visitor.until("the board is open", lambda: isinstance(visitor.app.screen, BoardScreen))
        await visitor.until("it is noted", lambda: not any(worker.group == "recent" for worker in visitor.app.workers))
    async with visiting(home, server_url) as visitor:
        await visitor.until_seen("2 boards")
        lines = [line for line in visitor.text().splitlines() if "One" in line or "Two" in line]
        assert "Two" in lines[0]


async def test_a_title_that_is_refused_stays_to_be_sent_again() -> None:
    async with at_desk(boards.small()) as desk:
        await two_boards(desk)
        desk.peer.refusals.append(Forbidden("Not today."))
        await desk.press("n", *"My plan", "enter")
        await desk.until("it is refused", lambda: "Not today." in desk.notices())
        assert desk.app.screen.query_one("#answer", LineInput).value == "My plan"


@pytest.mark.parametrize("size", [(24, 6), (45, 10), (60, 24)])
async def test_every_size_shows_the_boards(size: tuple[int, int]) -> None:
    async with at_desk(boards.small()) as desk:
        await two_boards(desk)
        await desk.pilot.resize_terminal(*size)
        await desk.settle()
        assert "Website" in desk.text()
