"""The mouse: click, wheel, and a card dragged to its place, also while others change the board."""

from __future__ import annotations

import pytest
from textual import events
from textual.events import MouseEvent

from rego.wire.cards import MoveCard
from rego_tui.actions import Place
from tests.tui import boards
from tests.tui.desk import Desk, at_desk

A1, A2, A3, B1 = (boards.card_id(number) for number in (1, 2, 3, 4))
TODO, DOING = boards.column_id(1), boards.column_id(2)


async def mouse(desk: Desk, kind: type[MouseEvent], x: int, y: int, *, button: int = 1) -> None:
    """One event of the mouse at a place on the screen."""
    await desk.pilot._post_mouse_events([kind], offset=(x, y), button=button)
    await desk.settle()


def place_of(desk: Desk, column: int, card_id: str) -> tuple[int, int]:
    """Where the first text line of a card stands on the screen."""
    widget = desk.column(column)
    return widget.region.x + 4, widget.region.y + widget.row_of(card_id)


async def drag(desk: Desk, column: int, card_id: str, *places: tuple[int, int]) -> None:
    """Take a card and lead it over some places."""
    await mouse(desk, events.MouseDown, *place_of(desk, column, card_id))
    for place in places:
        await mouse(desk, events.MouseMove, *place)


async def test_a_drag_shows_the_place_and_a_release_puts_the_card_there() -> None:
    async with at_desk(boards.small()) as desk:
        x, y = place_of(desk, 2, B1)
        await drag(desk, 1, A2, (x, y))
        assert desk.titles(1) == ["A1", "A3"]
        assert desk.titles(2) == ["A2", "B1"]
        assert "MOVE to Doing, 1 of 2" in desk.text()
        assert "put it here" in desk.text()
        assert desk.column(2).active
        await mouse(desk, events.MouseMove, x, y + 12)
        assert "MOVE to Doing, 2 of 2" in desk.text()
        assert not desk.sent(MoveCard)
        await mouse(desk, events.MouseUp, x, y + 12)
        await desk.until_sent()
        assert desk.server_titles(2) == ["B1", "A2"]
        assert desk.board.place is Place.BOARD
        assert desk.cursor == "A2"
        assert "put it here" not in desk.text()


async def test_a_drag_within_the_column() -> None:
    async with at_desk(boards.small()) as desk:
        x, y = place_of(desk, 1, A3)
        await drag(desk, 1, A1, (x, y + 1))
        await mouse(desk, events.MouseUp, x, y + 1)
        await desk.until_sent()
        assert desk.server_titles(1) == ["A2", "A3", "A1"]


async def test_esc_puts_a_dragged_card_back_and_the_release_does_nothing() -> None:
    async with at_desk(boards.small()) as desk:
        await drag(desk, 1, A1, place_of(desk, 2, B1))
        await desk.press("escape")
        assert desk.titles(1) == ["A1", "A2", "A3"]
        assert "put it here" not in desk.text()
        await mouse(desk, events.MouseMove, *place_of(desk, 2, B1))
        await mouse(desk, events.MouseUp, *place_of(desk, 2, B1))
        assert not desk.sent(MoveCard)
        assert desk.titles(2) == ["B1"]


async def test_a_release_that_the_terminal_did_not_see_puts_the_card_back() -> None:
    async with at_desk(boards.small()) as desk:
        await drag(desk, 1, A1, place_of(desk, 2, B1))
        await mouse(desk, events.MouseMove, *place_of(desk, 2, B1), button=0)
        assert desk.titles(1) == ["A1", "A2", "A3"]
        assert desk.board.place is Place.BOARD
        assert not desk.sent(MoveCard)


