"""What the TUI costs without a terminal: processor time of keys and of events, on a board of a scripted peer."""

from __future__ import annotations

from time import process_time

from tests.tui import boards
from tests.tui.desk import Desk, at_desk

CASES = ("j", "L", "a letter of a filter", "another's move", "1,000 events at once")

Costs = dict[str, list[float]]
"""The samples of each case in ms."""


async def costs_of(cards: int, presses: int, events: int) -> Costs:
    """Each case on a board of so many cards, `presses` times."""
    costs: Costs = {name: [] for name in CASES}
    async with at_desk(boards.large(cards), size=(160, 45)) as desk:
        for turn in range(presses):
            costs["j"].append(await _cost(desk, "j"))
            costs["L"].append(await _cost(desk, "L" if turn % 2 == 0 else "H"))
            costs["another's move"].append(await _of_a_move(desk, turn))
        await desk.press("/")
        for turn in range(presses):
            costs["a letter of a filter"].append(await _cost(desk, "title"[turn % 5] if turn // 5 % 2 == 0 else "backspace"))
        await desk.press("escape")
        costs["1,000 events at once"].append(await _of_events(desk, events))
    return costs


async def _cost(desk: Desk, key: str) -> float:
    began = process_time()
    await desk.press(key)
    if desk.store.waiting or desk.store.loaded.pending:
        await desk.until_sent()
    return (process_time() - began) * 1e3


async def _of_a_move(desk: Desk, turn: int) -> float:
    began = process_time()
    _move(desk, turn)
    await desk.until("it is drawn", lambda: desk.store.loaded.seq == desk.peer.replica.seq and desk.store.drawn)
    return (process_time() - began) * 1e3


async def _of_events(desk: Desk, amount: int) -> float:
    for turn in range(amount):
        _move(desk, turn)
    began = process_time()
    await desk.until("all is drawn", lambda: desk.store.loaded.seq == desk.peer.replica.seq and desk.store.drawn)
    return (process_time() - began) * 1e6 / amount


def _move(desk: Desk, turn: int) -> None:
    """Somebody else moves a card between the tops of two columns."""
    mover = boards.card_id(1 + turn // 2 % 2 * 5)
    desk.peer.move(mover, boards.column_id(3 - turn % 2), 0)
