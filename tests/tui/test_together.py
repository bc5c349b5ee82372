"""What others do, as this user sees it: cards that they changed just now, words that mean this user, and rights."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from rego.client.updates import Offline, PresenceCame
from rego.wire import events as e
from rego.wire.base import Change, Role
from rego.wire.cards import CardRef, UpdateCard
from rego.wire.comments import Comment
from rego.wire.event_data import Actor, Cause
from rego.wire.frames import Resume
from rego.wire.presence import Person
from rego_tui import news
from rego_tui.attention import osc9
from rego_tui.screens import board_together
from tests.tui import boards
from tests.tui.desk import Desk, at_desk
from tests.tui.scripted import OWN_CONNECTION

ME, MIA = boards.ADA.user_id, boards.MIA.user_id
A1 = boards.card_id(1)
REF = CardRef(id=A1, ref="OPS-1", title="A1")
RULE = Cause(rule_id="r", rule_name="Tidy up", event_seq=None)


def comment(text: str, *mentions: str) -> Comment:
    stamps: dict[str, Any] = {"version": 1, "created_at": boards.NOW, "updated_at": boards.NOW}
    return Comment(id=boards.uid(7, 1), card_id=A1, author="mia", text=text, mentions=list(mentions), **stamps)


def event(data: e.EventData, *, by: str | None = MIA, cause: Cause | None = None) -> e.Event:
    actor = Actor(id=by, username="mia" if by == MIA else "ada") if by is not None else None
    return e.Event(seq=1, board_id="b", type="", at=boards.NOW, actor=actor, cause=cause, data=data)


def mentioned_now(before: list[str], after: list[str]) -> e.CommentUpdated:
    return e.CommentUpdated(card=REF, comment_id="c", changes={"mentions": Change(before=before, after=after)}, version=2)


@pytest.fixture(autouse=True)
def _lit_throughout(monkeypatch: pytest.MonkeyPatch) -> None:
    """What changed stays lit, however long a test takes."""
    monkeypatch.setattr(board_together, "FRESH", 3_600.0)


MENTION = e.CommentCreated(card=REF, comment=comment("look,\n@ada", ME), comment_count=1)
GIVEN = e.CardAssigned(card=REF, user_id=ME, username="ada", version=2)


@pytest.mark.parametrize(
    ("happened", "words"),
    [
        (event(MENTION), "mia mentions you on OPS-1 “A1”: look, @ada"),
        (event(MENTION, by=ME), ""),
        (event(e.CommentCreated(card=REF, comment=comment("@mia", MIA), comment_count=1)), ""),
        (event(GIVEN), "mia gives you OPS-1 “A1”"),
        (event(GIVEN, by=ME), ""),
        (event(GIVEN, by=ME, cause=RULE), "The rule “Tidy up” gives you OPS-1 “A1”"),
        (event(replace(GIVEN, user_id=MIA)), ""),
        (event(mentioned_now(before=[], after=[ME])), "mia mentions you on OPS-1 “A1”"),
        (event(mentioned_now(before=[ME], after=[ME])), ""),
    ],
)
def test_a_word_is_said_when_somebody_else_means_this_user(happened: e.Event, words: str) -> None:
    assert news.word_for(happened, ME) == words
    assert news.word_for(happened, None) == ""


def test_nothing_in_a_notification_for_the_terminal_ends_it_or_begins_another() -> None:
    hostile = "mia\x07\x1b]0;owned\x07 \x9c\u202e says"
    for environ in ({}, {"TMUX": "/tmp/x"}):
        sequence = osc9(hostile, environ)
        inner = sequence.removeprefix("\x1bPtmux;\x1b").removeprefix("\x1b").removesuffix("\x1b\\").removesuffix("\x07")
        assert inner.startswith("]9;mia␇␛]0;owned␇")
        assert inner.isprintable()


async def as_me(desk: Desk) -> None:
    """The server has told who this user is."""
    own = Person(connection_id=OWN_CONNECTION, user_id=ME, username="ada")
    desk.peer.feed(PresenceCame(people={OWN_CONNECTION: own}))
    await desk.until("it is known who I am", lambda: desk.store.me == ME)


@pytest.mark.parametrize(
    ("wish", "bells", "sequences", "said"),
    [("app", 0, 0, True), ("bell", 1, 0, True), ("osc9", 0, 1, True), ("off", 0, 0, False)],
)
async def test_a_mention_is_told_as_the_user_wishes(
    wish: str, bells: int, sequences: int, said: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_desk(boards.small()) as desk:
        await as_me(desk)
        rung: list[str] = []
        written: list[str] = []
        monkeypatch.setattr(desk.app, "bell", lambda: rung.append("bell"))
        monkeypatch.setattr(desk.app._driver, "write", written.append)
        desk.app.wish("notify", wish)
        desk.peer.happen(MENTION, actor=Actor(id=MIA, username="mia"))
        desk.peer.change(boards.card_id(2), title="later")
        await desk.until("both are in", lambda: "later" in desk.text())
        assert ("mia mentions you on OPS-1" in desk.notices()) is said
        assert len(rung) == bells
        assert sum("\x1b]9;" in text for text in written) == sequences


async def test_while_offline_people_are_shown_as_of_the_last_contact() -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.look_at(A1, editing=True)
        await desk.until("Mia is seen", lambda: " Mia editing" in desk.text() and "● Mia" in desk.text())
        desk.peer.feed(Offline(since=boards.NOW, reason="No answer.", retry_in=1.0))
        await desk.until("it is offline", lambda: "○ offline" in desk.text())
        assert "○ Mia editing" in desk.text()
        assert "● Mia" not in desk.text()
        await desk.press("enter")
        await desk.until("the card says it too", lambda: "Mia is editing, when last heard" in desk.text())
        await desk.press("escape", "g", "p")
        await desk.until("and the people", lambda: "last heard: editing OPS-1" in desk.text())


async def test_whoever_changed_a_card_and_is_on_it_is_named_once() -> None:
    async with at_desk(boards.small()) as desk:
        await as_me(desk)
        desk.peer.look_at(A1)
        await desk.until("Mia is on the card", lambda: desk.text().casefold().count(" mia") == 2)
        desk.peer.change(A1, title="A1 anew", actor=Actor(id=MIA, username="mia"))
        await desk.until("it is drawn", lambda: "A1 anew" in desk.text())
        assert desk.text().casefold().count(" mia") == 2


async def test_what_was_missed_is_not_announced_when_the_connection_is_back() -> None:
    async with at_desk(boards.small()) as desk:
        await as_me(desk)
        desk.peer.feed(Offline(since=boards.NOW, reason="No answer.", retry_in=1.0))
        await desk.until("it is offline", lambda: "offline" in desk.text())
        desk.peer.happen(MENTION, actor=Actor(id=MIA, username="mia"), feed=False)
        desk.peer.say_hello(Resume.REPLAY)
        desk.peer.feed_missed()
        await desk.until("it is live", lambda: "● live" in desk.text())
        assert desk.peer.replica.seq == desk.store.loaded.seq
        assert "mentions you" not in desk.notices()


async def test_a_card_that_somebody_changed_is_lit_with_their_name() -> None:
    async with at_desk(boards.small()) as desk:
        await as_me(desk)
        desk.peer.change(A1, title="A1 by Mia", actor=Actor(id=MIA, username="mia"))
        await desk.until("it is drawn with the name", lambda: "mia" in desk.text() and "A1 by Mia" in desk.text())
        assert desk.cursor == "A1 by Mia"


async def test_after_a_moment_it_is_as_the_others_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_together, "FRESH", 0.1)
    async with at_desk(boards.small()) as desk:
        await as_me(desk)
        desk.peer.change(A1, title="A1 by Mia", actor=Actor(id=MIA, username="mia"))
        await desk.until("it is as the others", lambda: "A1 by Mia" in desk.text() and "mia" not in desk.text())
        assert desk.board.fresh == {}


async def test_what_i_did_elsewhere_myself_is_not_lit() -> None:
    async with at_desk(boards.small()) as desk:
        await as_me(desk)
        desk.peer.change(A1, title="A1 by me", actor=Actor(id=ME, username="ada"))
        await desk.until("it is drawn", lambda: "A1 by me" in desk.text())
        assert desk.board.fresh == {}


async def test_of_a_flood_only_the_last_cards_are_lit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_together, "FRESH_MAX", 3)
    async with at_desk(boards.large(20, 2)) as desk:
        for number in range(1, 9):
            desk.peer.change(boards.card_id(number), title="new", actor=Actor(id=MIA, username="mia"))
        await desk.until("all are in", lambda: desk.store.loaded.seq == desk.peer.replica.seq)
        assert set(desk.board.fresh) == {boards.card_id(number) for number in (6, 7, 8)}


async def test_a_viewer_sees_at_once_that_nothing_can_be_changed_and_nothing_is_sent() -> None:
    async with at_desk(
        boards.snapshot([boards.column(1, "Todo")], [boards.card(1, "A1")], members=[replace(boards.ADA, role=Role.VIEWER)])
    ) as desk:
        await as_me(desk)
        await desk.settle()
        assert "LOOK ONLY" in desk.text()
        assert "archive" not in desk.text()
        await desk.press("x", "d", "L", "m", "n", "e", "o", "u")
        assert desk.app.screen is desk.board
        assert "You are a viewer of this board" in desk.notices()
        assert not [call for call, _ in desk.peer.sent if call.changes_something]
        await desk.press("enter", "x")
        assert not desk.sent(UpdateCard)


async def test_a_role_that_changes_meanwhile_counts_at_once() -> None:
    async with at_desk(boards.small()) as desk:
        await as_me(desk)
        desk.peer.happen(e.MemberUpdated(user_id=ME, username="ada", before=Role.OWNER, after=Role.VIEWER))
        await desk.until("it is said", lambda: "LOOK ONLY" in desk.text())
        desk.peer.happen(e.MemberUpdated(user_id=ME, username="ada", before=Role.VIEWER, after=Role.OWNER))
        await desk.until("it is over", lambda: "LOOK ONLY" not in desk.text())
        await desk.press("x")
        await desk.until_sent()
        assert desk.peer.replica.cards[A1].completed


async def test_an_empty_board_offers_nothing_that_needs_a_card() -> None:
    async with at_desk(boards.snapshot([boards.column(1, "Todo")], [])) as desk:
        assert "new" in desk.text()
        assert "archive" not in desk.text()
        assert "edit" not in desk.text()
