"""The actions of the screen that shows what two people made of one text, each done with its key; and what it shows."""

from __future__ import annotations

import pytest

from rego_tui.collision import Choice, Collision, marked_lines
from rego_tui.screens.conflict import ConflictScreen
from tests.tui import boards
from tests.tui.desk import Desk, at_desk
from tests.tui.test_hostile_text import PAYLOADS, check

APART = Collision(what="the description of OPS-1", base="a\nb\nc", mine="A\nb\nc", theirs="a\nb\nC", who="Mia")
CLASH = Collision(what="the description of OPS-1", base="a\nb\nc", mine="mine\nb\nc", theirs="hers\nb\nc", who="Mia")
LONG = Collision(what="a text", base="", mine="\n".join(f"mine {n}." for n in range(99)), theirs="theirs", who="Mia")


class Answer:
    """What the screen answered."""

    def __init__(self) -> None:
        self.given: list[Choice | None] = []


async def ask(desk: Desk, collision: Collision) -> Answer:
    answer = Answer()
    desk.app.push_screen(ConflictScreen(desk.app, collision), answer.given.append)
    await desk.until("both texts stand there", lambda: "changed" in desk.text())
    return answer


async def answer_to(collision: Collision, *keys: str) -> list[Choice | None]:
    async with at_desk(boards.small()) as desk:
        answer = await ask(desk, collision)
        await desk.press(*keys)
        return answer.given


async def test_conflict_mine() -> None:
    assert await answer_to(CLASH, "m") == [Choice.MINE]
    assert CLASH.text_for(Choice.MINE) == "mine\nb\nc"


async def test_conflict_theirs() -> None:
    assert await answer_to(CLASH, "t") == [Choice.THEIRS]
    assert CLASH.text_for(Choice.THEIRS) == "hers\nb\nc"


async def test_conflict_both() -> None:
    assert await answer_to(APART, "b") == [Choice.BOTH]
    assert APART.text_for(Choice.BOTH) == "A\nb\nC"


async def test_texts_that_clash_are_not_joined_by_themselves() -> None:
    async with at_desk(boards.small()) as desk:
        answer = await ask(desk, CLASH)
        assert "join both" not in desk.text()
        await desk.press("b")
        assert answer.given == []
        assert "Both changed the same lines" in desk.notices()


async def test_conflict_edit() -> None:
    assert await answer_to(CLASH, "e") == [Choice.EDIT]
    assert CLASH.text_for(Choice.EDIT) == "<<<<<<< yours\nmine\n=======\nhers\n>>>>>>> theirs\nb\nc"


async def test_conflict_later() -> None:
    assert await answer_to(CLASH, "escape") == [None]


async def test_conflict_down() -> None:
    async with at_desk(boards.small()) as desk:
        await ask(desk, LONG)
        await desk.press("4", "j")
        assert "mine 3." not in desk.text()
        assert "mine 4." in desk.text()


async def test_conflict_up() -> None:
    async with at_desk(boards.small()) as desk:
        await ask(desk, LONG)
        await desk.press("4", "j", "3", "k")
        assert "mine 1." in desk.text()


async def test_conflict_page_down() -> None:
    async with at_desk(boards.small()) as desk:
        await ask(desk, LONG)
        await desk.press("ctrl+d")
        assert "mine 11." not in desk.text()
        assert "mine 12." in desk.text()


async def test_conflict_page_up() -> None:
    async with at_desk(boards.small()) as desk:
        await ask(desk, LONG)
        await desk.press("ctrl+d", "ctrl+u")
        assert "mine 0." in desk.text()


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (60, 20), (20, 5)])
async def test_both_texts_are_shown_on_any_terminal(size: tuple[int, int]) -> None:
    async with at_desk(boards.small()) as desk:
        await desk.pilot.resize_terminal(*size)
        await ask(desk, CLASH)
        assert size[0] < 60 or ("▌ mine" in desk.text() and "▌ hers" in desk.text())
        check(desk)


async def test_a_difference_far_down_is_in_sight_at_once_on_both_sides() -> None:
    same = "\n".join(f"Line {number} of those that both have" for number in range(60))
    async with at_desk(boards.small()) as desk:
        await ask(desk, Collision(what="it", base=same, mine=f"{same}\nmine at last", theirs=f"{same}\nhers at last"))
        await desk.until("both are seen", lambda: "▌ mine at last" in desk.text() and "▌ hers at last" in desk.text())


async def test_hostile_texts_are_only_shown() -> None:
    async with at_desk(boards.small(), size=(120, 60)) as desk:
        for payload in PAYLOADS:
            collision = Collision(what=payload, base="", mine=f"one\n{payload}", theirs=payload, who=payload)
            desk.app.push_screen(ConflictScreen(desk.app, collision))
            await desk.settle()
            check(desk)
            await desk.press("escape")


def test_the_lines_that_differ_are_marked_on_both_sides() -> None:
    assert marked_lines("a\nb\nc", "a\nx\nc") == [("a", False), ("b", True), ("c", False)]
