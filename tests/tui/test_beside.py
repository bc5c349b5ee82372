"""A card beside the board: the board moves together, keeps the cursor's column in sight, and has its room back afterwards."""

from __future__ import annotations

from rego_tui.screens.people import PeoplePage
from tests.tui import boards
from tests.tui.desk import Desk, at_desk

WIDE = boards.snapshot(
    [boards.column(number, f"Column {number}") for number in range(1, 7)],
    [boards.card(number, f"Card of column {number}", number) for number in range(1, 7)],
)


def left_of_the_card(desk: Desk) -> list[str]:
    """The part of each line that belongs to the board."""
    return [line.split("▊")[0].rstrip() for line in desk.text().splitlines()]


async def test_the_board_moves_together_and_shows_the_column_of_the_open_card() -> None:
    async with at_desk(WIDE, size=(200, 50)) as desk:
        await desk.press("5", "l")
        assert "Column 1" in desk.text()
        await desk.press("enter")
        await desk.until("the card is read", lambda: "Enter edits" in desk.text())
        board = "\n".join(left_of_the_card(desk))
        assert "4-6 of 6" in board
        assert "Card of column 6" in board
        assert "● live" in board
        assert max(map(len, left_of_the_card(desk))) <= 100


async def test_only_the_keys_of_the_card_are_offered_while_it_is_open() -> None:
    async with at_desk(WIDE, size=(200, 50)) as desk:
        assert "move" in desk.text().splitlines()[-1]
        await desk.press("enter")
        await desk.until("the card is read", lambda: "Enter edits" in desk.text())
        assert left_of_the_card(desk)[-1] == ""


async def test_the_board_has_its_room_back_when_the_card_is_closed() -> None:
    async with at_desk(WIDE, size=(200, 50)) as desk:
        before = desk.text()
        await desk.press("enter")
        await desk.until("the card is read", lambda: "Enter edits" in desk.text())
        await desk.press("escape")
        await desk.until("the board is whole", lambda: desk.text() == before)


async def test_without_room_for_both_the_card_has_the_terminal_for_itself() -> None:
    async with at_desk(WIDE, size=(200, 50)) as desk:
        await desk.press("enter")
        await desk.until("the card is read", lambda: "Enter edits" in desk.text())
        await desk.pilot.resize_terminal(100, 30)
        await desk.until("the card alone is seen", lambda: "▊" not in desk.text())
        assert "Column 2" not in desk.text()
        assert desk.text().count("● live") == 1
        await desk.pilot.resize_terminal(200, 50)
        await desk.until("both are seen", lambda: "▊" in desk.text() and "Column 2" in desk.text())


async def test_a_page_of_the_board_makes_room_for_a_card_too() -> None:
    async with at_desk(boards.rich(), size=(160, 40)) as desk:
        await desk.press("g", "p")
        await desk.until("the people are listed", lambda: "owner" in desk.text())
        page = desk.app.screen
        assert isinstance(page, PeoplePage)
        page.open_card(boards.card_id(1))
        await desk.until("the card is read", lambda: "Enter edits" in desk.text())
        assert "People · " in left_of_the_card(desk)[0]
        assert any(line.endswith("owner") for line in left_of_the_card(desk))
