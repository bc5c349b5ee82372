"""The filter: completed while it is typed, and walked through from card to card."""

from __future__ import annotations

import pytest

from rego.replica import Replica
from rego.wire.query import parse
from rego_tui.query_words import completions
from tests.tui import boards
from tests.tui.desk import at_desk
from tests.tui.test_hostile_text import PAYLOADS


async def test_filter_next() -> None:
    async with at_desk(boards.rich(), size=(160, 40)) as desk:
        await desk.press("/", *"label:infra", "enter")
        seen = [desk.cursor]
        for key in ("n", "]", "n"):
            await desk.press(key)
            seen.append(desk.cursor)
        assert seen[1:3] == ["Rotate the signing keys", "Backups are restored each night"]
        assert seen[3] == seen[0], "round at the end"
        assert not desk.view.draft


async def test_filter_previous() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("[")
        assert desk.cursor == "B1"
        await desk.press("2", "N")
        assert desk.cursor == "A2"


async def test_without_a_filter_n_is_a_new_card() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("/", *"A1", "enter", "n")
        assert desk.view.draft is None
        assert "n N next, previous" in desk.text()
        await desk.press("escape", "n")
        assert desk.view.draft is not None


async def test_tab_completes_what_the_board_has() -> None:
    async with at_desk(boards.rich(), size=(120, 40)) as desk:
        await desk.press("/", *"lab")
        assert "Tab label:" in desk.text()
        await desk.press("tab")
        assert "label:none  label:bug  label:design  label:infra" in desk.text()
        await desk.press(*"x")
        assert "label:none" not in desk.text()
        await desk.press("backspace")
        await desk.press("tab", "tab")
        assert desk.view.filter == "label:bug"
        await desk.press("tab", "tab", "tab")
        assert desk.view.filter == "label:none", "round at the end"
        await desk.press("space", *"-as", "tab", "tab", "enter")
        assert desk.view.filter == "label:none -assignee:me"


async def test_a_field_that_is_typed_to_its_end_offers_its_values_as_a_completed_one_does() -> None:
    async with at_desk(boards.rich(), size=(120, 40)) as desk:
        await desk.press("/", *"label:")
        assert "Tab label:none  label:bug  label:design  label:infra" in desk.text()
        await desk.press(*"bug")
        assert "Tab" not in desk.text().splitlines()[-1], "there is nothing left to complete"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", None),
        ("login ", None),
        ("a", "assignee:"),
        ("(label:b", "(label:bug"),
        ("-is:d", "-is:done"),
        ('column:"in', 'column:"In progress"'),
        ("column:in", 'column:"In progress"'),
        ("due<t", "due<today"),
        ("priority>=h", "priority>=high"),
        ("sort:-d", "sort:-due"),
        ("nothing:x", None),
        ("label:bug", None),
        ('"quoted lab', None),
    ],
)
def test_what_comes_first(text: str, first: str | None) -> None:
    found = completions(text, Replica(boards.rich()))
    assert (found[0] if found else None) == first


@pytest.mark.parametrize("title", [*PAYLOADS, 'with "quotes" \\ and blanks', "(brackets)", "none"])
def test_what_is_offered_can_be_read(title: str) -> None:
    replica = Replica(boards.snapshot([boards.column(1, title)], []))
    for offered in completions("column:", replica):
        parse(offered)
