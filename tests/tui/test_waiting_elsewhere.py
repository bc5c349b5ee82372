"""What waits for a board that is not open: it is said at the start and in the list, and at logout its fate is the user's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from rego.client import boards
from rego.wire.boards import Board, CreateBoard
from rego_tui.screens.boards import BoardsScreen
from rego_tui.screens.picker import Picker
from tests.running import Somebody
from tests.tui.at_home import Visitor, visiting
from tests.tui.cut_off import Line


@pytest.fixture
async def waiting(line: Line, board: tuple[Board, Somebody, Somebody]) -> Line:
    """Two changes of Ada's wait for OPS; she has another board, too."""
    await board[1].client.send(boards.create_board(CreateBoard(title="Home", key="HOME")))
    async with line.open() as visitor:
        await line.cut(visitor)
        await visitor.press("n", *"new", "enter", "escape", "x")
    line.proxy.heal()
    return line


@asynccontextmanager
async def at_the_list(line: Line) -> AsyncIterator[Visitor]:
    async with visiting(line.home, line.address) as visitor:
        await visitor.until_seen("OPS")
        yield visitor


async def test_logging_out_asks_and_keeps_what_waits(waiting: Line) -> None:
    async with at_the_list(waiting) as visitor:
        await visitor.press("Q")
        await visitor.until("it asks", lambda: isinstance(visitor.app.screen, Picker))
        assert "2 changes wait for" in visitor.text()
        await visitor.press("1")
        await visitor.until("she is logged out", lambda: not waiting.home.store.servers())
    assert len(waiting.files()) == 2


async def test_logging_out_can_let_go_of_what_waits(waiting: Line) -> None:
    async with at_the_list(waiting) as visitor:
        await visitor.press("Q", "2")
        await visitor.until("nothing is left", lambda: not waiting.files() and not waiting.home.store.servers())


async def test_who_does_not_choose_stays_logged_in(waiting: Line) -> None:
    async with at_the_list(waiting) as visitor:
        await visitor.press("Q")
        await visitor.until("it asks", lambda: isinstance(visitor.app.screen, Picker))
        await visitor.press("escape")
        await visitor.until("the list is there", lambda: isinstance(visitor.app.screen, BoardsScreen))
    assert len(waiting.files()) == 2
    assert waiting.home.store.servers()


async def test_files_from_before_they_said_where_they_belong_are_brought_up(waiting: Line) -> None:
    for path in waiting.files():
        entry = msgspec.json.decode(path.read_bytes())
        del entry["scope"]
        path.write_bytes(msgspec.json.encode(entry))
    async with waiting.open() as visitor:
        await visitor.until("they are sent", lambda: not waiting.files() and visitor.app.waiting == 0)
