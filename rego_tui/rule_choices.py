"""What sets a rule off and what it can do, to choose from. Each choice ends as a phrase that `rego.rule_words` reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from rego.naming import label_name
from rego.replica import Replica
from rego.rule_words import Names
from rego.wire.cards import Priority
from rego_tui.widgets.choices import Row
from rego_tui.widgets.looks import label_color

ANY = ""
"""What is chosen where any column, label or person will do."""

DUE = (
    Row(id=ANY, text="when it is due"),
    Row(id="-1d", text="a day before"),
    Row(id="-1h", text="an hour before"),
    Row(id="+1d", text="a day after"),
)
"""When a rule about due times is set off, for those who do not type it."""

_SHIFT = re.compile(r"[+-]\d{1,4}[mhdw]")


class Question(Struct, frozen=True, kw_only=True):
    """One part of a phrase: rows to choose from, or without any a line of text. `shift`: a typed `+3d` will do too."""

    title: str
    rows: tuple[Row, ...] = ()
    shift: bool = False


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of trigger or action. `phrase` has a `{}` for the answer to each question."""

    word: str
    text: str
    phrase: str
    questions: tuple[Question, ...] = ()


def names_of(replica: Replica) -> Names:
    """The names that phrases use."""
    return Names(list(replica.columns.values()), list(replica.labels.values()), list(replica.members.values()))


def trigger_kinds(replica: Replica, *, dark: bool) -> list[Kind]:
    """What can set a rule off; `dark` is the theme's ground."""
    columns = (Row(id=ANY, text="any column"), *_columns(replica))
    labels = (Row(id=ANY, text="any label"), *_labels(replica, dark=dark))
    people = (Row(id=ANY, text="anybody"), *_people(replica))
    ways = (Question(title="From which column?", rows=columns), Question(title="To which column?", rows=columns))
    one = (
        ("created", "a card is made, or comes from another board", Question(title="In which column?", rows=columns)),
        ("labelled", "a label is put on a card", Question(title="Which label?", rows=labels)),
        ("assigned", "somebody becomes responsible for a card", Question(title="Who?", rows=people)),
        ("due", "a card is due, or will be, or was", Question(title="When? Or type -2h, +3d", rows=DUE, shift=True)),
    )
    return [
        Kind(word="moved", text="a card is moved", phrase="moved:{}>{}", questions=ways),
        *_with_one_answer(one),
        Kind(word="completed", text="a card is marked as done", phrase="completed"),
        Kind(word="checklist-done", text="the last item of a checklist is ticked", phrase="checklist-done"),
    ]


def action_kinds(replica: Replica, *, dark: bool) -> list[Kind]:
    """What a rule can do with a card; `dark` is the theme's ground."""
    column = Question(title="To which column?", rows=_columns(replica))
    person = Question(title="Whom?", rows=_people(replica))
    label = Question(title="Which label?", rows=_labels(replica, dark=dark))
    times = (
        Row(id="+1d", text="in a day"),
        Row(id="+3d", text="in three days"),
        Row(id="+1w", text="in a week"),
        Row(id="none", text="no due date"),
    )
    levels = tuple(Row(id=level, text=level) for level in Priority)
    one = (
        ("move", "move it to the end of a column", column),
        ("move-top", "move it to the top of a column", column),
        ("assign", "make somebody responsible", person),
        ("unassign", "take somebody off it", person),
        ("label", "put a label on it", label),
        ("unlabel", "take a label off it", label),
        ("due", "give it a due date, or none", Question(title="Due when? Or type +2w", rows=times, shift=True)),
        ("priority", "give it a priority", Question(title="Which priority?", rows=levels)),
        ("checklist", "give it a checklist", Question(title="title of the checklist|an item|another item")),
        ("comment", "comment on it", Question(title="the comment, in the rule's name")),
    )
    none = (("complete", "mark it as done"), ("reopen", "mark it as not done"), ("archive", "archive it"))
    return [
        *_with_one_answer(one),
        *(Kind(word=word, text=text, phrase=word) for word, text in none),
    ]


def _with_one_answer(kinds: Iterable[tuple[str, str, Question]]) -> Iterator[Kind]:
    """Kinds that take a single thing after their word."""
    return (Kind(word=word, text=text, phrase=f"{word}:{{}}", questions=(question,)) for word, text, question in kinds)


def offer_shift(typed: str) -> Row | str:
    """A length of time that was typed, as a row; or what would be one."""
    if _SHIFT.fullmatch(typed):
        return Row(id=typed, text=typed)
    return "Write +30m, +4h, -3d or +2w."


def _columns(replica: Replica) -> tuple[Row, ...]:
    return tuple(Row(id=column.id, text=column.title) for column in replica.columns_in_order())


def _labels(replica: Replica, *, dark: bool) -> tuple[Row, ...]:
    found: Iterable[Row] = (
        Row(id=label.id, text=label_name(label), color=label_color(label.color, dark=dark)) for label in replica.labels.values()
    )
    return tuple(sorted(found, key=lambda row: row.text.casefold()))


def _people(replica: Replica) -> tuple[Row, ...]:
    found = (Row(id=member.user_id, text=member.name, also=member.username) for member in replica.members.values())
    return tuple(sorted(found, key=lambda row: row.text.casefold()))
