"""What waits for a board that is not open: it is said at the start and in the list, and at logout its fate is the user's."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from rego.client import boards, tokens
from rego.client.credentials import Credentials
from rego.client.server import Server
from rego.client.waiting import count
from rego.wire.base import Role
from rego.wire.boards import Board, CreateBoard, UpdateMember
from rego.wire.tokens import CreateToken
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


async def test_the_list_shows_for_which_board_changes_wait_until_it_is_opened(waiting: Line) -> None:
    async with at_the_list(waiting) as visitor:
        await visitor.until_seen("2 waiting")
        await visitor.until(
            "it is said, too", lambda: "2 changes wait for OPS; open that board to send them." in visitor.notices()
        )
        await visitor.press(*"/OPS", "enter")
        await visitor.until("they are sent", lambda: not waiting.files() and visitor.app.waiting == 0)
        await visitor.press("B")
        await visitor.until("the list is there", lambda: isinstance(visitor.app.screen, BoardsScreen))
        await visitor.until("nothing waits", lambda: "waiting" not in visitor.text())


async def test_who_opens_another_board_at_once_is_told_what_waits_elsewhere(waiting: Line) -> None:
    async with visiting(waiting.home, waiting.address, board="HOME") as visitor:
        await visitor.until("it is said", lambda: "2 changes wait for OPS" in visitor.notices())
        await visitor.until_seen("● live")
    assert len(waiting.files()) == 2


@pytest.mark.parametrize("gone", ["deleted", "not hers any more"])
async def test_what_waits_for_a_board_that_is_gone_is_written_down_for_the_user(
    waiting: Line, board: tuple[Board, Somebody, Somebody], gone: str
) -> None:
    made, ada, ben = board
    if gone == "deleted":
        await ada.client.send(boards.delete_board(made.id))
    else:
        await ada.client.send(boards.update_member(made.id, ben.user.id, UpdateMember(role=Role.OWNER)))
        await ben.client.send(boards.remove_member(made.id, ada.user.id))
    async with visiting(waiting.home, waiting.address) as visitor:
        await visitor.until("it is said", lambda: "“Ops” is gone. What waited for it (2 changes) is in" in visitor.notices())
    assert not waiting.files()
    (written,) = (waiting.home.paths.drafts.parent / "texts").iterdir()
    assert "“new” was not added" in written.read_text()
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


async def test_a_board_that_ends_while_changes_wait_for_it_leaves_them_written_down(
    line: Line, board: tuple[Board, Somebody, Somebody]
) -> None:
    made, ada, _ = board
    async with line.open() as visitor:
        await line.cut(visitor)
        await visitor.press("n", *"new", "enter", "escape")
        await ada.client.send(boards.delete_board(made.id))
        line.proxy.heal()
        await visitor.until("it is said", lambda: "What waited for it (1 change) is in" in visitor.notices())
    assert not line.files()


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


async def test_with_a_personal_token_the_server_says_whose_changes_those_are(
    waiting: Line, board: tuple[Board, Somebody, Somebody]
) -> None:
    tokens_of = [await somebody.client.send(tokens.create_token(CreateToken(name="script"))) for somebody in board[1:]]
    server = Server.parse(waiting.address)
    found = []
    for made in tokens_of:
        waiting.home.store.save(Credentials(server=waiting.address, access_token=made.token))
        found.append(count(await asyncio.to_thread(waiting.home.waiting, server)))
    assert found == [2, 0]
