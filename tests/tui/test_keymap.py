"""The action table: no clashes of its own, keys to actions with sequences and counts, and rebinding by id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest

from rego_tui import screens
from rego_tui.actions import ACTIONS, Place
from rego_tui.keymap import KeyReader, key_label, keymap
from rego_tui.screens.board import BoardScreen
from rego_tui.screens.card import CardScreen
from rego_tui.screens.help import action_line, found
from rego_tui.screens.keys import KeyScreen

for module in iter_modules(screens.__path__, f"{screens.__name__}."):
    import_module(module.name)


def made_of(kind: type[KeyScreen]) -> Iterator[type[KeyScreen]]:
    """A screen and all that are made of it, the plainest first."""
    yield kind
    for other in kind.__subclasses__():
        yield from made_of(other)


SCREENS = {screen.place: screen for screen in made_of(KeyScreen) if hasattr(screen, "place")} | {
    Place.MOVE: BoardScreen,
    Place.EDITOR: CardScreen,
    Place.EVERYWHERE: KeyScreen,
}
"""The screen of each place: of several, the one that is made of the others."""


def typed(place: Place, *keys: str) -> list[tuple[str, int, str]]:
    """The actions, counts and last keys that some keys come to."""
    reader = KeyReader(keymap()[0], place)
    presses = [reader.press(key) for key in keys]
    return [(press.action.id, press.count, press.key) for press in presses if press is not None]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_has_a_method_on_its_screen_keys_and_a_help_text(action) -> None:  # type: ignore[no-untyped-def]
    assert callable(getattr(SCREENS[action.place], action.method))
    assert all(action.keys)
    assert action.help


def test_ids_are_unique() -> None:
    assert max(Counter(action.id for action in ACTIONS).values()) == 1


@pytest.mark.parametrize("place", list(Place))
def test_no_two_actions_of_a_place_share_a_key_or_hide_a_sequence(place: Place) -> None:
    keys = [tuple(key.split(" ")) for action in ACTIONS if action.place is place for key in action.keys]
    assert max(Counter(keys).values()) == 1
    assert not [(one, other) for one in keys for other in keys if one != other and other[: len(one)] == one]


def test_a_key_a_sequence_and_a_count() -> None:
    assert typed(Place.BOARD, "j", "g", "g", "3", "L") == [
        ("cursor.down", 1, "j"),
        ("cursor.top", 1, "g"),
        ("card.move_right", 3, "L"),
    ]


def test_counts_of_several_digits_and_a_zero_that_begins_none() -> None:
    assert typed(Place.BOARD, "1", "0", "j", "0", "j") == [("cursor.down", 10, "j"), ("cursor.down", 1, "j")]


def test_a_broken_sequence_and_its_count_are_forgotten() -> None:
    assert typed(Place.BOARD, "5", "g", "Z", "j") == [("cursor.down", 1, "j")]


def test_digits_are_columns_in_move_mode() -> None:
    assert typed(Place.MOVE, "3") == [("carry.to_column", 1, "3")]


def test_a_place_wins_over_what_works_everywhere() -> None:
    assert typed(Place.MOVE, "q") == [("carry.cancel", 1, "q")]
    assert typed(Place.BOARD, "q") == [("app.quit", 1, "q")]


def test_rebinding_replaces_the_keys_of_an_action() -> None:
    table, problems = keymap({"card.archive": ["X"]})
    assert not problems
    reader = KeyReader(table, Place.BOARD)
    assert reader.press("d") is None
    assert (press := reader.press("X")) is not None
    assert press.action.id == "card.archive"


def test_a_rebound_key_is_taken_from_the_action_that_had_it() -> None:
    table, _ = keymap({"card.open": ["x"]})
    assert table.actions["card.toggle_done"].keys == ()
    assert "no key" in action_line(table.actions["card.toggle_done"], 70).plain


def test_two_overrides_that_clash_are_reported_and_the_first_wins() -> None:
    table, problems = keymap({"card.open": ["Q"], "card.archive": ["Q"]})
    said = "Q cannot be both card.open and card.archive: card.archive keeps its own keys."
    assert problems == [("card.archive", said)]
    assert table.actions["card.open"].keys == ("Q",)
    assert table.actions["card.archive"].keys == ("d",)


def test_the_same_key_in_two_places_is_no_clash() -> None:
    assert keymap({"card.open": ["Q"], "help.close": ["Q"]})[1] == []


def test_an_unknown_id_is_reported_with_near_names() -> None:
    (action_id, sentence), *more = keymap({"card.arcive": ["f"]})[1]
    assert (action_id, more) == ("card.arcive", [])
    assert "There is no action “card.arcive”. Near it: card.archive" in sentence


def test_a_key_that_begins_a_sequence_takes_the_sequence_away() -> None:
    table, problems = keymap({"card.open": ["g"]})
    assert table.actions["cursor.top"].keys == ("home",)
    assert [sentence.split(" (")[0] for _, sentence in problems] == [
        "g is card.open now, so board.activity",
        "g is card.open now, so board.people",
        "g is card.open now, so board.rules",
        "g is card.open now, so board.review",
    ]


def test_an_action_that_is_left_without_a_key_is_told_with_what_took_it_and_what_to_do() -> None:
    said = (
        "x is card.open now, so card.toggle_done (done, or not done after all) has no key."
        ' Give it one, card.toggle_done = ["…"], or say that it needs none: card.toggle_done = [].'
    )
    assert keymap({"card.open": ["x"]})[1] == [("card.open", said)]


@pytest.mark.parametrize(
    "overrides",
    [
        {"card.open": ["x"], "card.toggle_done": []},
        {"card.open": ["x"], "card.toggle_done": ["X"]},
        {"card.open": ["d"], "card.archive": ["enter"]},
        {"card.open": ["left"]},
        {"app.quit": []},
    ],
    ids=str,
)
def test_nothing_is_said_when_every_action_has_a_key_or_was_given_none(overrides: dict[str, list[str]]) -> None:
    assert keymap(overrides)[1] == []


def test_an_action_of_everywhere_may_lose_its_key_at_one_place() -> None:
    (_, sentence), *more = keymap({"card.open": ["q"]})[1]
    assert sentence.startswith("q is card.open now, so app.quit (quit) has no key at “board”.")
    assert more == []


def test_a_sequence_of_a_place_wins_over_a_single_key_of_everywhere() -> None:
    reader = KeyReader(keymap({"card.open": ["q o"]})[0], Place.BOARD)
    assert reader.press("q") is None
    assert (press := reader.press("o")) is not None
    assert press.action.id == "card.open"


def test_the_help_finds_every_action_by_key_by_words_and_by_id() -> None:
    table, _ = keymap()
    for place in Place:
        for action in table.at(place):
            assert action in found(table, place, action.help.upper())
            assert action in found(table, place, action.id)
            assert all(action in found(table, place, key_label(key)) for key in action.keys)
            assert action.help.split()[0] in action_line(action, 60).plain
    assert found(table, Place.BOARD, "no such words at all") == []


def test_keys_are_shown_as_people_write_them() -> None:
    labels = [key_label(key) for key in ("ctrl+d", "g g", "shift+left", "escape", "J", "+", "?")]
    assert labels == ["^D", "gg", "⇧←", "Esc", "J", "+", "?"]
