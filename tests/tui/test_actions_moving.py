"""The actions that move the cursor and the cards, each done with its key."""

from __future__ import annotations

from rego.wire.cards import MoveCard
from rego_tui.actions import Place
from tests.tui import boards
from tests.tui.desk import at_desk


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


async def test_card_move_right() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("j", "L")
        assert (desk.titles(1), desk.titles(2)) == (["A1", "A3"], ["B1", "A2"])
        assert desk.cursor == "A2"
        await desk.until_sent()
        assert desk.server_titles(2) == ["B1", "A2"]
        assert desk.sent(MoveCard) == [MoveCard(column_id=boards.column_id(2), after_id=boards.card_id(4))]


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
        assert len(desk.sent(MoveCard)) == 2, "a card at the bottom stays there without a request"


async def test_card_move_up() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("G", "2", "K")
        await desk.until_sent()
        assert desk.server_titles(1) == ["A3", "A1", "A2"]
        assert len(desk.sent(MoveCard)) == 1


async def test_a_count_moves_several_columns_with_one_request() -> None:
    async with at_desk(boards.rich()) as desk:
        await desk.press("3", "L")
        await desk.until_sent()
        assert desk.server_titles(4)[0] == "Write down what the first week taught us"
        assert len(desk.sent(MoveCard)) == 1
        assert desk.view.column_id == boards.column_id(4)
        assert "Backups are restored" in desk.text()


async def test_card_carry() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("m")
        assert desk.board.place is Place.MOVE
        assert "MOVE" in desk.text()
        await desk.press("m")
        assert not desk.sent(MoveCard), "put down where it was, nothing is sent"


async def test_carry_right() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("m", "l")
        assert (desk.titles(1), desk.titles(2)) == (["A2", "A3"], ["A1", "B1"])
        assert not desk.sent(MoveCard)


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
        assert not desk.sent(MoveCard)
