"""The actions on the marked cards, or on the one under the cursor: popups, marks, copies, and once more. Each by its key."""

from __future__ import annotations

from datetime import datetime

import pytest

from rego.client.server import Server
from rego.client.updates import PresenceCame
from rego.wire.cards import BulkCards, MoveCard, Priority, UpdateCard, UpdateCards
from rego.wire.errors import Conflict
from rego.wire.labels import CreateLabel
from rego.wire.presence import Person
from tests.tui import boards
from tests.tui.desk import Desk, at_desk
from tests.tui.scripted import OWN_CONNECTION

FIRST, SECOND, THIRD = (boards.card_id(number) for number in (1, 2, 3))


def paths(desk: Desk) -> list[str]:
    """The calls without a body that were sent, as method and the end of the path."""
    calls = [call for call, _ in desk.peer.sent if call.changes_something and call.body is None]
    return [f"{call.method} {'/'.join(call.path.split('/')[-3:])}" for call in calls]


def labels_of(desk: Desk, card_id: str) -> list[str]:
    return [desk.peer.replica.labels[each].name for each in desk.peer.replica.cards[card_id].label_ids]


# --- popups --------------------------------------------------------------------------------------------------------------


async def test_card_label() -> None:
    async with at_desk(boards.rich()) as desk:
        before = set(labels_of(desk, FIRST))
        await desk.press("t", "1", "enter")
        await desk.until_sent()
        assert set(labels_of(desk, FIRST)) == before ^ {"bug"}
        assert len([p for p in paths(desk) if "/labels/" in p]) == 1


async def test_a_label_that_is_missing_is_made() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("t", *"new one", "enter")
        await desk.until("it is on the card", lambda: labels_of(desk, FIRST) == ["new one"])
        assert [body.name for body in desk.sent(CreateLabel) if isinstance(body, CreateLabel)] == ["new one"]
        await desk.until("it is shown", lambda: "● new one" in desk.text())


async def test_card_assign() -> None:
    async with at_desk(boards.small()) as desk:
        me = Person(connection_id=OWN_CONNECTION, user_id=boards.MIA.user_id, username="mia", card_id=None, editing=False)
        desk.peer.feed(PresenceCame(people={OWN_CONNECTION: me}))
        await desk.until("the app knows its user", lambda: desk.store.me == boards.MIA.user_id)
        await desk.press("a", "1", "enter")
        assert "Mia" in desk.text()
        await desk.until_sent()
        assert desk.peer.replica.cards[FIRST].assignee_ids == [boards.MIA.user_id], "oneself is the first"


async def test_card_due() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("D", *"2026-12-01", "enter")
        assert "due 1 Dec" in desk.text()
        await desk.press("D", *"someday")
        assert "'someday' is no date that Rego reads" in desk.text()
        await desk.press("escape", "D", *"none", "enter")
        await desk.until_sent()
        first, second = desk.sent(UpdateCard)
        assert isinstance(first, UpdateCard)
        assert isinstance(first.due_at, datetime)
        assert second == UpdateCard(due_at=None)


async def test_card_priority() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("p", "1")
        assert "▲ urgent" in desk.text()
        await desk.until_sent()
        assert desk.sent(UpdateCard) == [UpdateCard(priority=Priority.URGENT)]


# --- marks ---------------------------------------------------------------------------------------------------------------


async def test_marks_toggle() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("space", "j", "space")
        assert "2 MARKED" in desk.text()
        assert "◆A1" in desk.text()
        await desk.press("space", "x")
        await desk.until_sent()
        assert desk.sent(UpdateCard) == [UpdateCard(completed=True)], "only the first is marked"


async def test_marks_range() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("v", "j")
        assert "2 MARKED" in desk.text()
        await desk.press("j", "k", "v", "j", "j")
        assert "2 MARKED" in desk.text()


async def test_marks_all() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("ctrl+a")
        assert "4 MARKED" in desk.text()
        await desk.press("escape")
        assert "MARKED" not in desk.text()


async def test_an_act_goes_to_all_that_are_marked_as_one() -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.hold()
        await desk.press("space", "j", "space", "L", "x", "D", *"today", "enter", "p", "4")
        assert (desk.titles(1), desk.titles(2)) == (["A3"], ["A1", "A2", "B1"])
        assert desk.text().count("✓ done") == 2
        desk.peer.release()
        await desk.until_sent()
        bodies = [body for body in desk.sent(BulkCards) if isinstance(body, BulkCards)]
        assert [body.card_ids for body in bodies] == [[FIRST, SECOND]] * 4
        assert bodies[0].move == MoveCard(column_id=boards.column_id(2), before_id=boards.card_id(4))
        assert bodies[1].complete is True
        assert bodies[3].update == UpdateCards(priority=Priority.LOW)
        assert (desk.server_titles(1), desk.server_titles(2)) == (["A3"], ["A1", "A2", "B1"])


async def test_many_are_labelled_assigned_and_archived_together() -> None:
    async with at_desk(boards.rich()) as desk:
        await desk.press("v", "j", "t", *"bug", "enter", "a", *"mia", "enter", "d")
        await desk.until_sent()
        bodies = [body for body in desk.sent(BulkCards) if isinstance(body, BulkCards)]
        assert [body.update or body.archive for body in bodies] == [
            UpdateCards(add_label_ids=[boards.label_id(1)]),
            UpdateCards(add_assignee_ids=[boards.MIA.user_id]),
            True,
        ]
        assert "Archived 2 cards. Press u to undo." in desk.notices()
        assert "MARKED" not in desk.text(), "nothing is marked that is not shown"


