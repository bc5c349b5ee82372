"""The file with the user's own keys: how they may be written, and what is said of each mistake, with its line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from rego.wire.errors import InvalidInput
from rego_tui.actions import ACTIONS
from rego_tui.key_file import example, read_keymap, write_example
from rego_tui.key_names import read_keys
from rego_tui.keymap import keymap


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "keys.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("x", "x"),
        ("X", "X"),
        ("?", "?"),
        ("+", "+"),
        ("ctrl+d", "ctrl+d"),
        ("Ctrl+D", "ctrl+d"),
        ("^D", "ctrl+d"),
        ("^", "^"),
        ("ctrl++", "ctrl++"),
        ("shift+a", "A"),
        ("⇧←", "shift+left"),
        ("Esc", "escape"),
        ("ctrl+i", "tab"),
        ("ctrl+m", "enter"),
        ("PgDn", "pagedown"),
        ("F5", "f5"),
        ("  g   g ", "g g"),
        ("ö", "ö"),
    ],
)
def test_keys_as_people_write_them(text: str, key: str) -> None:
    assert read_keys(text) == key


def test_every_key_of_the_table_is_read_as_it_stands_there() -> None:
    assert [key for action in ACTIONS for key in action.keys if read_keys(key) != key] == []


@pytest.mark.parametrize("text", ["", "  ", "ctrl", "cmd+x", "hyperspace", "ctrl+", "\x1b"])
def test_what_cannot_be_pressed_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_keys(text)


def test_letters_in_a_row_are_said_to_need_blanks() -> None:
    with pytest.raises(InvalidInput, match="blanks between: “g g”"):
        read_keys("gg")


@pytest.mark.parametrize(
    "text", ['card.archive = "X"', '[card]\narchive = ["X"]', '"card.archive" = "X"', 'card . archive = ["X"]']
)
def test_an_action_may_be_named_in_every_way_that_toml_has(tmp_path: Path, text: str) -> None:
    table, problems = read_keymap(written(tmp_path, text))
    assert problems == []
    assert table.actions["card.archive"].keys == ("X",)


def test_an_action_may_be_left_without_a_key(tmp_path: Path) -> None:
    table, problems = read_keymap(written(tmp_path, "app.quit = []"))
    assert problems == []
    assert table.actions["app.quit"].keys == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('\n[card]\narchve = "D"', "line 3: There is no action “card.archve”. Near it: card.archive"),
        ('# mine\ncard.open = "Q"\ncard.archive = "Q"', "line 3: Q cannot be both card.open and card.archive"),
        ("\n\ncard.open = 5", "line 3: card.open is a key in quotes or a list of them"),
        ('card.open = "hyperspace"', "line 1: card.open: there is no key “hyperspace”"),
        ("card.open = x", "line 1, column"),
        ('card = "x"', "line 1: There is no action “card”"),
    ],
)
def test_each_mistake_is_said_with_its_line_and_changes_nothing(tmp_path: Path, text: str, words: str) -> None:
    path = written(tmp_path, text)
    table, problems = read_keymap(path)
    assert len(problems) == 1
    assert str(path) in problems[0]
    assert words in problems[0]
    assert table.actions["card.archive"] == keymap()[0].actions["card.archive"]


def test_no_file_and_a_file_that_is_no_text(tmp_path: Path) -> None:
    assert read_keymap(tmp_path / "none.toml")[1] == []
    assert read_keymap(None)[1] == []
    (tmp_path / "keys.toml").write_bytes(b"\xff\xfe")
    assert "not UTF-8" in read_keymap(tmp_path / "keys.toml")[1][0]
    assert "cannot be read" in read_keymap(tmp_path)[1][0]


def test_the_example_names_every_action_and_changes_nothing_until_a_line_is_switched_on(tmp_path: Path) -> None:
    assert tomllib.loads(example()) == {}
    path = tmp_path / "new" / "keys.toml"
    write_example(path)
    assert read_keymap(path)[1] == []
    switched_on = "".join(line.removeprefix("#") if " = [" in line else line for line in example().splitlines(keepends=True))
    table, problems = read_keymap(written(tmp_path, switched_on))
    assert problems == []
    assert table.actions == keymap()[0].actions


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_example(tmp_path / "file" / "keys.toml")
