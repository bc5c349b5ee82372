"""Any keys, while others change the board and the server answers late or refuses: nothing breaks, and in the end all agree."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.events import Key

from rego.wire.errors import Conflict
from rego_tui.actions import Place
from rego_tui.screens.board import BoardScreen
from rego_tui.widgets.line_input import LineInput
from tests.tui import boards
from tests.tui.desk import Desk, at_desk

Step = tuple[str, int]

KEYS = [*"hjklHJKLmxdnoepatv.uU12/zy]NG", "enter", "escape", "escape", "space", "ctrl+a", "ctrl+d", "tab", "backspace"]
"""Keys that stay with the board, its lines and its popups."""

NAMES = {"/": "slash", ".": "full_stop", "]": "right_square_bracket"}

OTHERS = ["move", "rename", "add", "delete", "look", "hold", "release", "refuse", "away"]

steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(KEYS), st.just(0)),
        st.tuples(st.sampled_from(KEYS), st.just(0)),
        st.tuples(st.sampled_from(OTHERS), st.integers(0, 50)),
    ),
    min_size=10,
    max_size=30,
)


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(steps)
def test_any_keys(taken: list[Step]) -> None:
    asyncio.run(_sit(taken))


async def _sit(taken: list[Step]) -> None:
    async with at_desk(boards.rich(), size=(110, 30)) as desk:
        for what, number in taken:
            if what in OTHERS:
                typed = _typed(desk)
                _others(desk, what, number)
                await desk.settle()
                assert _typed(desk) in (typed, None), "what was typed is as it was"
            else:
                _press(desk, what)
                await desk.settle()
            _check(desk)
        await _agree(desk)


def _press(desk: Desk, key: str) -> None:
    driver = desk.app._driver
    assert driver is not None
    event = Key(NAMES.get(key, key), key if len(key) == 1 else " " if key == "space" else None)
    event.set_sender(desk.app)
    driver.send_message(event)


def _typed(desk: Desk) -> str | None:
    """What stands in the line that is being typed, or None."""
    line = desk.app.screen.focused
    return line.value if isinstance(line, LineInput) else None


def _others(desk: Desk, what: str, number: int) -> None:
    peer = desk.peer
    cards = sorted(peer.replica.cards)
    card, columns = cards[number % len(cards)] if cards else "", [column.id for column in peer.replica.columns_in_order()]
    doings: dict[str, Callable[[], object]] = {
        "hold": peer.hold,
        "release": peer.release,
        "refuse": lambda: peer.refusals.append(Conflict("Somebody was faster.")),
        "look": lambda: peer.look_at(card or None, editing=bool(number % 2)),
        "away": desk.store.resync,
        "add": lambda: peer.add(boards.card(1_000 + peer.replica.seq, f"theirs {number}", 1 + number % len(columns))),
    }
    if cards:
        doings["move"] = lambda: peer.move(card, columns[number % len(columns)], 0)
        doings["rename"] = lambda: peer.change(card, title=f"renamed {number}")
        doings["delete"] = lambda: peer.delete(card)
    doings.get(what, peer.release)()


def _check(desk: Desk) -> None:
    view = desk.view
    shown = [card.id for column in view.columns() for card in view.cards(column.id)]
    assert len(shown) == len(set(shown)), "a card is shown twice"
    assert view.card_id is None or view.card_id in shown
    assert view.carried is not None or view.marks.ids <= set(shown), "a mark on what is not shown"
    assert desk.text()


async def _agree(desk: Desk) -> None:
    """Leave everything, let the server answer, and compare."""
    desk.peer.release()
    for _ in range(12):
        if isinstance(desk.app.screen, BoardScreen) and desk.board.place is Place.BOARD and _typed(desk) is None:
            break
        _press(desk, "escape")
        await desk.settle()
    await desk.until_sent()
    theirs, ours = desk.peer.replica.snapshot(), desk.store.loaded.snapshot()
    assert ours.cards == theirs.cards
    assert ours.labels == theirs.labels
