"""`rego labels`, `rego checklists` and `rego comments`."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Person, Rego, Result
from tests.cli.payloads import HOSTILE, steering


def test_labels_are_added_changed_listed_and_deleted(rego: Rego, ops: str) -> None:
    assert rego("labels", "list").lines == []
    assert rego("labels", "add", "bug", "red") == Result(0, "bug\n", f"Label bug added to {ops}\n")
    assert rego("labels", "add", "later").err == f"Label later added to {ops}\n"
    assert rego("labels", "edit", "bug", "orange", "--name", "defect").err == "Label bug (red) is now defect (orange)\n"
    assert rego("labels", "list", "-q").lines == ["defect", "later"]
    assert rego("labels", "edit", "defect").code == 2
    rego("cards", "add", "x", "--label", "defect")
    assert rego("labels", "delete", "defect").code == 2
    assert rego("labels", "delete", "defect", "--dry-run").err == "Would delete the label defect.\n"
    assert rego("labels", "delete", "def", "--yes").code == 0
    assert rego("labels", "list", "-q").lines == ["later"]
    assert json.loads(rego("cards", "show", "4", "--json", "labels").out) == {"labels": []}


def test_a_colour_that_is_none_is_refused_with_those_that_are(rego: Rego, ops: str) -> None:
    result = rego("labels", "add", "bug", "magenta")
    assert result.code == 2
    assert "orange" in result.err


def test_a_checklist_from_empty_to_done(rego: Rego, ada: Person, ops: str) -> None:
    assert rego("checklists", "item", "1", "Too early").code == 3
    assert (
        rego("checklists", "add", "1", "Release", "--item", "Write", "--item", "Test").err
        == f"Checklist Release added to {ops}-1\n"
    )
    rego("checklists", "item", "1", "-", "--assign", "me", "--due", "2030-01-02", input="Tag\nTell\n")
    assert rego("checklists", "list", "1").lines == [
        "1\tRelease\t\tWrite\t\t",
        "2\tRelease\t\tTest\t\t",
        f"3\tRelease\t\tTag\t{ada.username}\t2030-01-02",
        f"4\tRelease\t\tTell\t{ada.username}\t2030-01-02",
    ]
    assert rego("checklists", "check", "1", "2").err == "[x] Test (1 of 4 done)\n"
    assert rego("checklists", "check", "1", "test", "--undo").err == "[ ] Test (0 of 4 done)\n"
    rego("checklists", "edit", "1", "tag", "--text", "Tag it", "--assign", "", "--due", "")
    assert rego("checklists", "list", "1").lines[2] == "3\tRelease\t\tTag it\t\t"
    assert rego("checklists", "rename", "1", "rel", "Ship").err == "Checklist Release is now called Ship\n"
    assert rego("checklists", "delete", "1", "--item", "4", "--yes").err == "Deleted the item Tell\n"
    assert rego("checklists", "delete", "1", "Ship", "--dry-run").err == "Would delete the checklist Ship with 3 items.\n"
    assert rego("checklists", "delete", "1", "Ship", "--yes").code == 0
    assert rego("checklists", "list", "1").lines == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("check", "1", "9"), 3),
        (("check", "1", "t"), 2),
        (("check", "1", "nothing"), 3),
        (("edit", "1", "1"), 2),
        (("delete", "1"), 2),
        (("delete", "1", "Release", "--item", "1"), 2),
        (("list", "99"), 3),
    ],
)
def test_what_is_wrong_about_a_checklist_is_told(rego: Rego, ops: str, words: tuple[str, ...], code: int) -> None:
    rego("checklists", "add", "1", "Release", "-i", "Tag", "-i", "Tell")
    result = rego("checklists", *words)
    assert (result.code, result.out) == (code, "")
    assert result.err.count("\n") == 1


def test_comments_are_said_changed_and_taken_back(rego: Rego, ada: Person, ops: str) -> None:
    assert rego("comments", "add", "1", "Hello").err == f"Comment added to {ops}-1\n"
    rego("comments", "add", "1", "-", input="From\nstdin\n")
    assert rego("comments", "list", "1", "--jq", "[.[].text]").out == '["Hello","From\\nstdin\\n"]\n'
    rego("comments", "edit", "1", "last", "Shorter")
    rego("comments", "edit", "1", "1", "Hello again")
    assert rego("comments", "list", "1", "--jq", "[.[].text]").out == '["Hello again","Shorter"]\n'
    assert rego("comments", "delete", "1", "1").code == 2
    assert rego("comments", "delete", "1", "1", "--yes").err == "Comment deleted\n"
    assert rego("comments", "list", "1", "--jq", "length").out == "1\n"
    assert rego("comments", "edit", "1", "2", "x").code == 3
    assert rego("comments", "add", "1").code == 2


def test_nothing_hostile_comes_out(rego: Rego, ops: str) -> None:
    rego("comments", "add", "1", HOSTILE)
    rego("checklists", "add", "1", HOSTILE[:200], "--item", HOSTILE[:200])
    rego("labels", "add", HOSTILE[:60])
    for words in (("comments", "list", "1"), ("checklists", "list", "1"), ("labels", "list"), ("labels", "list", "--csv")):
        assert steering(rego(*words).out) == []
