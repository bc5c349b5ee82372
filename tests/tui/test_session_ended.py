"""A session that ends while a board is open: the user logs in again, is on the same board, and nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rego.client import auth, boards, cards, columns
from rego.client.blocking import Client
from rego.client.home import Home
from rego.client.updates import Ended
from rego.wire.boards import Board, CreateBoard
from rego.wire.cards import CreateCard
from rego.wire.columns import CreateColumn
from rego.wire.errors import NotAuthenticated
from rego.wire.frames import Advice
from rego.wire.snapshot import Snapshot
from rego_tui.screens.boards import BoardsScreen
from rego_tui.screens.login import LoginScreen
from tests.cli.conftest import Person, join
from tests.running import PASSWORD
from tests.tui import boards as samples
from tests.tui.at_home import Visitor, empty_home, visiting
from tests.tui.desk import at_desk


@pytest.fixture
def ada(server_url: str) -> Person:
    return join(server_url, "ada")


@pytest.fixture
def board(ada: Person) -> Board:
    """A board with two columns and a card in the first."""
    with Client(ada.server, ada.credentials) as client:
        made = client.send(boards.create_board(CreateBoard(title="Ops")))
        first, _ = [client.send(columns.create_column(made.id, CreateColumn(title=title))) for title in ("Todo", "Doing")]
        client.send(cards.create_card(made.id, CreateCard(title="Alpha", column_id=first.id)))
        return made


def snapshot_of(person: Person, board: Board) -> Snapshot:
    """The board as the server has it, seen through a session of its own."""
    with Client(person.server) as stranger:
        tokens = stranger.send(auth.login(person.username, PASSWORD))
    with Client(person.server, type(person.credentials).of_tokens(person.server, tokens)) as client:
        return client.send(boards.get_snapshot(board.id))


@asynccontextmanager
async def on_board(home: Home, ada: Person, board: Board) -> AsyncIterator[Visitor]:
    """Ada's app on the board, after which her session ended while she moved the card."""
    home.store.save(ada.credentials)
    async with visiting(home, ada.server.url) as visitor:
        await visitor.until_seen("● live")
        with Client(ada.server, ada.credentials) as client:
            client.send(auth.logout())
        await visitor.press("L")
        await visitor.until("a login is asked for", lambda: isinstance(visitor.app.screen, LoginScreen))
        yield visitor


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return empty_home(tmp_path, monkeypatch)


async def test_the_same_board_goes_on_and_what_waited_is_sent(home: Home, ada: Person, board: Board) -> None:
    async with on_board(home, ada, board) as visitor:
        assert "Your session has ended" in " ".join(visitor.text().split())
        await visitor.type(ada.username, PASSWORD)
        await visitor.until_seen("● live")
        store = visitor.app.store
        assert store is not None
        await visitor.until("the move is sent", lambda: store.waiting == 0 and not store.loaded.pending)
    seen = snapshot_of(ada, board)
    assert {card.title: card.column_id for card in seen.cards} == {"Alpha": seen.columns[1].id}


async def test_somebody_else_gets_their_own_boards_and_sends_nothing(
    home: Home, server_url: str, ada: Person, board: Board
) -> None:
    bob = join(server_url, "bob")
    async with on_board(home, ada, board) as visitor:
        await visitor.type(bob.username, PASSWORD)
        await visitor.until_seen("You have no boards yet.")
        assert f"You are {bob.username} now." in visitor.notices()
    seen = snapshot_of(ada, board)
    assert {card.title: card.column_id for card in seen.cards} == {"Alpha": seen.columns[0].id}


async def test_who_does_not_log_in_leaves_the_board(home: Home, ada: Person, board: Board) -> None:
    async with on_board(home, ada, board) as visitor:
        await visitor.press("escape")
        await visitor.until(
            "the boards stand there", lambda: any(isinstance(s, BoardsScreen) for s in visitor.app.screen_stack)
        )
        assert visitor.app.store is None


async def test_where_nobody_can_log_in_it_is_said_how_to() -> None:
    async with at_desk(samples.small()) as desk:
        desk.peer.feed(Ended(advice=Advice.LOG_IN, reason="It was ended elsewhere."))
        await desk.until("the boards stand there", lambda: isinstance(desk.app.screen, BoardsScreen))
        assert "It was ended elsewhere. Log in again with `rego login`." in desk.notices()


async def test_a_change_that_finds_the_session_ended_is_not_rolled_back() -> None:
    async with at_desk(samples.small()) as desk:
        store = desk.store
        desk.peer.refusals.append(NotAuthenticated("Your session is over."))
        await desk.press("L")
        await desk.until("it is noticed", lambda: isinstance(desk.app.screen, BoardsScreen))
        assert store.waiting == 1
