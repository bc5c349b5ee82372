"""Triggers and actions in words: what is read back is what was written, and what is none says what there is."""

from __future__ import annotations

import pytest

from rego.rule_words import Names, action_in_words, read_action, read_trigger, trigger_in_words
from rego.wire import automations as a
from rego.wire.base import Position
from rego.wire.cards import Priority
from rego.wire.columns import Color
from rego.wire.errors import InvalidInput, NotFound
from tests.cli.samples import column, id_of, label, member

NAMES = Names(
    columns=[column(1, "To do"), column(2, "Doing"), column(3, "Done: really")],
    labels=[label(4, "bug"), label(5, "", Color.SKY)],
    members=[member(6, "ada")],
)

TRIGGERS: list[tuple[str, a.AnyTrigger]] = [
    ("moved", a.WhenMoved()),
    ("moved:Doing", a.WhenMoved(to_column=id_of(2))),
    ("moved:To do>Doing", a.WhenMoved(from_column=id_of(1), to_column=id_of(2))),
    ("moved:To do>", a.WhenMoved(from_column=id_of(1))),
    ("created", a.WhenCreated()),
    ("created:Done: really", a.WhenCreated(column=id_of(3))),
    ("labelled", a.WhenLabelled()),
    ("labelled:bug", a.WhenLabelled(label=id_of(4))),
    ("labelled:sky", a.WhenLabelled(label=id_of(5))),
    ("assigned", a.WhenAssigned()),
    ("assigned:ada", a.WhenAssigned(user=id_of(6))),
    ("completed", a.WhenCompleted()),
    ("checklist-done", a.WhenChecklistCompleted()),
    ("due", a.WhenDue()),
    ("due:-1d", a.WhenDue(before="1d")),
    ("due:+2h", a.WhenDue(after="2h")),
]

ACTIONS: list[tuple[str, a.AnyAction]] = [
    ("move:Doing", a.DoMove(column=id_of(2))),
    ("move-top:Doing", a.DoMove(column=id_of(2), position=Position.TOP)),
    ("assign:ada", a.DoAssign(user=id_of(6))),
    ("unassign:ada", a.DoUnassign(user=id_of(6))),
    ("label:bug", a.DoLabel(label=id_of(4))),
    ("unlabel:sky", a.DoUnlabel(label=id_of(5))),
    ("due:+3d", a.DoSetDue(due="+3d")),
    ("due:none", a.DoSetDue(due=None)),
    ("priority:high", a.DoSetPriority(priority=Priority.HIGH)),
    ("complete", a.DoComplete()),
    ("reopen", a.DoComplete(completed=False)),
    ("archive", a.DoArchive()),
    ("checklist:Before you go", a.DoAddChecklist(title="Before you go")),
    ("checklist:Before|lights|keys", a.DoAddChecklist(title="Before", items=["lights", "keys"])),
    ("comment:Well done: very", a.DoComment(text="Well done: very")),
]


@pytest.mark.parametrize(("words", "trigger"), TRIGGERS)
def test_a_trigger_is_read_and_written(words: str, trigger: a.AnyTrigger) -> None:
    assert read_trigger(words, NAMES) == trigger
    assert trigger_in_words(trigger, NAMES) == words


@pytest.mark.parametrize(("words", "action"), ACTIONS)
def test_an_action_is_read_and_written(words: str, action: a.AnyAction) -> None:
    assert read_action(words, NAMES) == action
    assert action_in_words(action, NAMES) == words


def test_every_trigger_and_action_has_words() -> None:
    assert {type(trigger) for _, trigger in TRIGGERS} == set(a.WHEN.values())
    assert {type(action) for _, action in ACTIONS} == set(a.DO.values())


def test_a_name_that_would_be_read_as_something_else_is_written_as_an_id() -> None:
    names = Names(
        columns=[column(1, "In > Out"), column(2, "Doing"), column(3, "doing"), column(4, "In")], labels=[], members=[]
    )
    for id_ in (id_of(1), id_of(2), id_of(3)):
        trigger = a.WhenMoved(from_column=id_, to_column=id_of(4))
        words = trigger_in_words(trigger, names)
        assert words == f"moved:{id_}>In"
        assert read_trigger(words, names) == trigger


def test_what_is_gone_is_called_by_its_id() -> None:
    assert trigger_in_words(a.WhenMoved(to_column=id_of(9)), NAMES) == f"moved:{id_of(9)}"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("explode", "There is no trigger 'explode'; there are moved, "),
        ("", "There is no trigger ''; there are moved, "),
        ("completed:x", "Nothing can follow completed, and 'x' does."),
        ("due:1d", "Write due:-1d for before the due time, or due:\\+1d for after it."),
    ],
)
def test_what_is_no_trigger_is_refused(words: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        read_trigger(words, NAMES)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("explode", "There is no action 'explode'; there are move:COLUMN, "),
        ("move", "What is to follow move: is missing"),
        ("move:", "What is to follow move: is missing"),
        ("archive:now", "Nothing can follow archive, and 'now' does."),
        ("priority:huge", "'huge' is no priority; there are none, low, "),
    ],
)
def test_what_is_no_action_is_refused(words: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        read_action(words, NAMES)


@pytest.mark.parametrize("words", ["move:Nowhere", "label:nothing", "assign:nobody"])
def test_a_name_that_is_none_is_not_found(words: str) -> None:
    with pytest.raises(NotFound, match=r"there (are|is only) "):
        read_action(words, NAMES)
