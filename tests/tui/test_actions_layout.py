"""How a board is laid out: density, columns as strips or hidden, what is kept of that, and the popup about a column."""

from __future__ import annotations

from pathlib import Path

import pytest

from rego.client import boards as boards_api
from rego.client import columns
from rego.client.home import Home
from rego.client.paths import Paths
from rego.wire.boards import CreateBoard
from rego.wire.columns import CreateColumn, WipMode
from rego_tui.layout import Layout, keep_layout, read_layout
from rego_tui.screens.board_frame import arrange
from rego_tui.widgets.looks import Density
from tests.conftest import Join
from tests.running import Running
from tests.tui import boards
from tests.tui.desk import at_desk
from tests.tui.seat import Seat, seated

TODO, DOING = boards.column_id(1), boards.column_id(2)


def home(directory: Path) -> Home:
    return Home(Paths(config=directory, data=directory, cache=directory))


async def test_board_density() -> None:
    async with at_desk(boards.rich()) as desk:
        normal = desk.text()
        assert "● design" in normal
        await desk.press("z", "z")
        assert "The cards of this board are compact now." in desk.notices()
        rows = desk.text().splitlines()
        assert [row[2:7] for row in rows[3:7]] == ["OPS-1", "OPS-2", "OPS-3", "OPS-4"], "one line for each card"
        await desk.press("z")
        assert desk.text().splitlines()[3:12] == normal.splitlines()[3:12]


async def test_compact_cards_can_be_typed_on_and_say_who_is_there() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("z", "z", "j", "e", *" more", "enter")
        assert "OPS-2 A2 more" in desk.text()
        desk.peer.look_at(boards.card_id(1), editing=True)
        await desk.until("the name stands there", lambda: "OPS-1 A1" in desk.text() and "Mia editing" in desk.text())


async def test_column_collapse() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("c")
        assert desk.view.column_id == DOING, "the cursor leaves the strip"
        rows = [row[:4].strip() for row in desk.text().splitlines()]
        assert (rows[1], rows[3:7]) == ("3", ["T", "o", "d", "o"])
        assert "A1" not in desk.text()
        await desk.press("h")
        assert "A1" in desk.text(), "it is open while the cursor is in it"
        await desk.press("c", "l")
        assert "The column stays open now." in desk.notices()
        assert "A1" in desk.text()


async def test_cards_go_into_a_strip_and_it_opens_for_them() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("l", "c", "L")
        assert desk.titles(2) == ["A1", "B1"]
        assert desk.cursor == "A1"
        await desk.press("h", "ctrl+a")
        assert "2 MARKED" in desk.text(), "what stands in the strip is not marked unseen"


async def test_a_click_opens_a_strip() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("c")
        await desk.pilot.click(offset=(1, 4))
        await desk.until("it is open", lambda: "A1" in desk.text())


async def test_column_menu() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("C", *"hide", "enter")
        await desk.until("it is hidden", lambda: "Todo" not in desk.text())
        assert "1 hidden" in desk.text()
        assert desk.cursor == "B1"
        await desk.press("C", *"hide", "enter")
        await desk.until("one stays", lambda: "The last column in sight stays in sight." in desk.notices())
        await desk.press("C", *"show", "enter")
        await desk.until("it is back", lambda: "A1" in desk.text())


async def test_a_card_that_goes_into_a_hidden_column_leaves_the_cursor_here() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("l", "C", *"hide", "enter")
        await desk.until("it is hidden", lambda: "Doing" not in desk.text())
        desk.peer.move(boards.card_id(1), DOING, 0)
        await desk.until("the card is gone from here", lambda: desk.titles(1) == ["A2", "A3"])
        assert desk.cursor == "A2"


async def test_a_layout_is_kept(tmp_path: Path) -> None:
    async with at_desk(boards.small(), home=home(tmp_path)) as desk:
        await desk.press("c", "z")
        await desk.until("it is written", lambda: read_layout(tmp_path / "layouts", boards.board_id()).density is not None)
    kept = read_layout(tmp_path / "layouts", boards.board_id())
    assert kept == Layout(collapsed=frozenset({TODO}), density=Density.FULL)
    async with at_desk(boards.small(), home=home(tmp_path)) as desk:
        assert desk.board.density is Density.FULL
        await desk.press("l")
        assert "A1" not in desk.text()


@pytest.mark.parametrize("content", [b"", b"{", b'{"density": "thick"}', b'{"hidden": 1}'])
def test_a_layout_that_cannot_be_read_is_the_plain_one(tmp_path: Path, content: bytes) -> None:
    assert read_layout(tmp_path, "x") == Layout()
    (tmp_path / "x.json").write_bytes(content)
    assert read_layout(tmp_path, "x") == Layout()
    keep_layout(tmp_path, "x", Layout(hidden=frozenset({"a"})))
    assert read_layout(tmp_path, "x") == Layout(hidden=frozenset({"a"}))


@pytest.mark.parametrize(
    ("collapsed", "cursor", "first", "width", "shown"),
    [
        ([False] * 5, 0, 0, 80, (0, 3)),
        ([False] * 5, 4, 0, 80, (2, 5)),
        ([False] * 5, 1, 4, 80, (1, 4)),
        ([False] * 5, 2, 0, 60, (2, 3)),
        ([True, True, False, False, False], 2, 0, 80, (0, 4)),
        ([False, True, True, True, False], 0, 0, 80, (0, 5)),
        ([], 0, 0, 80, (0, 0)),
    ],
)
def test_as_many_columns_are_shown_as_fit(
    collapsed: list[bool], cursor: int, first: int, width: int, shown: tuple[int, int]
) -> None:
    assert arrange(collapsed, cursor, first, width) == shown


async def test_columns_are_made_changed_and_put_away(server: Running, people: Join) -> None:
    ada = await people("ada")
    board = await ada.client.send(boards_api.create_board(CreateBoard(title="Ops", key="OPS")))
    await ada.client.send(columns.create_column(board.id, CreateColumn(title="Todo")))

    async def titles() -> list[str]:
        return [column.title for column in await ada.client.send(columns.list_columns(board.id)) if not column.archived]

    async with seated(server, ada, board) as seat:
        await _choose(seat, "Doing", "add", *"Doing")
        await seat.press("l")
        await _choose(seat, "Going", "rename", *["backspace"] * 5, *"Going")
        await _choose(seat, "0/3", "limit", *"3")
        await _choose(seat, "1 Going", "left")
        assert await titles() == ["Going", "Todo"]
        limited = (await ada.client.send(columns.list_columns(board.id)))[0]
        assert (limited.wip_limit, limited.wip_mode, limited.title) == (3, WipMode.SOFT, "Going")
        await _choose(seat, "2 Soon", "add", *"Soon")
        await _choose(seat, "1 Soon", "archive")
        await _choose(seat, "1 Todo", "delete")
        assert await titles() == ["Todo"]


async def _choose(seat: Seat, shown: str, what: str, *typed: str) -> None:
    """Choose a row of the popup, type what it asks for, and wait until that shows."""
    await seat.press("C")
    await seat.until("the popup stands", lambda: "take" in seat.text())
    await seat.press(*what, "enter")
    if typed:
        await seat.until("it asks", lambda: "“" in seat.text() or "Title" in seat.text())
        await seat.press(*typed, "enter")
    await seat.until(f"{shown} is shown", lambda: shown in seat.text() and "take" not in seat.text())
