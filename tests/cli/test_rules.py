"""`rego rules` against a real server."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Rego


@pytest.fixture
def finish(rego: Rego, ops: str) -> str:
    """The id of a rule on the board with the key `ops`."""
    words = ("--when", "moved:Done", "--if", "priority>=high", "--do", "complete", "--do", "comment:Well done")
    made = rego("rules", "add", "Finish", *words, "--board", ops)
    assert (made.code, made.err) == (0, f"Rule Finish made on {ops}, on\n"), made.err
    return made.lines[0]


def test_a_rule_is_made_and_shown_in_the_words_that_made_it(rego: Rego, ops: str, finish: str) -> None:
    cells = ["Finish", "on", "moved:Done", "priority>=high", "complete, comment:Well done", "0", "", finish]
    assert rego("rules", "list", ops).lines == ["\t".join(cells)]
    assert rego("rules", "show", "fin").lines == [
        "Finish (on)",
        "  when  moved:Done",
        "  if    priority>=high",
        "  do    complete",
        "  do    comment:Well done",
        "  runs  0",
        f"  id    {finish}",
    ]
    shown = json.loads(rego("rules", "show", finish, "--json", "name,when,do,actions").out)
    assert (shown["when"], shown["do"]) == ("moved:Done", ["complete", "comment:Well done"])
    assert shown["actions"] == [{"type": "complete"}, {"type": "comment", "text": "Well done"}]


def test_a_rule_works_and_says_what_it_did(rego: Rego, ops: str, finish: str) -> None:
    card = rego("cards", "add", "Ship it", "--priority", "high").lines[0]
    rego("cards", "move", card, "Done")
    assert "Well done" in rego("cards", "show", card).out
    number, _, ref, by, outcome, did, error = rego("rules", "runs", "Finish").lines[0].split("\t")
    assert (number, ref, outcome, did, error) == ("1", card, "done", "card.updated, comment.created", "")
    assert by.startswith("card.moved #")
    assert json.loads(rego("rules", "list", "--json", "runs,last_outcome").out) == [{"runs": 1, "last_outcome": "done"}]
    assert len(rego("rules", "runs", finish, "--limit", "1").lines) == 1


def test_a_rule_is_tried_without_effect(rego: Rego, ops: str, finish: str) -> None:
    card = rego("cards", "add", "Ship it", "--priority", "high").lines[0]
    assert rego("rules", "test", "Finish", card).lines == ["Finish\tdone\tcard.updated, comment.created\t"]
    other = rego("cards", "add", "Later").lines[0]
    assert rego("rules", "test", "Finish", other).lines == ["Finish\tskipped\t\t"]
    assert rego("rules", "runs", finish).lines == []
    assert "Well done" not in rego("cards", "show", card).out


def test_a_rule_is_changed_switched_and_deleted(rego: Rego, ops: str, finish: str) -> None:
    changed = rego("rules", "edit", "Finish", "--name", "Close", "--when", "completed", "--if", "", "--do", "archive")
    assert (changed.code, changed.err) == (0, "Rule Close changed, on\n")
    assert rego("rules", "list").lines[0].split("\t")[:5] == ["Close", "on", "completed", "", "archive"]
    assert rego("rules", "disable", "Close").err == "Rule Close is off now\n"
    assert rego("rules", "list").lines[0].split("\t")[1] == "off"
    assert rego("rules", "enable", finish).err == "Rule Close is on now\n"
    assert rego("rules", "delete", "Close").code == 2
    assert rego("rules", "delete", "Close", "--yes").err == f"Rule Close is off {ops} now\n"
    assert rego("rules", "list").lines == []


def test_a_rule_that_names_what_is_gone_says_so(rego: Rego, ops: str, finish: str) -> None:
    rego("columns", "add", "Attic")
    made = rego("rules", "add", "Store", "--when", "completed", "--do", "move:Attic", "--off")
    attic = json.loads(rego("columns", "list", "--json", "id").out)[-1]["id"]
    assert rego("api", "DELETE", f"/columns/{attic}").code == 0
    assert rego("rules", "list").lines[1].split("\t")[1] == "off, names what is gone"
    assert f"  gone  {attic}" in rego("rules", "show", made.lines[0]).lines


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("add", "x", "--when", "explode", "--do", "archive"), 2, "There is no trigger 'explode'"),
        (("add", "x", "--when", "completed", "--do", "move:Nowhere"), 3, "No column is called 'Nowhere'"),
        (("add", "x", "--when", "due:-soon", "--do", "archive"), 2, "trigger.before must be such as 30m or 2d."),
        (("add", "x", "--when", "completed", "--do", "archive", "--if", "due<<"), 2, "At character"),
        (("add", "x", "--when", "completed"), 2, "--do"),
        (("edit", "Finish"), 2, "Name what is to change"),
        (("show", "nothing"), 3, "No rule is called 'nothing': there is only Finish."),
        (("test", "Finish", "OPS-999"), 3, "There is no card"),
    ],
)
def test_what_cannot_be_says_so_and_changes_nothing(
    rego: Rego, ops: str, finish: str, words: tuple[str, ...], code: int, sentence: str
) -> None:
    before = rego("rules", "list").out
    result = rego("rules", *words)
    assert (result.code, result.out, sentence in result.err) == (code, "", True), result.err
    assert rego("rules", "list").out == before
