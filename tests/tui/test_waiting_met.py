"""What waited and what others did meanwhile: labels and people, and changes of which nobody knows whether they are done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from rego.client import boards, cards, labels
from rego.wire.boards import Board
from rego.wire.cards import Card
from rego.wire.columns import Color
from rego.wire.labels import CreateLabel, Label
from rego_tui.card_acts import LABELS, PEOPLE, Belonging, hang_on_cards
from rego_tui.screens.review import ReviewPage
from tests.running import Somebody
from tests.tui.at_home import Visitor
from tests.tui.cut_off import Line


@pytest.fixture
async def urgent(board: tuple[Board, Somebody, Somebody]) -> Label:
    return await board[2].client.send(labels.create_label(board[0].id, CreateLabel(name="urgent", color=Color.RED)))


async def first_card(somebody: Somebody) -> Card:
    return await somebody.client.send(cards.get_card("OPS-1"))


def toggle(visitor: Visitor, what: Belonging, card_id: str, member: str, *, on: bool) -> None:
    """What the popup does."""
    store = visitor.app.store
    assert store is not None
    store.perform(hang_on_cards(store.loaded, [card_id], what, [member] if on else [], [] if on else [member]))


async def all_tried(visitor: Visitor) -> None:
    await visitor.until("all that waited was tried", lambda: visitor.app.waiting == 0 and "● live" in visitor.text())


async def test_what_somebody_else_did_to_the_same_label_is_done_and_nothing_is_asked(
    line: Line, board: tuple[Board, Somebody, Somebody], urgent: Label
) -> None:
    ben = board[2]
    card = await first_card(ben)
    await ben.client.send(cards.assign_card(card.id, ben.user.id))
    async with line.open() as visitor:
        await line.cut(visitor)
        toggle(visitor, LABELS, card.id, urgent.id, on=True)
        toggle(visitor, PEOPLE, card.id, ben.user.id, on=False)
        await ben.client.send(cards.label_card(card.id, urgent.id))
        await ben.client.send(cards.unassign_card(card.id, ben.user.id))
        line.proxy.heal()
        await all_tried(visitor)
        assert visitor.app.store is not None
        assert not visitor.app.store.review
        assert not line.files()
    now = await first_card(ben)
    assert (now.label_ids, now.assignee_ids) == ([urgent.id], [])


async def test_labels_that_two_put_on_one_card_are_both_on_it(
    line: Line, board: tuple[Board, Somebody, Somebody], urgent: Label
) -> None:
    made, _, ben = board
    card = await first_card(ben)
    other = await ben.client.send(labels.create_label(made.id, CreateLabel(name="later", color=Color.BLUE)))
    async with line.open() as visitor:
        await line.cut(visitor)
        toggle(visitor, LABELS, card.id, urgent.id, on=True)
        await ben.client.send(cards.label_card(card.id, other.id))
        line.proxy.heal()
        await all_tried(visitor)
        assert visitor.app.store is not None
        assert not visitor.app.store.review
    assert sorted((await first_card(ben)).label_ids) == sorted([urgent.id, other.id])


async def test_to_take_off_a_label_that_is_gone_from_the_board_is_done_already(
    line: Line, board: tuple[Board, Somebody, Somebody], urgent: Label
) -> None:
    ben = board[2]
    card = await first_card(ben)
    await ben.client.send(cards.label_card(card.id, urgent.id))
    async with line.open() as visitor:
        await line.cut(visitor)
        toggle(visitor, LABELS, card.id, urgent.id, on=False)
        await ben.client.send(labels.delete_label(urgent.id))
        line.proxy.heal()
        await all_tried(visitor)
        assert visitor.app.store is not None
        assert not visitor.app.store.review


async def test_to_put_on_a_label_that_is_gone_from_the_board_cannot_be_done_any_more(
    line: Line, board: tuple[Board, Somebody, Somebody], urgent: Label
) -> None:
    ben = board[2]
    card = await first_card(ben)
    async with line.open() as visitor:
        await line.cut(visitor)
        toggle(visitor, LABELS, card.id, urgent.id, on=True)
        await ben.client.send(labels.delete_label(urgent.id))
        line.proxy.heal()
        await visitor.until("it is asked about", lambda: isinstance(visitor.app.screen, ReviewPage))
        await visitor.until_seen("The label is not on the board any more.")


@pytest.mark.parametrize("on", [True, False])
async def test_who_takes_theirs_back_is_asked_before_that_takes_back_what_somebody_else_did(
    line: Line, board: tuple[Board, Somebody, Somebody], urgent: Label, on: bool
) -> None:
    ben = board[2]
    card = await first_card(ben)
    theirs = cards.label_card if on else cards.unlabel_card
    if not on:
        await ben.client.send(cards.label_card(card.id, urgent.id))
    async with line.open() as visitor:
        await line.cut(visitor)
        toggle(visitor, LABELS, card.id, urgent.id, on=on)
        toggle(visitor, LABELS, card.id, urgent.id, on=not on)
        await ben.client.send(theirs(card.id, urgent.id))
        line.proxy.heal()
        await visitor.until("it is asked about", lambda: isinstance(visitor.app.screen, ReviewPage))
        await visitor.until_seen("Somebody else did the same meanwhile")
        assert bool((await first_card(ben)).label_ids) is on
        await visitor.press("m")
        await all_tried(visitor)
        assert not line.files()
    assert bool((await first_card(ben)).label_ids) is not on


async def test_who_changes_their_mind_about_a_label_that_nobody_touched_is_not_asked(
    line: Line, board: tuple[Board, Somebody, Somebody], urgent: Label
) -> None:
    ben = board[2]
    card = await first_card(ben)
    async with line.open() as visitor:
        await line.cut(visitor)
        for on in (True, False, True):
            toggle(visitor, LABELS, card.id, urgent.id, on=on)
        line.proxy.heal()
        await all_tried(visitor)
        assert visitor.app.store is not None
        assert not visitor.app.store.review
    assert (await first_card(ben)).label_ids == [urgent.id]


# --- repeats that come too late ----------------------------------------------------------------------------------------


def date_back(line: Line, **fields: Any) -> None:
    """Change what is noted of each change that waits on disk."""
    for path in line.files():
        entry = msgspec.json.decode(path.read_bytes())
        entry["kept"] |= fields
        path.write_bytes(msgspec.json.encode(entry))


DAYS_AGO = (datetime.now(UTC) - timedelta(days=3)).isoformat()


async def titles(somebody: Somebody, board: Board) -> list[str]:
    return [card.title for card in (await somebody.client.send(boards.get_snapshot(board.id))).cards]


async def test_what_was_sent_a_day_ago_and_never_answered_is_asked_about_with_all_that_hangs_on_it(
    line: Line, board: tuple[Board, Somebody, Somebody]
) -> None:
    made, _, ben = board
    async with line.open() as visitor:
        await line.cut(visitor)
        await visitor.press("n", *"new", "enter", "escape", "x")
    date_back(line, tried=DAYS_AGO)
    line.proxy.heal()
    async with line.open() as visitor:
        await visitor.until("it is asked about", lambda: isinstance(visitor.app.screen, ReviewPage))
        await visitor.until_seen("may be done already")
        await visitor.until_seen("1 more of your changes")
        assert "new" not in await titles(ben, made)
        await visitor.press("m")
        await visitor.until("it is done", lambda: not line.files() and visitor.app.waiting == 0)
    assert (await titles(ben, made)).count("new") == 1


async def test_what_never_left_is_sent_however_long_it_waited(line: Line, board: tuple[Board, Somebody, Somebody]) -> None:
    made, _, ben = board
    async with line.open() as visitor:
        await line.cut(visitor)
        await visitor.press("n", *"new", "enter", "escape")
    (kept,) = [msgspec.json.decode(path.read_bytes())["kept"] for path in line.files()]
    assert "tried" not in kept, "while the board is offline nothing is sent"
    line.proxy.heal()
    async with line.open() as visitor:
        await visitor.until("it is done", lambda: not line.files() and visitor.app.waiting == 0)
    assert (await titles(ben, made)).count("new") == 1


async def test_what_was_sent_and_not_answered_is_noted_with_the_time(
    line: Line, board: tuple[Board, Somebody, Somebody]
) -> None:
    async with line.open() as visitor:
        line.proxy.hole()
        await visitor.press("n", *"new", "enter", "escape")
        assert visitor.app.store is not None
        outbox = visitor.app.store.under_way.outbox
        await visitor.until("it is sent", lambda: bool(outbox.tried))
    (kept,) = [msgspec.json.decode(path.read_bytes())["kept"] for path in line.files()]
    assert "tried" in kept
