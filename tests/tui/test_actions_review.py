"""What waited while the user was offline and was not simply done: what is held back and shown, and each action by its key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from rego.client.updates import Offline
from rego.wire.cards import CreateCard, MoveCard, UpdateCard
from rego.wire.errors import NotFound, StaleVersion
from rego.wire.frames import Resume
from rego_tui.connection import Phase
from rego_tui.screens.card import CardScreen
from rego_tui.screens.review import ReviewPage
from tests.tui import boards
from tests.tui.desk import Desk, at_desk
from tests.tui.test_hostile_text import PAYLOADS, check

TODO, DOING = boards.column_id(1), boards.column_id(2)
A1, A2, A3, B1 = (boards.card_id(number) for number in (1, 2, 3, 4))


async def cut_off(desk: Desk) -> None:
    desk.peer.feed(Offline(since=datetime(2026, 11, 23, 12, 4, tzinfo=UTC), reason="No answer.", retry_in=2.0))
    await desk.until("the board is offline", lambda: desk.store.connection.phase is Phase.OFFLINE)


async def come_back(desk: Desk) -> None:
    desk.peer.say_hello(Resume.REPLAY)
    desk.peer.feed_missed()
    desk.peer.tell_withheld()
    await desk.until("all that waited was tried", lambda: desk.store.connection.phase is Phase.LIVE and not desk.store.waiting)


def meanwhile(desk: Desk, **fields: Any) -> None:
    """Mia changes A1 while the user is away."""
    desk.peer.echo = False
    desk.peer.change(A1, op_id="hers", **fields)
    desk.peer.echo = True


@asynccontextmanager
async def reviewing(*titles: str, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Desk]:
    """A title of the user's, and one of Mia's, given to A1 meanwhile; the review lies over the board."""
    async with at_desk(boards.small(), size=size) as desk:
        await cut_off(desk)
        await desk.press("e", "ctrl+u", *(titles[0] if titles else "mine"), "enter")
        meanwhile(desk, title=titles[1] if len(titles) > 1 else "theirs")
        await come_back(desk)
        await desk.until("the review is there", lambda: isinstance(desk.app.screen, ReviewPage))
        await desk.settle()
        yield desk


async def test_a_title_that_somebody_changed_meanwhile_is_asked_about_with_both_values() -> None:
    async with reviewing() as desk:
        assert not desk.sent(UpdateCard), "nothing is sent before the user says so"
        assert desk.store.loaded.cards[A1].title == "theirs"
        assert "“mine”" in desk.text()
        assert "“theirs”" in desk.text()
        assert "1 to review" in desk.text()


async def test_review_mine() -> None:
    async with reviewing() as desk:
        await desk.press("m")
        await desk.until_sent()
        assert desk.peer.replica.cards[A1].title == "mine"
        (sent,) = desk.sent(UpdateCard)
        assert isinstance(sent, UpdateCard)
        assert sent.version == 2, "it is written on what is there now"
        assert not desk.store.review
        assert "to review" not in desk.text()


async def test_review_theirs() -> None:
    async with reviewing() as desk:
        await desk.press("t")
        assert not desk.store.review
        assert desk.peer.replica.cards[A1].title == "theirs"
        assert not desk.sent(UpdateCard)
        assert not isinstance(desk.app.screen, ReviewPage)


async def test_review_open_card() -> None:
    async with reviewing() as desk:
        await desk.press("enter")
        await desk.until("the card is there", lambda: isinstance(desk.app.screen, CardScreen))
        await desk.press("escape")
        assert len(desk.store.review) == 1, "looking at the card decides nothing"


async def test_board_review() -> None:
    async with reviewing() as desk:
        await desk.press("escape")
        assert "1 to review" in desk.text()
        await desk.press("g", "w")
        assert isinstance(desk.app.screen, ReviewPage)
        assert "“mine”" in desk.text()


async def test_without_anything_to_review_the_key_says_so() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("g", "w")
        assert "Nothing waits for your word" in desk.notices()


@asynccontextmanager
async def two_open() -> AsyncIterator[Desk]:
    """A move that met another, and one that the server refused."""
    columns = [boards.column(1, "Todo"), boards.column(2, "Doing"), boards.column(3, "Review")]
    async with at_desk(boards.snapshot(columns, [boards.card(1, "A1"), boards.card(2, "A2")])) as desk:
        await cut_off(desk)
        await desk.press("L", "h", "x")
        desk.peer.echo = False
        desk.peer.move(A1, boards.column_id(3), 0, op_id="hers")
        desk.peer.echo = True
        desk.peer.refusals.append(NotFound("There is no such card."))
        await come_back(desk)
        await desk.until("both are asked about", lambda: len(desk.store.review) == 2)
        yield desk


async def test_review_all_mine() -> None:
    async with two_open() as desk:
        await desk.press("M")
        await desk.until_sent()
        assert desk.peer.replica.cards[A1].column_id == DOING
        assert desk.peer.replica.cards[A2].completed
        assert not desk.store.review


async def test_review_all_theirs() -> None:
    async with two_open() as desk:
        await desk.press("T")
        assert len(desk.store.review) == 2, "it asks first"
        await desk.press("1")
        assert not desk.store.review
        assert not desk.sent(MoveCard)


async def test_a_move_that_nobody_met_is_simply_done() -> None:
    async with at_desk(boards.small()) as desk:
        await cut_off(desk)
        await desk.press("L", "L", "e", *"!", "enter")
        meanwhile(desk, priority="high")
        await come_back(desk)
        await desk.until_sent()
        assert not desk.store.review
        assert desk.peer.replica.cards[A1].column_id == DOING
        assert desk.peer.replica.cards[A1].title == "A1!"


async def test_two_changes_of_ones_own_in_a_row_do_not_meet_each_other() -> None:
    async with at_desk(boards.small()) as desk:
        await cut_off(desk)
        await desk.press("p", "2", "p", "3")
        desk.peer.echo = False
        desk.peer.say_hello(Resume.REPLAY)
        await desk.until("both are sent", lambda: not desk.store.waiting)
        assert not desk.store.review
        assert len(desk.sent(UpdateCard)) == 2


async def test_a_new_card_whose_column_is_gone_can_go_to_another_with_all_that_was_done_to_it() -> None:
    async with at_desk(boards.small()) as desk:
        await cut_off(desk)
        await desk.press("n", *"new", "enter", "escape", "x")
        desk.peer.refusals.append(NotFound("There is no such column."))
        await come_back(desk)
        await desk.until("it is asked about", lambda: "“new” was not added" in desk.text())
        assert "1 more of your changes" in desk.text()
        await desk.press("m")
        await desk.until_sent()
        (made,) = [card for card in desk.peer.replica.cards.values() if card.title == "new"]
        assert made.completed
        assert len(desk.sent(CreateCard)) == 2


async def test_what_can_not_be_done_any_more_says_so_and_stays() -> None:
    async with at_desk(boards.small()) as desk:
        await cut_off(desk)
        await desk.press("x")
        desk.peer.delete(A1)
        await come_back(desk)
        await desk.until("it is asked about", lambda: "cannot be done any more" in desk.text())
        await desk.press("m")
        assert "is not on the board any more" in desk.notices()
        assert len(desk.store.review) == 1


async def test_a_text_that_somebody_changed_is_shown_with_theirs() -> None:
    async with at_desk(boards.small(), size=(120, 40)) as desk:
        await desk.press("enter")
        await desk.until("the card is read", lambda: "Reading" not in desk.text())
        await cut_off(desk)
        await desk.press("j", "e", *"my text", "ctrl+s", "escape")
        now = {"title": "A1", "description": "her text", "version": 5}
        desk.peer.refusals.append(StaleVersion("It was changed since.", data=now))
        await come_back(desk)
        await desk.until("both are shown", lambda: "her text" in desk.text() and "my text" in desk.text())
        await desk.press("m")
        await desk.until_sent()
        last = desk.sent(UpdateCard)[-1]
        assert isinstance(last, UpdateCard)
        assert (last.description, last.version) == ("my text", 5)


async def test_hands_that_are_busy_are_told_instead_of_interrupted() -> None:
    async with at_desk(boards.small()) as desk:
        await cut_off(desk)
        await desk.press("e", *"!", "enter", "j", "e", *"typing")
        meanwhile(desk, title="theirs")
        await come_back(desk)
        assert not isinstance(desk.app.screen, ReviewPage)
        assert "gw shows it" in desk.notices()
        await desk.press("enter", "g", "w")
        assert isinstance(desk.app.screen, ReviewPage)


async def test_a_refusal_while_online_stays_a_sentence() -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.refusals.append(NotFound("There is no such card."))
        await desk.press("x")
        await desk.until("it is said", lambda: "There is no such card." in desk.notices())
        assert not desk.store.review


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (60, 20), (20, 5)])
async def test_the_review_fits_any_terminal_and_hostile_texts_are_only_shown(size: tuple[int, int]) -> None:
    async with reviewing("mine", PAYLOADS[0], size=size) as desk:
        check(desk)
