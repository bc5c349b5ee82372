"""One command on several cards: named or found by a query, previewed, and done to all or to none."""

from __future__ import annotations

import json

import pytest

from rego.cli.card_views import way_back
from tests.cli.conftest import Person, Rego
from tests.cli.pseudo_terminal import Terminal
from tests.cli.test_cards import board_of


def test_several_cards_move_together_and_stand_one_below_the_other(rego: Rego, ops: str) -> None:
    rego("cards", "add", "First", "--to", "Done")
    result = rego("cards", "move", f"{ops}-3", "1", "Done", "--top")
    assert (result.code, result.lines, result.err) == (
        0,
        [f"{ops}-3", f"{ops}-1"],
        f"2 cards moved to Done{way_back(ops)}\n",
    )
    assert board_of(rego, ops) == {"To do": ["Two"], "Done": ["Three", "One", "First"]}
    rego("cards", "move", "2", "1", "--after", "4")
    assert board_of(rego, ops)["Done"] == ["Three", "First", "Two", "One"]


def test_one_that_is_missing_leaves_all_where_they_are(rego: Rego, ops: str) -> None:
    before = board_of(rego, ops)
    for words in (("move", "1", "99", "Done"), ("archive", "1", "99"), ("done", "1", "nonsense")):
        assert rego("cards", *words).code in (2, 3)
    assert board_of(rego, ops) == before
    assert rego("cards", "move", "1").code == 2


def test_cards_of_two_boards_need_two_commands(rego: Rego, ops: str) -> None:
    (other,) = rego("boards", "add", "Website").lines
    rego("columns", "add", "x", "--board", other)
    rego("cards", "add", "x", "--board", other)
    result = rego("cards", "done", f"{ops}-1", f"{other}-1")
    assert result.code == 2
    assert f"{other}-1: not on the board of {ops}-1" in result.err


def test_what_a_query_finds_is_shown_and_asked_about(rego: Rego, ops: str) -> None:
    rego("cards", "done", "1")
    refused = rego("cards", "archive", "--query", "is:open")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == f"  {ops}-2  Two\n  {ops}-3  Three\nArchive 2 cards? Say --yes to do it, or --dry-run to see more.\n"
    tried = rego("cards", "archive", "-q", "is:open", "--dry-run")
    assert (tried.code, tried.err.splitlines()[-1]) == (0, "Would archive 2 cards.")
    assert len(board_of(rego, ops)["To do"]) == 3
    done = rego("cards", "archive", "-q", "is:open", "--yes")
    assert (done.code, done.lines, done.err) == (
        0,
        [f"{ops}-2", f"{ops}-3"],
        f"2 cards archived{way_back(ops)}\n",
    )
    assert rego("cards", "archive", "2", "3", "--undo").err == f"2 cards brought back{way_back(ops)}\n"
    assert rego("cards", "done", "-q", "nothing", "--yes").err == "No card fits, so nothing was done.\n"


def test_a_person_is_asked(rego: Rego, ops: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for answer, code, left in (("n", "Nothing was done.", 3), ("y", "3 cards moved to Done", 0)):
        terminal = Terminal("cards", "move", "--query", 'column:"To do"', "Done")
        terminal.read_until_it_says("[y/N]")
        terminal.type(answer)
        assert terminal.end() == 0
        assert code in terminal.text
        assert len(board_of(rego, ops).get("To do", [])) == left


def test_a_long_title_hides_no_other_card_of_the_preview(rego: Rego, ops: str) -> None:
    rego("cards", "edit", "1", "--title", "x" * 500)
    shown = rego("cards", "archive", "--query", "", "--dry-run").err.splitlines()
    assert shown == [f"  {ops}-1  {'x' * 59}…", f"  {ops}-2  Two", f"  {ops}-3  Three", "Would archive 3 cards."]


def test_people_and_labels_are_put_on_and_taken_off(rego: Rego, ada: Person, ops: str) -> None:
    rego("labels", "add", "bug", "red")
    assert rego("cards", "label", "1", "2", "bug").err == f"2 cards with bug{way_back(ops)}\n"
    assert rego("cards", "assign", "1", "me").err == f"1 card assigned to {ada.username}{way_back(ops)}\n"
    rego("cards", "label", "2", "bug", "--remove")
    rows = json.loads(rego("cards", "list", "--json", "ref,labels,assignees").out)
    assert rows[0] == {"ref": f"{ops}-1", "labels": ["bug"], "assignees": [ada.username]}
    assert rows[1]["labels"] == []
    rego("cards", "assign", "--query", "label:bug", "me", "--remove", "--yes")
    assert json.loads(rego("cards", "show", "1", "--json", "assignees").out) == {"assignees": []}
    assert rego("cards", "assign", "1", "nobody").code == 3
    assert rego("cards", "label", "1", "nothing").code == 3
    assert rego("cards", "label", "bug").code == 2


def test_deleting_always_asks(rego: Rego, ops: str) -> None:
    assert rego("cards", "delete", "1").code == 2
    assert rego("cards", "delete", "1", "--dry-run").err.endswith("Would delete 1 card.\n")
    assert rego("cards", "delete", "1", "2", "--yes").err == f"2 cards deleted{way_back(ops)}\n"
    assert board_of(rego, ops) == {"To do": ["Three"]}


def test_more_cards_than_one_request_takes(rego: Rego, ops: str) -> None:
    rego(
        "import",
        "rego",
        "-",
        "-q",
        input=json.dumps({"title": "Many", "cards": [{"column": "", "title": f"c{n}"} for n in range(450)]}),
    )
    (many,) = [key for key in rego("boards", "list", "-q").lines if key != ops]
    assert (
        rego("cards", "done", "-q", "is:open", "--board", many, "--yes").err == f"450 cards marked as done{way_back(many, 3)}\n"
    )
    assert rego("cards", "list", many, "-q", "is:open", "--ids").lines == []
    rego("columns", "add", "Done", "--board", many)
    rego("cards", "add", "there before", "--to", "Done", "--board", many)
    rego("cards", "move", "-q", "is:done", "Done", "--top", "--board", many, "--yes")
    # In three requests, and yet in their order.
    assert rego("cards", "list", many, "--column", "Done", "--ids").lines == [f"{many}-{n}" for n in range(1, 452)]


def test_the_cards_that_changed_come_as_json(rego: Rego, ops: str) -> None:
    cards = json.loads(rego("cards", "done", "1", "2", "--json", "ref,completed").out)
    assert cards == [{"ref": f"{ops}-1", "completed": True}, {"ref": f"{ops}-2", "completed": True}]


def test_a_card_that_is_named_twice_is_meant_once(rego: Rego, ops: str) -> None:
    assert rego("cards", "done", "1", f"{ops}-1", "2").err == f"2 cards marked as done{way_back(ops)}\n"
    assert rego("cards", "done", "1", "2").err == "2 cards marked as done\n", "there is nothing to take back"
