"""The actions of the popup that chooses from a list, each done with its key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from rego_tui.screens.picker import Picked, Picker
from rego_tui.widgets.choices import Row
from tests.tui import boards
from tests.tui.desk import Desk, at_desk

ROWS = [
    Row(id="bug", text="bug", color="#d9534f"),
    Row(id="infra", text="infra", ticked=True, also="servers"),
    Row(id="some", text="on some", ticked=None, detail="2 of 3"),
    Row(id="evil", text="[/]\x1b[31m\u202eevil"),
]

MANY = [Row(id=str(number), text=f"row {number}") for number in range(1, 41)]


class Choosing:
    """An open picker, and what it answered."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.press = desk.press
        self.text = desk.text
        self.answers: list[Picked | None] = []


@asynccontextmanager
async def choosing(
    rows: list[Row], *, size: tuple[int, int] = (80, 24), keys: dict[str, list[str]] | None = None, **options: Any
) -> AsyncIterator[Choosing]:
    async with at_desk(boards.small(), keys=keys) as desk:
        open_picker = Choosing(desk)
        await desk.app.push_screen(Picker(desk.app, "Labels", rows, **options), open_picker.answers.append)
        await desk.pilot.resize_terminal(*size)
        await desk.settle()
        yield open_picker


async def test_picker_down() -> None:
    async with choosing(MANY) as picker:
        await picker.press("down", "ctrl+n", "enter")
        assert picker.answers == [Picked(put=("3",))]


async def test_the_cursor_begins_on_what_holds() -> None:
    async with choosing(ROWS) as picker:
        await picker.press("down", "enter")
        assert picker.answers == [Picked(put=("some",))]


async def test_picker_up() -> None:
    async with choosing(MANY) as picker:
        await picker.press("down", "down", "down", "up", "ctrl+p", "enter")
        assert picker.answers == [Picked(put=("2",))]


async def test_picker_page_down() -> None:
    async with choosing(MANY) as picker:
        await picker.press("pagedown", "pagedown")
        assert "row 27" in picker.text()
        assert "row 1 " not in picker.text()


async def test_picker_page_up() -> None:
    async with choosing(MANY) as picker:
        await picker.press("pagedown", "pagedown", "pageup", "pageup", "enter")
        assert picker.answers == [Picked(put=("1",))]


async def test_picker_number() -> None:
    async with choosing(ROWS) as picker:
        await picker.press("9", "3")
        assert picker.answers == [Picked(put=("some",))]


async def test_digits_are_typed_where_rows_have_no_numbers() -> None:
    async with choosing(MANY, numbered=False) as picker:
        await picker.press("3", "7", "enter")
        assert picker.answers == [Picked(put=("37",))]


async def test_picker_tick() -> None:
    async with choosing(ROWS, several=True) as picker:
        await picker.press("space", *"server", "tab", "enter")
        assert picker.answers == [Picked(put=("bug",), taken=("infra",))]


async def test_digits_tick_and_enter_takes_all_that_changed() -> None:
    async with choosing(ROWS, several=True) as picker:
        await picker.press("1", "2", "3", "2", "enter")
        assert picker.answers == [Picked(put=("bug", "some"))]


async def test_picker_choose() -> None:
    async with choosing(ROWS, several=True) as picker:
        await picker.press("enter")
        assert picker.answers == [Picked(put=("bug",))]


async def test_what_is_typed_filters_at_once_however_fast_it_comes() -> None:
    async with choosing(MANY) as picker:
        await picker.desk.pilot.press("r", "o", "w", "space", "2", "3", "enter")
        await picker.desk.until("it is chosen", lambda: picker.answers == [Picked(put=("23",))])


async def test_picker_leave() -> None:
    async with choosing(ROWS, several=True) as picker:
        await picker.press("1", "escape")
        assert picker.answers == [None]


async def test_letters_that_act_elsewhere_are_typed_here() -> None:
    async with choosing(ROWS, keys={"picker.down": ["j"]}) as picker:
        await picker.press("j", "q", "?", ":", "j")
        assert not picker.answers
        assert "q?:j" in picker.text()
        assert "Nothing fits" in picker.text()


OFFERS: list[tuple[Callable[[str], Row | str | None], list[str], str, list[Picked | None]]] = [
    (lambda typed: Row(id="", text=f"New label “{typed}”"), ["enter"], "New label “xyz”", [Picked(put=("bug",), typed="xyz")]),
    (lambda typed: f"{typed} is no label", ["enter"], "xyz is no label", []),
    (lambda _: None, ["tab", "enter"], "Nothing fits", []),
]


@pytest.mark.parametrize(("offer", "keys", "shown", "answers"), OFFERS)
async def test_what_is_typed_can_be_a_row_or_is_told_why_not(
    offer: Callable[[str], Row | str | None], keys: list[str], shown: str, answers: list[Picked | None]
) -> None:
    async with choosing(ROWS, several=True, offer=offer) as picker:
        await picker.press("1", *"xyz")
        assert shown in picker.text()
        await picker.press(*keys)
        assert picker.answers == answers


@pytest.mark.parametrize("size", [(20, 5), (80, 24), (200, 50)])
async def test_it_fits_every_terminal_and_shows_foreign_text_as_it_is(size: tuple[int, int]) -> None:
    async with choosing(ROWS, several=True, size=size) as picker:
        assert "bug" in picker.text()
        await picker.press("down", "down", "down")
        assert "[/]␛[31m" in picker.text()
        assert "\x1b" not in picker.text()
        assert all(len(line) <= size[0] for line in picker.text().splitlines())
        await picker.press(*"nowhere")
        assert "Nothing fits" in picker.text()


async def test_a_click_takes_a_row() -> None:
    async with choosing(ROWS) as picker:
        lines = picker.text().splitlines()
        y = next(number for number, line in enumerate(lines) if "infra" in line)
        await picker.desk.pilot.click(offset=(lines[y].index("infra"), y))
        assert picker.answers == [Picked(put=("infra",))]
