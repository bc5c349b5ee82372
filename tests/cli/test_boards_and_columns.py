"""`rego boards` and `rego columns` against a real server."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Person, Rego


def titles(rego: Rego) -> list[str]:
    return [column["title"] for column in json.loads(rego("columns", "list", "--json", "title").out)]


def test_a_new_account_has_no_board(rego: Rego, ada: Person) -> None:
    assert rego("boards").out == ""
    result = rego("cards", "list")
    assert (result.code, "rego boards add TITLE" in result.err) == (3, True)


def test_a_board_is_added_and_listed(rego: Rego, ada: Person) -> None:
    result = rego("boards", "add", "Night shift", "--description", "After dark")
    key = result.lines[0]
    assert (result.code, result.err) == (0, f"Board {key} added: Night shift\n")
    assert rego("boards").out == rego("boards", "list").out == f"{key}\tNight shift\towner\n"
    assert json.loads(rego("boards", "list", "--json", "description,role").out) == [
        {"description": "After dark", "role": "owner"}
    ]


def test_a_taken_key_is_a_conflict(rego: Rego, ops: str) -> None:
    result = rego("boards", "add", "Another", "--key", ops.lower())
    assert (result.code, result.out) == (6, "")
    assert ops in result.err


def test_columns_are_added_at_the_end_or_next_to_one(rego: Rego, ops: str) -> None:
    rego("columns", "add", "Review", "--after", "doing", "--limit", "3")
    rego("columns", "add", "Ideas", "--before", "To do")
    assert titles(rego) == ["Ideas", "To do", "Doing", "Review", "Done"]
    assert rego("columns", "list").lines[3].startswith("Review\t3\t\t")


@pytest.mark.parametrize(
    ("arguments", "after"),
    [
        (("Done", "--first"), ["Done", "To do", "Doing"]),
        (("To do",), ["Doing", "Done", "To do"]),
        (("To do", "--last"), ["Doing", "Done", "To do"]),
        (("Done", "--after", "To do"), ["To do", "Done", "Doing"]),
        (("Done", "--before", "To do"), ["Done", "To do", "Doing"]),
    ],
)
def test_columns_move(rego: Rego, ops: str, arguments: tuple[str, ...], after: list[str]) -> None:
    result = rego("columns", "move", *arguments)
    assert (result.code, result.err) == (0, f"Column {arguments[0]} moved: {' | '.join(after)}\n")
    assert titles(rego) == after


def test_a_column_is_renamed(rego: Rego, ops: str) -> None:
    assert rego("columns", "rename", "to", "Next").err == "Column To do is now called Next\n"
    assert titles(rego) == ["Next", "Doing", "Done"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("rename", "Nope", "x"), 3),
        (("rename", "Do", "x"), 2),
        (("rename", "Done", "\x07"), 2),
        (("move", "Done", "--first", "--last"), 2),
        (("move", "Done", "--after", "Nope"), 3),
        (("add", "x", "--limit", "0"), 2),
        (("list", "nope"), 3),
    ],
)
def test_what_makes_no_sense_changes_nothing(rego: Rego, ops: str, arguments: tuple[str, ...], code: int) -> None:
    result = rego("columns", *arguments)
    assert (result.code, result.out) == (code, "")
    assert titles(rego) == ["To do", "Doing", "Done"]


def test_a_board_is_shown_changed_put_away_and_deleted(rego: Rego, ada: Person, ops: str) -> None:
    rego("boards", "edit", ops, "--description", "What we run.")
    assert rego("boards", "show").out == (
        f"{ops}  Operations\n      3  To do\n      0  Doing\n      0  Done\npeople: {ada.username} (owner)\n\nWhat we run.\n"
    )
    assert rego("boards", "edit", ops, "--title", "Ops").err == f"Board {ops} (Ops) changed\n"
    assert rego("boards", "edit", ops).code == 2
    assert "take it back" in rego("boards", "archive", ops).err
    assert rego("boards", "list", "-q").lines == []
    assert rego("boards", "list", "--archived", "-q").lines == [ops]
    assert rego("boards", "archive", ops, "--undo").err == f"Board {ops} (Ops) is back\n"
    assert rego("boards", "delete", ops).code == 2
    assert (
        rego("boards", "delete", ops, "--dry-run").err
        == f"Would delete the board {ops} (Ops) with its 3 cards, for everybody.\n"
    )
    assert rego("boards", "delete", ops, "--yes").code == 0
    assert rego("boards", "list", "-q").lines == []


def test_a_column_is_changed_put_away_and_deleted(rego: Rego, ops: str) -> None:
    assert (
        rego("columns", "edit", "Doing", "--limit", "2", "--hard", "--hue", "red").err == "Column Doing: limit 2 (hard), red\n"
    )
    assert rego("columns", "edit", "Doing", "--limit", "0", "--done", "--hue", "none").err == "Column Doing: no limit, done\n"
    assert rego("columns", "edit", "Doing").code == 2
    assert rego("columns", "edit", "Doing", "--hue", "magenta").code == 2
    assert rego("columns", "archive", "Doing").err == "Column Doing: no limit, done, archived\n"
    assert [line.split("\t")[0] for line in rego("columns", "list").lines] == ["To do", "Done"]
    assert rego("columns", "archive", "Doing", "--undo").err == "Column Doing: no limit, done\n"
    assert rego("columns", "delete", "Doing").code == 2
    assert rego("columns", "delete", "Doing", "--yes").err == "Column Doing deleted\n"
    assert rego("columns", "delete", "To do", "--yes").code == 6