async def test_all_that_is_ticked_in_a_popup_is_one_act_and_repeats_as_one() -> None:
    async with at_desk(boards.rich()) as desk:
        await desk.press("G")
        held = set(labels_of(desk, desk.view.card_id or ""))
        await desk.press("t", "1", "2", "enter")
        await desk.until_sent()
        (body,) = desk.sent(BulkCards)
        assert isinstance(body, BulkCards)
        assert body.card_ids == [desk.view.card_id]
        assert set(labels_of(desk, body.card_ids[0])) == held ^ {"bug", "design"}
        await desk.press("k", ".")
        await desk.until_sent()
        assert len(desk.sent(BulkCards)) == 2
        await desk.press("!")
        assert desk.text().count("rego cards label") == 2


async def test_a_label_that_is_missing_is_put_on_with_the_ticked_ones() -> None:
    async with at_desk(boards.rich()) as desk:
        await desk.press("G", "t", "1", *"fresh", "enter")
        await desk.until("it is on the card", lambda: "fresh" in labels_of(desk, desk.view.card_id or ""))
        (body,) = desk.sent(BulkCards)
        assert isinstance(body, BulkCards)
        assert body.update is not None
        assert body.update.belongings == 2


async def test_a_refusal_of_one_card_is_that_of_all_in_one_sentence() -> None:
    async with at_desk(boards.small()) as desk:
        desk.peer.refusals.append(Conflict("Doing is full: its limit is 2."))
        await desk.press("space", "j", "space", "L")
        await desk.until("all is back", lambda: desk.titles(1) == ["A1", "A2", "A3"])
        assert "2 cards were not moved: Doing is full: its limit is 2." in desk.notices()


async def test_marked_cards_ride_together_in_move_mode() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("space", "j", "j", "space", "m")
        assert "MOVE 2" in desk.text()
        assert desk.titles(1) == ["A2", "A3"]
        await desk.press("l", "enter")
        assert desk.titles(2) == ["B1", "A1", "A3"]
        await desk.press("m", "h", "escape")
        assert desk.titles(2) == ["B1", "A1", "A3"]
        await desk.until_sent()
        assert desk.server_titles(2) == ["B1", "A1", "A3"]


async def test_a_step_needs_marks_that_stand_in_one_column() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("ctrl+a", "L")
        assert "The marked cards stand in several columns" in desk.notices()
        assert not desk.sent(BulkCards)


async def test_marks_that_a_filter_hides_are_dropped() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("ctrl+a", "/", *"A", "enter")
        assert "3 MARKED" in desk.text()


async def test_no_more_is_done_at_once_than_the_server_takes() -> None:
    async with at_desk(boards.large(300)) as desk:
        await desk.press("ctrl+a", "x", "m")
        assert "300 cards are marked, and one act takes 200 at most." in desk.notices()
        assert not desk.sent(BulkCards)


async def test_a_marked_card_that_somebody_deletes_is_not_marked_any_more() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("space", "j", "space")
        desk.peer.delete(FIRST)
        await desk.until("one is left", lambda: "1 MARKED" in desk.text())


# --- again -----------------------------------------------------------------------------------------------------------------


async def test_acts_repeat() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press(".")
        assert "Nothing was done here yet" in desk.notices()
        await desk.press("x", "j", ".", "j", ".")
        await desk.until_sent()
        assert all(desk.peer.replica.cards[card_id].completed for card_id in (FIRST, SECOND, THIRD))


async def test_a_label_and_a_place_are_given_again() -> None:
    async with at_desk(boards.rich()) as desk:
        name = next(name for name in ("bug", "design", "infra") if name not in labels_of(desk, FIRST))
        await desk.press("t", *name, "enter", "j", ".")
        await desk.until_sent()
        assert [name in labels_of(desk, card_id) for card_id in (FIRST, SECOND)] == [True, True]
    async with at_desk(boards.small()) as desk:
        await desk.press("m", "2", "enter", "h", ".")
        await desk.until_sent()
        assert desk.server_titles(2) == ["A1", "A2", "B1"], "each below the one before"


# --- copies ----------------------------------------------------------------------------------------------------------------


async def test_copy_ref() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("y")
        assert desk.app.clipboard == "OPS-1"
        assert "Copied OPS-1" in desk.notices()
        await desk.press("space", "j", "space", "y")
        assert desk.app.clipboard == "OPS-1\nOPS-2"


async def test_copy_url() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("Y")
        assert "its cards have no URL" in desk.notices()
        desk.app.where.server = Server.parse("https://rego.example")
        await desk.press("Y")
        assert desk.app.clipboard == "https://rego.example/cards/OPS-1"


async def test_copy_branch() -> None:
    async with at_desk(boards.rich()) as desk:
        desk.peer.change(FIRST, title="Fix: the login!")
        await desk.until("it is renamed", lambda: "Fix: the login" in desk.text())
        await desk.press("b")
        assert desk.app.clipboard == "ops-1-fix-the-login"


async def test_acts_command() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("!")
        assert "Nothing was done here yet" in desk.notices()
        await desk.press("L", "!")
        assert "rego cards move --top OPS-1 Doing" in desk.text()


async def test_command_copy() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("x", "!", "y")
        assert desk.app.clipboard == "rego cards done OPS-1"
        assert "The same in a shell" not in desk.text()


async def test_command_close() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("x", "!", "escape")
        assert "The same in a shell" not in desk.text()


@pytest.mark.parametrize("keys", ["t", "a", "D", "p", "!"])
async def test_popups_survive_the_smallest_terminal(keys: str) -> None:
    async with at_desk(boards.rich()) as desk:
        await desk.press("x", keys)
        await desk.pilot.resize_terminal(20, 5)
        await desk.settle()
        assert all(len(line) <= 20 for line in desk.text().splitlines())
        await desk.press("escape")
