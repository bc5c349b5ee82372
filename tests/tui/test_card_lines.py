"""Cards as cells: whatever stands in a card, its lines are as many as promised, and each exactly as wide as its column."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len
from rich.style import Style

from rego.wire.cards import CardSummary, Priority
from rego.wire.columns import Color
from rego_tui.widgets.card_lines import card_height, card_lines
from rego_tui.widgets.facts import due_text
from rego_tui.widgets.looks import Density, Face, Looks, Peer, Styles
from rego_tui.widgets.text_cells import cut, pad, steady, wrap
from tests.tui import boards

PLAIN = Style(color="white", bgcolor="black")
STYLES = Styles(**{name: PLAIN for name in Styles.__struct_fields__ if name != "dark"})  # type: ignore[arg-type]
RICH = boards.rich()
LOOKS = Looks(
    key="OPS",
    labels={label.id: label for label in RICH.labels} | {"odd": boards.label(9, "", Color.LIME)},
    members={member.user_id: member for member in RICH.members},
    now=boards.NOW,
)

texts = st.text(alphabet=st.characters(), max_size=80)


def lines(card: CardSummary, face: Face = Face(), width: int = 26) -> list[str]:  # noqa: B008 - a frozen value
    return [strip.text.rstrip() for strip in card_lines(card, face, LOOKS, STYLES, width)]


@given(title=texts, width=st.integers(5, 90), density=st.sampled_from(Density), name=texts, focused=st.booleans())
def test_a_card_fills_exactly_its_lines_and_cells(title: str, width: int, density: Density, name: str, focused: bool) -> None:
    card = boards.card(1, title, label_ids=["odd"], assignee_ids=[boards.ADA.user_id], checklist_total=3, comment_count=2)
    face = Face(focused=focused, pending=True, peers=(Peer("u", name, True), Peer("v", name, False)))
    strips = card_lines(card, face, replace(LOOKS, density=density), STYLES, width)
    assert len(strips) == card_height(card, width, density)
    assert {cell_len(strip.text) for strip in strips} == {width}


@given(title=texts, width=st.integers(1, 60), max_lines=st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_that_has_room(title: str, width: int, max_lines: int) -> None:
    text = steady(title)
    wrapped = wrap(text, width, max_lines)
    assert 1 <= len(wrapped) <= max_lines
    assert all(cell_len(line) <= max(width, 2) for line in wrapped)
    if not any(line.endswith("…") for line in wrapped):
        assert "".join(wrapped).replace(" ", "") == "".join(text.split())


@given(words=st.lists(st.text("ab-", min_size=1, max_size=12)), width=st.integers(1, 30), max_lines=st.integers(1, 4))
def test_plain_text_is_wrapped_as_any_other(words: list[str], width: int, max_lines: int) -> None:
    """It takes a shorter way, which a letter with an accent does not."""
    plain = wrap(" ".join(words), width, max_lines)
    assert [line.replace("a", "ä") for line in plain] == wrap(" ".join(words).replace("a", "ä"), width, max_lines)


@given(text=texts, width=st.integers(0, 40))
def test_cut_and_pad_keep_to_their_width(text: str, width: int) -> None:
    assert cell_len(cut(steady(text), width)) <= width
    assert cell_len(pad(steady(text), width)) == width


@given(text=texts)
def test_steady_text_is_printable(text: str) -> None:
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in steady(text))


def test_emoji_sequences_come_apart_so_that_every_terminal_agrees_on_their_width() -> None:
    assert steady("👩‍👩‍👧 ❤️ 👍🏽") == "👩👩👧 ❤ 👍"


def test_piled_up_accents_are_thinned_out() -> None:
    assert steady("Z" + "\u0301" * 40) == "Z" + "\u0301" * 3


def test_a_card_shows_its_facts_in_words() -> None:
    card = next(card for card in RICH.cards if card.number == 6)
    assert lines(card, width=30) == [
        "",
        "  Rotate the signing keys",
        "  ● infra",
        "  Ada, Mia                ❝ 1",
        "  OPS-6  due tomorrow  ▤ 2/4",
    ]


def test_on_a_wide_card_people_stand_beside_the_facts() -> None:
    card = next(card for card in RICH.cards if card.number == 6)
    assert lines(card, width=60)[-1].split() == ["OPS-6", "due", "tomorrow", "▤", "2/4", "❝", "1", "Ada,", "Mia"]


def test_what_does_not_fit_is_left_out_from_the_end() -> None:
    card = boards.card(1, "T", due_at=boards.NOW, checklist_total=5, comment_count=7, has_description=True)
    assert lines(card, width=20)[-1] == "  OPS-1  due today"


def test_in_a_narrow_column_facts_are_said_shorter_before_any_is_left_out() -> None:
    tomorrow = boards.NOW + timedelta(days=1)
    assert lines(boards.card(10, "T", priority=Priority.HIGH, due_at=tomorrow), width=26)[-1] == "  OPS-10  ▲  due tomorrow"
    late = boards.card(10, "T", priority=Priority.URGENT, due_at=boards.NOW - timedelta(days=2))
    assert lines(late, width=26)[-1] == "  OPS-10  ▲▲  late 21 Nov"


def test_counts_that_find_no_room_stand_right_of_the_people_and_the_labels() -> None:
    labels = [RICH.labels[0].id]
    known: dict[str, Any] = {
        "priority": Priority.HIGH,
        "due_at": boards.NOW + timedelta(days=1),
        "checklist_total": 4,
        "comment_count": 2,
    }
    card = boards.card(6, "T", label_ids=labels, assignee_ids=[boards.ADA.user_id], attachment_count=2, **known)
    assert lines(card, width=26)[2:] == ["  ● bug", "  Ada ▤ 0/4  ❝ 2  2 files", "  OPS-6  ▲  due tomorrow"]


def test_counts_go_up_to_the_labels_when_the_people_leave_no_room() -> None:
    card = boards.card(
        6,
        "T",
        label_ids=[RICH.labels[0].id],
        assignee_ids=[boards.ADA.user_id, boards.MIA.user_id],
        due_at=boards.NOW + timedelta(days=1),
        checklist_total=4,
        comment_count=2,
        attachment_count=2,
    )
    assert lines(card, width=26)[2:] == ["  ● bug           2 files", "  Ada, Mia     ▤ 0/4  ❝ 2", "  OPS-6  due tomorrow"]


def test_on_a_wide_card_counts_leave_room_for_the_people() -> None:
    known: dict[str, Any] = {"priority": Priority.HIGH, "due_at": boards.NOW + timedelta(days=1), "checklist_total": 4}
    card = boards.card(6, "T", assignee_ids=[boards.ADA.user_id], comment_count=2, attachment_count=2, **known)
    assert lines(card, width=44)[-1] == "  OPS-6  ▲ high  due tomorrow  ▤ 0/4    Ada"


def test_labels_that_do_not_fit_are_counted() -> None:
    card = boards.card(1, "T", label_ids=[label.id for label in RICH.labels])
    assert lines(card, width=16)[2] == "  ● bug +2"


def test_a_nameless_label_is_called_by_its_colour() -> None:
    assert lines(boards.card(1, "T", label_ids=["odd"]))[2] == "  ● lime"


def test_a_long_title_is_cut_after_its_lines() -> None:
    shown = lines(boards.card(1, "word " * 40), width=20)
    assert len(shown) == 5
    assert shown[3].endswith("…")


def test_peers_show_on_the_edge_with_what_they_do() -> None:
    face = Face(peers=(Peer("u", "Mia", True),))
    assert lines(boards.card(1, "T"), face)[0].strip() == "Mia editing"


def test_no_face_changes_the_height() -> None:
    card = RICH.cards[0]
    plain = len(card_lines(card, Face(), LOOKS, STYLES, 30))
    busy = Face(focused=True, ghost=True, pending=True, peers=(Peer("u", "Mia", True),))
    assert len(card_lines(card, busy, LOOKS, STYLES, 30)) == plain


@pytest.mark.parametrize(
    ("due", "text"),
    [
        (boards.NOW - timedelta(days=3), "overdue 20 Nov"),
        (boards.NOW - timedelta(hours=1), "overdue today"),
        (boards.NOW + timedelta(hours=1), "due today"),
        (boards.NOW + timedelta(days=1), "due tomorrow"),
        (boards.NOW + timedelta(days=9), "due 2 Dec"),
        (datetime(2027, 1, 5, tzinfo=UTC), "due 5 Jan 2027"),
    ],
)
def test_due_dates_in_words(due: datetime, text: str) -> None:
    assert due_text(due, boards.NOW) == text