async def test_a_dragged_card_keeps_its_place_while_others_move_cards() -> None:
    async with at_desk(boards.small()) as desk:
        x, y = place_of(desk, 2, B1)
        await drag(desk, 1, A2, (x, y + 12))
        desk.peer.move(A3, DOING, 0)
        await desk.until("the move of the other is drawn", lambda: desk.titles(2) == ["A3", "B1", "A2"])
        assert "MOVE to Doing, 3 of 3" in desk.text()
        await mouse(desk, events.MouseUp, x, y + 12)
        await desk.until_sent()
        assert desk.server_titles(2) == ["A3", "B1", "A2"]


async def test_a_card_that_is_deleted_while_it_is_dragged() -> None:
    async with at_desk(boards.small()) as desk:
        x, y = place_of(desk, 2, B1)
        await drag(desk, 1, A2, (x, y))
        desk.peer.delete(A2)
        await desk.until("the mode ended", lambda: desk.board.place is Place.BOARD)
        await mouse(desk, events.MouseMove, x, y + 1)
        await mouse(desk, events.MouseUp, x, y + 1)
        assert "Nothing was moved" in desk.notices()
        assert not desk.sent(MoveCard)


async def test_a_card_held_at_the_lower_edge_goes_on_down() -> None:
    async with at_desk(boards.large(60, 2)) as desk:
        widget = desk.column(1)
        first = widget.cards[0].id
        x, bottom = widget.region.x + 4, widget.region.bottom - 1
        await drag(desk, 1, first, (x, bottom))
        await desk.until("it arrives at the end", lambda: desk.view.index_of(TODO, first) == 29)
        await mouse(desk, events.MouseUp, x, bottom)
        await desk.until_sent()
        assert desk.peer.replica.position_of(first) == 29


async def test_a_card_held_at_the_side_goes_to_columns_out_of_sight() -> None:
    async with at_desk(boards.large(40, 5)) as desk:
        first = desk.column(1).cards[0].id
        await drag(desk, 1, first, (79, 6))
        await desk.until("the last column is reached", lambda: desk.view.column_id == boards.column_id(5))
        await mouse(desk, events.MouseUp, 79, 6)
        await desk.until_sent()
        assert desk.peer.replica.cards[first].column_id == boards.column_id(5)


async def test_a_click_without_a_move_only_puts_the_cursor_there() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.pilot.click(offset=place_of(desk, 1, A3))
        await desk.settle()
        assert desk.cursor == "A3"
        assert not desk.sent(MoveCard)


async def test_the_wheel_scrolls_a_column_and_leaves_the_cursor() -> None:
    async with at_desk(boards.large(60, 2)) as desk:
        cursor = desk.cursor
        await mouse(desk, events.MouseScrollDown, 5, 10, button=0)
        await desk.until("it is scrolled", lambda: desk.column(1).scroll_offset.y > 0)
        assert desk.cursor == cursor


@pytest.mark.parametrize("place", [(79, 0), (0, 23), (30, 2)])
async def test_a_press_beside_the_cards_takes_nothing(place: tuple[int, int]) -> None:
    async with at_desk(boards.small()) as desk:
        await mouse(desk, events.MouseDown, *place)
        await mouse(desk, events.MouseMove, *place_of(desk, 2, B1))
        await mouse(desk, events.MouseUp, *place_of(desk, 2, B1))
        assert desk.board.place is Place.BOARD
        assert not desk.sent(MoveCard)


async def test_all_marked_cards_go_with_the_one_that_is_dragged() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("space", "j", "space")
        x, y = place_of(desk, 2, B1)
        await drag(desk, 1, A1, (x, y + 12))
        assert "MOVE 2 to Doing" in desk.text()
        await mouse(desk, events.MouseUp, x, y + 12)
        await desk.until_sent()
        assert desk.server_titles(2) == ["B1", "A1", "A2"]


async def test_a_card_that_is_not_marked_is_dragged_alone() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("space")
        x, y = place_of(desk, 2, B1)
        await drag(desk, 1, A3, (x, y + 12))
        await mouse(desk, events.MouseUp, x, y + 12)
        await desk.until_sent()
        assert desk.server_titles(2) == ["B1", "A3"]
