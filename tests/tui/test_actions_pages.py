"""The actions of the open card, and those that work everywhere, each done with its key."""

from __future__ import annotations

from tests.tui import boards
from tests.tui.desk import Desk, at_desk


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


async def test_app_palette() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press(":")
        await desk.until("the palette stands open", lambda: type(desk.app.screen).__name__ == "CommandPalette")
        await desk.pilot.press(*"take back")
        await desk.until("the action is found", lambda: "acts.undo" in desk.text() or "Take back" in desk.text())


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
