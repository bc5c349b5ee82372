"""The palette's order: what fits the words best, and what is of use at the place before mere steps of the cursor."""

from __future__ import annotations

import pytest

from rego_tui.actions import Place
from rego_tui.keymap import keymap
from rego_tui.palette import keys_and_id, ranked, useful_first

TABLE = keymap()[0]
HINTS = [("n", "new"), ("?", "keys")]
BOARD = useful_first(TABLE.at(Place.BOARD), Place.BOARD, HINTS)


def test_what_the_options_line_offers_comes_first_and_steps_of_the_cursor_last() -> None:
    ids = [action.id for action in BOARD]
    assert ids[0] == "card.new"
    assert ids.index("app.help") < ids.index("app.quit") < ids.index("cursor.left")
    assert len(ids) == len(TABLE.at(Place.BOARD))


@pytest.mark.parametrize(
    ("words", "first"),
    [("archive", "card.archive"), ("undo", "acts.undo"), ("done", "card.toggle_done"), ("sett", "app.settings")],
)
def test_the_best_fit_is_the_first(words: str, first: str) -> None:
    assert ranked(BOARD, words)[0].id == first


def test_every_word_must_be_found() -> None:
    assert ranked(BOARD, "archive zebra") == []


def test_who_may_only_look_finds_what_changes_the_board_at_the_end() -> None:
    ids = [action.id for action in useful_first(TABLE.at(Place.BOARD), Place.BOARD, HINTS, only_look=True)]
    assert ids.index("cursor.left") < ids.index("card.new")


def test_a_key_that_is_a_bracket_is_shown_as_it_is() -> None:
    assert keys_and_id(TABLE.actions["filter.previous"]) == r"N  \[  ·  filter.previous"
