"""The board is read while the program is being loaded, is there before the socket is, and goes on from where it was read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from rego.client import aio, blocking, boards, cards, columns
from rego.client.credentials import Credentials
from rego.client.retry import ONCE
from rego.client.server import Server
from rego.wire.boards import Board, CreateBoard
from rego.wire.cards import CreateCard, MoveCard, UpdateCard
from rego.wire.columns import CreateColumn
from rego.wire.errors import NotRego
from rego_tui.app import Connect, RegoApp
from rego_tui.head_start import HeadStart, opened_at_once
from rego_tui.store import BoardStore
from tests.conftest import Join
from tests.running import Running, Somebody
from tests.tui.boards import board as a_board
from tests.tui.boards import board_id
from tests.tui.seat import Seat


@pytest.fixture
async def ada(people: Join) -> Somebody:
    return await people("ada")


@pytest.fixture
async def board(ada: Somebody) -> Board:
    """A board of Ada's: two columns, two cards in the first."""
    made = await ada.client.send(boards.create_board(CreateBoard(title="Ops", key="OPS")))
    first, _ = [await ada.client.send(columns.create_column(made.id, CreateColumn(title=t))) for t in ("Todo", "Doing")]
    for title in ("Alpha", "Bravo"):
        await ada.client.send(cards.create_card(made.id, CreateCard(title=title, column_id=first.id)))
    return made


def ahead(server: Running, somebody: Somebody, wanted: str | None = None) -> HeadStart:
    credentials = Credentials(server=server.url, access_token=somebody.token)
    return HeadStart(lambda: blocking.Client(Server.parse(server.url), credentials, policy=ONCE), wanted)


def app_of(server: Running, somebody: Somebody, begun: HeadStart, wait: Callable[[], Awaitable[object]]) -> RegoApp:
    async def client() -> aio.Client:
        await wait()
        credentials = Credentials(server=server.url, access_token=somebody.token)
        return await aio.Client(Server.parse(server.url), credentials).__aenter__()

    return RegoApp(Connect(client=client, ahead=begun, server=Server.parse(server.url)))


async def test_the_board_can_be_used_before_there_is_a_connection(server: Running, ada: Somebody, board: Board) -> None:
    gate = asyncio.Event()
    async with app_of(server, ada, ahead(server, ada), gate.wait).run_test(size=(100, 30), notifications=True) as pilot:
        seat = Seat(pilot.app, pilot)  # type: ignore[arg-type]
        await seat.until("the board is there", lambda: "Alpha" in seat.text())
        assert "connecting" in seat.text()
        await seat.press("L", "j")
        await seat.until("the move is shown", lambda: seat.column_of("Alpha") == "Doing" and "1 waiting" in seat.text())
        gate.set()
        await seat.until("the move is sent", lambda: "● live" in seat.text() and not seat.store.loaded.pending)
        snapshot = await ada.client.send(boards.get_snapshot(board.id))
        assert seat.store.loaded.snapshot() == snapshot


async def test_what_happened_meanwhile_comes_as_events(
    server: Running, ada: Somebody, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = ahead(server, ada)
    assert await asyncio.to_thread(begun.result)
    await ada.client.send(cards.update_card("OPS-2", UpdateCard(title="Bravo, renamed")))
    monkeypatch.setattr(BoardStore, "_take_snapshot", None)
    async with app_of(server, ada, begun, _at_once).run_test() as pilot:
        seat = Seat(pilot.app, pilot)  # type: ignore[arg-type]
        await seat.until("the new title is there", lambda: "Bravo, renamed" in seat.text() and "● live" in seat.text())
        await ada.client.send(cards.move_card("OPS-1", MoveCard(column_id=seat.store.loaded.columns_in_order()[1].id)))
        await seat.until("the stream goes on", lambda: seat.column_of("Alpha") == "Doing")


async def _at_once() -> None:
    """No wait at all."""


async def test_a_board_that_cannot_be_read_ahead_is_read_as_usual(server: Running, ada: Somebody, board: Board) -> None:
    def broken() -> blocking.Client:
        raise NotRego("Something else answers there.")

    begun = HeadStart(broken, None)
    assert await asyncio.to_thread(begun.result) is None
    async with app_of(server, ada, begun, _at_once).run_test() as pilot:
        seat = Seat(pilot.app, pilot)  # type: ignore[arg-type]
        await seat.until("the board is live", lambda: "● live" in seat.text())


async def test_several_boards_are_listed(server: Running, ada: Somebody, board: Board) -> None:
    await ada.client.send(boards.create_board(CreateBoard(title="Website")))
    begun = ahead(server, ada)
    async with app_of(server, ada, begun, _at_once).run_test() as pilot:
        seat = Seat(pilot.app, pilot)  # type: ignore[arg-type]
        await seat.until("both are listed", lambda: "Ops" in seat.text() and "Website" in seat.text())
        await seat.press("enter")
        await seat.until("the board is live", lambda: "● live" in seat.text() and "Alpha" in seat.text())


def test_a_board_is_wanted_by_id_key_or_title() -> None:
    ops, web = a_board("Operations", "OPS", 1), a_board("Website", "WEB", 2)
    assert opened_at_once([ops], None) is ops
    assert opened_at_once([ops, web], None) is None
    assert [opened_at_once([ops, web], name) for name in (board_id(2), "web", "WEBSITE", "operations")] == [web, web, web, ops]
    assert opened_at_once([ops, web], "nope") is None
