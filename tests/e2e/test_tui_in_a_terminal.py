"""The board in a real terminal, from the shell's prompt to the shell's prompt: nothing configured, keys, sizes, and the end."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from rego.wire.base import to_json
from rego.wire.imports import Plan, PlannedCard, PlannedColumn
from tests.e2e.home import REGO, Home, until
from tests.e2e.terminal import HEIGHT, WIDTH, Screen, Terminal, terminal

_MODE = re.compile(r"\x1b\[\?(\d+)([hl])")

OTHER_SCREEN, MOUSE, CURSOR, AUTOWRAP = 1049, 1000, 25, 7
ON_AT_FIRST = {CURSOR, AUTOWRAP}


@pytest.fixture
def tui(home: Home) -> Iterator[Terminal]:
    """`rego tui` on a board with two columns and two cards in the first."""
    columns = [PlannedColumn(key=title, title=title) for title in ("Ready", "Doing")]
    cards = [PlannedCard(column="Ready", title=title) for title in ("Fix the pump", "Order seals")]
    home.says("import", "rego", "-", stdin=to_json(Plan(title="Ops", columns=columns, cards=cards)).decode())
    with terminal(home, *REGO, "tui") as opened:
        opened.until(lambda screen: screen.find("● live") and screen.find("Order seals"))
        yield opened


def modes_left_on(output: str) -> set[int]:
    """The modes of the terminal that a program leaves on."""
    return {mode for mode, state in {int(mode): state for mode, state in _MODE.findall(output)}.items() if state == "h"}


def is_beside(screen: Screen, title: str, column: str) -> bool:
    """Whether a card stands in a column, below its header."""
    card, header = screen.find(title), screen.find(column)
    return card is not None and header is not None and card.row > header.row and abs(card.column - header.column) < 5


def test_a_card_is_moved_and_the_terminal_given_back_as_it_was(home: Home, tui: Terminal) -> None:
    assert modes_left_on(tui.output) >= {OTHER_SCREEN, MOUSE}, "the other screen and the mouse are in use"
    tui.press("L")
    tui.until(lambda screen: is_beside(screen, "Fix the pump", "Doing"))
    until(lambda: "OPS-1\tDoing\tFix the pump" in home.says("cards", "list"))
    tui.until(lambda screen: not screen.find("↻"))
    tui.press("q")
    assert tui.end() == 0
    assert modes_left_on(tui.output) - ON_AT_FIRST == set()
    assert CURSOR in modes_left_on(tui.output)
    assert tui.settings_now == tui.settings
    assert "Traceback" not in tui.output


def test_a_terminal_that_shrinks_and_grows_shows_the_board_again(tui: Terminal) -> None:
    tui.press("j")
    told = len(tui.output)
    tui.resize(20, 5)
    tui.until(lambda _: "Order seals" in tui.output[told:])
    tui.press("L")
    tui.resize(WIDTH, HEIGHT)
    tui.until(lambda screen: is_beside(screen, "Order seals", "Doing") and screen.find("Fix the pump"))
    tui.until_shows("● live")
    tui.press("q")
    assert tui.end() == 0


def test_keys_that_come_before_the_board_does_are_not_lost(home: Home, tui: Terminal) -> None:
    with terminal(home, *REGO, "tui") as early:
        early.press("q")
        assert early.end() == 0
    assert tui.process.poll() is None
