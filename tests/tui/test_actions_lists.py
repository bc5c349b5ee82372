"""The keys that every list has, each tried on a long activity."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from rego.wire.activity import Activity
from rego_tui.screens.activity import ActivityPage
from tests.tui import boards
from tests.tui.desk import Desk, at_desk


@asynccontextmanager
async def at_activity(count: int = 60, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Desk]:
    """The activity of a board, on which that much happened, one event a minute: `thing 1` is the first of it."""
    async with at_desk(boards.small(), size=size) as desk:
        desk.peer.acts = {
            n: Activity(seq=n, at=boards.NOW - timedelta(minutes=count - n), type="card.moved", sentence=f"mia did thing {n}.")
            for n in range(1, count + 1)
        }
        await desk.press("g", "a")
        await desk.until("the activity is read", lambda: f"thing {count}." in desk.text())
        yield desk


def page(desk: Desk) -> ActivityPage:
    assert isinstance(desk.app.screen, ActivityPage)
    return desk.app.screen


def cursor(desk: Desk) -> int:
    """The event under the cursor."""
    return int(page(desk).listed.key)


async def test_list_down() -> None:
    async with at_activity() as desk:
        await desk.press("j", "3", "j")
        assert cursor(desk) == 56


async def test_list_up() -> None:
    async with at_activity() as desk:
        await desk.press("5", "j", "2", "k")
        assert cursor(desk) == 57


async def test_list_bottom() -> None:
    async with at_activity() as desk:
        await desk.press("G")
        assert cursor(desk) == 1
        assert "thing 1." in desk.text()


async def test_list_top() -> None:
    async with at_activity() as desk:
        await desk.press("G", "g", "g")
        assert cursor(desk) == 60
        assert "Today" in desk.text()


async def test_list_page_down() -> None:
    async with at_activity() as desk:
        await desk.press("ctrl+d")
        assert cursor(desk) == 60 - page(desk).listed.page // 2


async def test_list_page_up() -> None:
    async with at_activity() as desk:
        await desk.press("G", "ctrl+u")
        assert cursor(desk) == 1 + page(desk).listed.page // 2


async def test_list_details_down() -> None:
    async with at_activity(count=60, size=(20, 16)) as desk:
        assert "event 60" not in desk.text()
        await desk.press("9", "J")
        assert "event 60" in desk.text()


async def test_list_details_up() -> None:
    async with at_activity(count=60, size=(20, 16)) as desk:
        await desk.press("9", "J", "9", "K")
        assert "event 60" not in desk.text()


async def test_list_filter() -> None:
    async with at_activity() as desk:
        await desk.press("/", *"thing")
        await desk.press("space", "4", "2")
        assert cursor(desk) == 42
        assert "thing 41." not in desk.text()
        assert desk.text().split("\n")[-2] == "thing 42", "what is typed can be read while it is typed"
        await desk.press("enter", "j")
        assert "/thing 42" in desk.text()
        await desk.press("/", "escape")
        assert "thing 41." in desk.text()


async def test_list_reload() -> None:
    async with at_activity() as desk:
        desk.peer.acts[61] = Activity(seq=61, at=boards.NOW, type="card.moved", sentence="mia was not heard")
        await desk.press("R")
        await desk.until("it is read again", lambda: "mia was not heard" in desk.text())


async def test_list_back() -> None:
    async with at_activity() as desk:
        await desk.press("/", "4", "2", "enter", "escape")
        assert cursor(desk) == 42
        assert "thing 41." in desk.text()
        await desk.press("escape")
        assert desk.app.screen is desk.board


async def test_a_click_puts_the_cursor_on_an_entry() -> None:
    async with at_activity() as desk:
        await desk.pilot.click(offset=(10, 5))
        await desk.settle()
        assert cursor(desk) == 57
