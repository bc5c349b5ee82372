"""Where there is nothing to see, a sentence says why and what can be done about it; and the options line fits the moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from textual.notifications import Notifications

from rego.client.updates import PresenceCame
from rego.wire.base import Role
from rego.wire.presence import Person
from rego_tui.people_words import left_words
from rego_tui.widgets.bars import OptionsBar
from rego_tui.widgets.column_head import HEADER
from tests.tui import boards
from tests.tui.card_peer import card_desk
from tests.tui.desk import Desk, at_desk, running
from tests.tui.scenes import a_busy_peer
from tests.tui.scripted import OWN_CONNECTION

ONE_COLUMN = boards.snapshot([boards.column(1, "Todo"), boards.column(2, "Done")], [])
NOTHING = boards.snapshot([], [])
FORGET = Notifications.__delitem__
"""As it is where the tests do not keep what was said."""


async def open_filter(desk: Desk, text: str) -> None:
    await desk.press("slash", *text)


def options(desk: Desk) -> str:
    """The line at the bottom."""
    return desk.text().splitlines()[-1]


async def test_an_empty_column_says_how_a_card_comes_in() -> None:
    async with at_desk(ONE_COLUMN) as desk:
        assert desk.text().count("No cards here yet.") == 1  # in the cursor's column, and nowhere else
        assert "n adds one." in desk.text()
        await desk.press("n")
        assert "No cards here yet." not in desk.text()


async def test_who_may_only_look_is_not_told_to_add_anything() -> None:
    viewer = replace(ONE_COLUMN, members=[replace(boards.ADA, role=Role.VIEWER)])
    async with at_desk(viewer) as desk:
        own = Person(connection_id=OWN_CONNECTION, user_id=boards.ADA.user_id, username="ada")
        desk.peer.feed(PresenceCame(people={OWN_CONNECTION: own}))
        await desk.until("it is known who looks", lambda: "LOOK ONLY" in desk.text())
        assert "No cards here yet." in desk.text()
        assert "adds" not in desk.text()


async def test_a_card_offers_nothing_to_who_may_only_look() -> None:
    viewer = replace(boards.small(), members=[replace(boards.ADA, role=Role.VIEWER)])
    async with card_desk(snapshot=viewer) as desk:
        assert "LOOK ONLY" in options(desk)
        assert "title" not in options(desk)
        assert "Enter reads it" in desk.text()
        assert not any(words in desk.text() for words in ("Enter edits", "adds one", "writes one"))
        await desk.press("escape", "C")
        await desk.until("the menu of the column is open", lambda: "Hide it here" in desk.text())
        assert "Rename" not in desk.text()


async def test_a_board_without_columns_says_how_to_get_one_and_offers_no_card() -> None:
    async with at_desk(NOTHING) as desk:
        assert "This board has no columns yet. C adds the first one." in desk.text()
        assert "new" not in options(desk)
        await desk.press("n")
        assert "A card needs a column" in desk.notices()


async def test_a_filter_that_nothing_fits_says_so_and_how_to_leave_it() -> None:
    async with at_desk(boards.small()) as desk:
        await open_filter(desk, "zzz")
        assert "No card fits the filter." in desk.text()
        assert "Esc" in desk.text()
        await desk.press("escape")
        assert "fits the filter" not in desk.text()


async def test_the_options_line_offers_keys_for_cards_again_when_a_card_comes_back() -> None:
    async with at_desk(boards.snapshot([boards.column(1, "Todo")], [boards.card(1, "Alone")])) as desk:
        await desk.press("d")
        await desk.until_sent()
        assert "archive" not in options(desk)
        await desk.press("u")
        await desk.until("the card is back", lambda: "Alone" in desk.text())
        assert "archive" in options(desk)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
async def test_the_key_that_tells_all_others_is_shown_at_every_width(width: int) -> None:
    async with at_desk(boards.small(), size=(width, 24)) as desk:
        assert "? keys" in options(desk)
        assert "open" in options(desk)


async def test_the_options_line_is_never_longer_than_the_terminal() -> None:
    async with at_desk(boards.small(), size=(20, 5)) as desk:
        assert len(options(desk)) <= 20
        assert options(desk).strip()
        assert desk.board.query_one(OptionsBar).size.height == 1


async def test_a_click_on_a_column_without_cards_puts_the_cursor_there() -> None:
    async with at_desk(ONE_COLUMN) as desk:
        await desk.pilot.click(desk.column(2), offset=(5, HEADER + 3))
        await desk.settle()
        assert desk.view.column_id == boards.column_id(2)


async def test_rules_of_one_board_stand_in_columns_whatever_their_names() -> None:
    peer = a_busy_peer()
    async with running(peer, board="WEB", size=(120, 40)) as desk:
        await desk.until("the board is live", lambda: "● live" in desk.text())
        await desk.press("g", "r")
        await desk.until("the rules are listed", lambda: "Finished is done" in desk.text())
        rows = [line for line in desk.text().splitlines() if " → " in line]
        assert len(rows) > 1
        assert len({_phrase_at(row) for row in rows}) == 1


def _phrase_at(row: str) -> int:
    """The cell in which the phrase of a rule begins."""
    return row.index(row.split(" → ")[0].split()[-1])


async def test_a_line_to_type_does_not_say_that_there_is_nothing_to_choose() -> None:
    async with at_desk(NOTHING) as desk:
        await desk.press("C", "enter")
        await desk.until("the title is asked for", lambda: "Title of the new column" in desk.text())
        assert "nothing to choose" not in desk.text()


async def test_what_is_wrong_with_a_date_is_told_to_its_end_and_the_cursor_is_seen_without_colours() -> None:
    async with at_desk(boards.small()) as desk:
        await desk.press("D")
        await desk.until("the date is asked for", lambda: "Tomorrow" in desk.text())
        assert "▌Today" in desk.text()
        await desk.press("x", "y")
        said = " ".join(" ".join(line.split()) for line in desk.text().splitlines())
        assert "'xy' is no date that Rego reads" in said
        assert "+2w or +4h." in said


async def test_quick_work_leaves_one_sentence_on_the_board_and_what_failed_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Notifications, "__delitem__", FORGET)
    async with at_desk(boards.rich()) as desk:
        desk.app.call_attention("Mia means you.")
        await desk.press("z", "z", "y")
        await desk.until("the last is said", lambda: "Copied OPS-1" in desk.notices())
        assert desk.notices() == "Mia means you.\nCopied OPS-1"
        desk.app.say("It failed.", failed=True)
        await desk.press("z")
        await desk.until("the next is said", lambda: "are compact now" in desk.notices() or "are normal now" in desk.notices())
        assert "Mia means you.\nIt failed.\n" in desk.notices()
        assert "Copied" not in desk.notices()


def test_a_week_that_has_just_begun_has_seven_days_left() -> None:
    assert left_words(boards.NOW + timedelta(days=7, seconds=-1), boards.NOW) == "7 days left"
    assert left_words(boards.NOW + timedelta(hours=47, minutes=59), boards.NOW) == "47 h left"
    assert left_words(boards.NOW + timedelta(minutes=59), boards.NOW) == "ends soon"
