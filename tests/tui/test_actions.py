"""Each action of the keymap, done with its key: `test_<id>` for every id, which `test_every_action_has_a_test` checks."""

from __future__ import annotations

import pytest

from rego.wire.cards import CreateCard, MoveCard, UpdateCard
from rego_tui.keymap import ACTIONS, Place
from rego_tui.screens.boards import BoardsScreen
from rego_tui.screens.card import CardScreen
from rego_tui.screens.help import HelpScreen
from tests.tui import boards
from tests.tui.desk import Desk, at_desk


@pytest.mark.parametrize("action_id", [action.id for action in ACTIONS])
def test_every_action_has_a_test(action_id: str) -> None:
    assert f"test_{action_id.replace('.', '_')}" in globals()


# --- the cursor ------------------------------------------------------------------------------------------------------


async def test_cursor_down() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("j")
        assert desk.cursor == "A2"
        await desk.press("9", "down")
        assert desk.cursor == "A3"


async def test_cursor_up() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("G", "k")
        assert desk.cursor == "A2"
        await desk.press("5", "up")
        assert desk.cursor == "A1"


async def test_cursor_left() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("l", "h")
        assert desk.cursor == "A1"
        await desk.press("left")
        assert desk.cursor == "A1"


async def test_cursor_right() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("j", "l")
        assert desk.cursor == "B1"
        await desk.press("right")
        assert desk.cursor == "B1"


async def test_cursor_top() -> None:
    async with at_desk(boards.large(50, 1)) as desk:
        await desk.press("2", "0", "j", "g", "g")
        assert desk.view.card_id == boards.card_id(1)


async def test_cursor_bottom() -> None:
    async with at_desk(boards.large(50, 1)) as desk:
        await desk.press("G")
        assert desk.view.card_id == boards.card_id(50)
        assert "Card number 50" in desk.text()


async def test_cursor_page_down() -> None:
    async with at_desk(boards.large(50, 1)) as desk:
        await desk.press("ctrl+d", "ctrl+d", "ctrl+d")
        index = desk.view.index_of(desk.view.column_id, desk.view.card_id)
        assert index is not None
        assert 5 <= index <= 15
        assert f"OPS-{index + 1}" in desk.text().split()


async def test_cursor_page_up() -> None:
    async with at_desk(boards.large(50, 1)) as desk:
        await desk.press("G", *["pageup"] * 30)
        assert desk.view.card_id == boards.card_id(1)


# --- moving ------------------------------------------------------------------------------------------------------------


def bodies(desk: Desk, kind: type) -> list[object]:
    """What was sent of a kind."""
    return [call.body for call, _ in desk.peer.sent if isinstance(call.body, kind)]


async def test_card_move_right() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("j", "L")
        assert (desk.titles(1), desk.titles(2)) == (["A1", "A3"], ["B1", "A2"])
        assert desk.cursor == "A2"
        await desk.until_sent()
        assert desk.server_titles(2) == ["B1", "A2"]
        assert bodies(desk, MoveCard) == [MoveCard(column_id=boards.column_id(2), after_id=boards.card_id(4))]


async def test_card_move_left() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("l", "H")
        await desk.until_sent()
        assert desk.server_titles(1) == ["B1", "A1", "A2", "A3"]


async def test_card_move_down() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("J", "J", "J")
        await desk.until_sent()
        assert desk.server_titles(1) == ["A2", "A3", "A1"]
        assert len(bodies(desk, MoveCard)) == 2, "a card at the bottom stays there without a request"


async def test_card_move_up() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("G", "2", "K")
        await desk.until_sent()
        assert desk.server_titles(1) == ["A3", "A1", "A2"]
        assert len(bodies(desk, MoveCard)) == 1


async def test_a_count_moves_several_columns_with_one_request() -> None:
    async with at_desk(boards.rich()) as desk:
        await desk.press("3", "L")
        await desk.until_sent()
        assert desk.server_titles(4)[0] == "Write down what the first week taught us"
        assert len(bodies(desk, MoveCard)) == 1
        assert desk.view.column_id == boards.column_id(4)
        assert "Backups are restored" in desk.text()


async def test_card_carry() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("m")
        assert desk.board.place is Place.MOVE
        assert "MOVE" in desk.text()
        await desk.press("m")
        assert not bodies(desk, MoveCard), "put down where it was, nothing is sent"


async def test_carry_right() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("m", "l")
        assert (desk.titles(1), desk.titles(2)) == (["A2", "A3"], ["A1", "B1"])
        assert not bodies(desk, MoveCard)


async def test_carry_left() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("l", "m", "left")
        assert desk.titles(1) == ["B1", "A1", "A2", "A3"]


async def test_carry_down() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("m", "down")
        assert desk.titles(1) == ["A2", "A1", "A3"]


async def test_carry_up() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("G", "m", "k")
        assert desk.titles(1) == ["A1", "A3", "A2"]


async def test_carry_top() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("G", "m", "g", "g")
        assert desk.titles(1) == ["A3", "A1", "A2"]


async def test_carry_bottom() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("m", "G")
        assert desk.titles(1) == ["A2", "A3", "A1"]


async def test_carry_to_column() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("m", "2", "9")
        assert desk.titles(2) == ["A1", "B1"]


async def test_carry_drop() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("m", "2", "j", "enter")
        await desk.until_sent()
        assert desk.server_titles(2) == ["B1", "A1"]
        assert desk.board.place is Place.BOARD
        assert desk.cursor == "A1"


async def test_carry_cancel() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("j", "m", "l", "escape")
        assert (desk.titles(1), desk.titles(2)) == (["A1", "A2", "A3"], ["B1"])
        assert desk.cursor == "A2"
        assert desk.view.column_id == boards.column_id(1)
        assert not bodies(desk, MoveCard)


# --- cards -------------------------------------------------------------------------------------------------------------


async def test_card_new() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("n", *"one", "enter", *"two", "enter", "escape")
        assert desk.titles(1) == ["A1", "A2", "A3", "one", "two"]
        await desk.until_sent()
        assert desk.server_titles(1) == ["A1", "A2", "A3", "one", "two"]
        assert desk.cursor == "two"


async def test_card_new_below() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("o", *"new", "enter", "enter")
        await desk.until_sent()
        assert desk.server_titles(1) == ["A1", "new", "A2", "A3"]
        assert [body.title for body in bodies(desk, CreateCard) if isinstance(body, CreateCard)] == ["new"]


async def test_card_new_above() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("O", *"new", "enter", "escape")
        await desk.until_sent()
        assert desk.server_titles(1) == ["new", "A1", "A2", "A3"]


async def test_card_edit_title() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("e", *" more", "enter")
        assert desk.titles(1)[0] == "A1 more"
        await desk.until_sent()
        assert bodies(desk, UpdateCard) == [UpdateCard(title="A1 more", version=1)]


async def test_leaving_the_title_as_it_was_sends_nothing() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("e", *" more", "escape", "e", "enter")
        assert desk.titles(1)[0] == "A1"
        assert not bodies(desk, UpdateCard)


async def test_card_toggle_done() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("x")
        assert "✓ done" in desk.text()
        await desk.press("x")
        await desk.until_sent()
        assert bodies(desk, UpdateCard) == [UpdateCard(completed=True), UpdateCard(completed=False)]


async def test_card_archive() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("d")
        assert desk.titles(1) == ["A2", "A3"]
        assert desk.cursor == "A2"
        await desk.until("the notice stands", lambda: "Press u to bring it back" in desk.notices())
        await desk.until_sent()
        assert desk.server_titles(1) == ["A2", "A3"]


async def test_card_unarchive() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("j", "d", "u")
        assert desk.titles(1) == ["A1", "A2", "A3"]
        assert desk.cursor == "A2"
        await desk.until_sent()
        assert desk.server_titles(1) == ["A1", "A2", "A3"]


async def test_unarchive_without_anything_archived_says_so() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("u")
        await desk.until("the notice stands", lambda: "archived nothing" in desk.notices())


async def test_card_open() -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.details[boards.card_id(1)] = ("Some **bold** words", [], [])
        await desk.press("enter")
        assert isinstance(desk.app.screen, CardScreen)
        await desk.until("the description is read", lambda: "Some bold words" in desk.text())
        assert "OPS-1 in Todo" in desk.text()


async def test_filter_edit() -> None:
    async with at_desk(boards.rich()) as desk:
        await desk.press("/", *"bug")
        assert desk.titles(1) == ["Search forgets the filter", "Move the mail queue to the new host without losing a message"]
        assert "2 of 4" in desk.text()
        await desk.press("enter", "j")
        assert desk.cursor.startswith("Move the mail")


async def test_board_back() -> None:
    async with at_desk(boards.rich()) as desk:
        await desk.press("/", *"bug", "enter", "escape")
        assert len(desk.titles(1)) == 4


async def test_board_resync() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("R")
        await desk.until("the board is read again", lambda: desk.peer.opened == 2 and "● live" in desk.text())
        assert desk.titles(1) == ["A1", "A2", "A3"]


async def test_board_switch() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("b")
        assert isinstance(desk.app.screen, BoardsScreen)
        await desk.until("the list stands", lambda: "Website relaunch" in desk.text())


# --- the open card -----------------------------------------------------------------------------------------------------


async def long_card(desk: Desk) -> None:
    """Open a card whose description is longer than the screen."""
    desk.peer.details[boards.card_id(1)] = ("\n\n".join(f"line {n}." for n in range(100)), [], [])
    await desk.press("enter")
    await desk.until("the description is read", lambda: "line 1." in desk.text())


async def test_page_down() -> None:
    async with at_desk(boards.small()) as desk:
        await long_card(desk)
        await desk.press("9", "9", "j")
        assert "line 1." not in desk.text()


async def test_page_up() -> None:
    async with at_desk(boards.small()) as desk:
        await long_card(desk)
        await desk.press("9", "9", "j", "9", "9", "k")
        assert "line 1." in desk.text()


async def test_page_half_down() -> None:
    async with at_desk(boards.small()) as desk:
        await long_card(desk)
        await desk.press("ctrl+d", "ctrl+d")
        assert "line 1." not in desk.text()


async def test_page_half_up() -> None:
    async with at_desk(boards.small()) as desk:
        await long_card(desk)
        await desk.press("ctrl+d", "ctrl+d", "ctrl+u", "ctrl+u")
        assert "line 1." in desk.text()


async def test_page_bottom() -> None:
    async with at_desk(boards.small()) as desk:
        await long_card(desk)
        await desk.press("G")
        assert "line 99." in desk.text()


async def test_page_top() -> None:
    async with at_desk(boards.small()) as desk:
        await long_card(desk)
        await desk.press("G", "g", "g")
        assert "line 1." in desk.text()


async def test_open_card_toggle_done() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("enter", "x")
        assert "✓ done" in desk.text()
        await desk.until_sent()
        assert desk.peer.replica.cards[boards.card_id(1)].completed


async def test_open_card_reload() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("enter")
        desk.peer.details[boards.card_id(1)] = ("written since", [], [])
        await desk.press("R")
        await desk.until("the card is read again", lambda: "written since" in desk.text())


async def test_open_card_close() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("enter", "escape")
        assert desk.app.screen is desk.board


# --- boards, help, everywhere --------------------------------------------------------------------------------------------


async def two_boards(desk: Desk) -> None:
    """Go back to a list of two boards."""
    desk.peer.others = [boards.board("Second board", "TWO", 2)]
    await desk.press("b")
    await desk.until("both stand there", lambda: "Second board" in desk.text())


async def test_boards_down() -> None:
    async with at_desk(boards.small()) as desk:
        await two_boards(desk)
        await desk.press("j", "enter")
        assert desk.store.board_id == boards.board_id(2)


async def test_boards_up() -> None:
    async with at_desk(boards.small()) as desk:
        await two_boards(desk)
        await desk.press("j", "k", "enter")
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


async def test_app_help() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("?")
        assert isinstance(desk.app.screen, HelpScreen)
        assert "one column to the right" in desk.text() or "the column to the left" in desk.text()


async def test_help_down() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("?", "2", "0", "j")
        assert "the column to the left" not in desk.text()


async def test_help_up() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("?", "2", "0", "j", "2", "0", "k")
        assert "the column to the left" in desk.text()


async def test_help_close() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("?", "?")
        assert desk.app.screen is desk.board


async def test_app_palette() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press(":")
        await desk.until("the palette stands open", lambda: type(desk.app.screen).__name__ == "CommandPalette")
        await desk.pilot.press(*"bring back")
        await desk.until("the action is found", lambda: "card.unarchive" in desk.text() or "Bring back" in desk.text())


async def test_app_quit() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("q")
        assert not desk.app.is_running


async def test_quitting_with_changes_under_way_asks_once_more() -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.hold()
        await desk.press("x", "q")
        assert desk.app.is_running
        await desk.until("the warning stands", lambda: "1 change is not sent yet" in desk.notices())
        await desk.press("q")
        assert not desk.app.is_running
