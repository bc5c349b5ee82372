"""Triggers and actions in words, as people type and read them: `moved:To do>Doing`, `label:bug`. Pure: names come in `Names`.

What is read back is what was written, so that a rule that is shown can be typed again; only a `|` in a checklist has no way to
be written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from rego.naming import find_column, find_label, find_member, label_name
from rego.wire import automations as a
from rego.wire.base import Position
from rego.wire.boards import Member
from rego.wire.cards import Priority
from rego.wire.columns import Column
from rego.wire.errors import InvalidInput
from rego.wire.labels import Label

TRIGGERS = (
    "moved, moved:TO, moved:FROM>TO, created[:COLUMN], labelled[:LABEL], assigned[:PERSON], completed, checklist-done, "
    "due, due:-1d or due:+2h"
)
ACTIONS = (
    "move:COLUMN, move-top:COLUMN, assign:PERSON, unassign:PERSON, label:LABEL, unlabel:LABEL, due:+3d or due:none, "
    "priority:LEVEL, complete, reopen, archive, checklist:TITLE|ITEM|ITEM, comment:TEXT"
)


class Names(Struct, frozen=True):
    """What is on a board, to find by name and to call by name."""

    columns: Sequence[Column]
    labels: Sequence[Label]
    members: Sequence[Member]

    def of(self, id_: str) -> str:
        """The name of a thing by its id; or the id, when it is gone or its name alone would be read as something else."""
        for names in (
            {column.id: column.title for column in self.columns},
            {label.id: label_name(label) for label in self.labels},
            {member.user_id: member.username for member in self.members},
        ):
            if (name := names.get(id_)) is not None:
                alike = sum(name.casefold() == other.casefold() for other in names.values())
                return name if alike == 1 and ">" not in name and name == name.strip() else id_
        return id_

    def column(self, name: str) -> str:
        return find_column(self.columns, name).id

    def label(self, name: str) -> str:
        return find_label(self.labels, name).id

    def person(self, name: str) -> str:
        return find_member(self.members, name).user_id


def read_trigger(text: str, names: Names) -> a.AnyTrigger:
    """The trigger that `text` writes; raises `InvalidInput` for a word that is none, `NotFound` for a name."""
    word, _, rest = (part.strip() for part in text.partition(":"))
    match word.lower():
        case "moved":
            start, _, end = (part.strip() for part in rest.rpartition(">"))
            return a.WhenMoved(from_column=_maybe(names.column, start), to_column=_maybe(names.column, end))
        case "created":
            return a.WhenCreated(column=_maybe(names.column, rest))
        case "labelled" | "labeled":
            return a.WhenLabelled(label=_maybe(names.label, rest))
        case "assigned":
            return a.WhenAssigned(user=_maybe(names.person, rest))
        case "due":
            return _due(rest)
    plain = _PLAIN_TRIGGERS.get(word.lower())
    if plain is None:
        raise InvalidInput(f"There is no trigger {text!r}; there are {TRIGGERS}.")
    _take_nothing(word, rest)
    return plain()


def read_action(text: str, names: Names) -> a.AnyAction:
    """The action that `text` writes; raises as `read_trigger` does."""
    word, _, rest = (part.strip() for part in text.partition(":"))
    plain = _PLAIN_ACTIONS.get(word.lower())
    if plain is not None:
        _take_nothing(word, rest)
        return plain()
    wordy = _WITH_A_WORD.get(word.lower())
    if wordy is None:
        raise InvalidInput(f"There is no action {text!r}; there are {ACTIONS}.")
    if not rest:
        raise InvalidInput(f"What is to follow {word}: is missing; the actions are {ACTIONS}.")
    return wordy(rest, names)


def trigger_in_words(trigger: a.AnyTrigger, names: Names) -> str:
    """What `read_trigger` reads as `trigger`."""
    match trigger:
        case a.WhenMoved(from_column=None, to_column=end):
            return _joined("moved", end and names.of(end))
        case a.WhenMoved(from_column=str(start), to_column=end):
            return f"moved:{names.of(start)}>{names.of(end) if end else ''}"
        case a.WhenCreated(column=column):
            return _joined("created", column and names.of(column))
        case a.WhenLabelled(label=label):
            return _joined("labelled", label and names.of(label))
        case a.WhenAssigned(user=user):
            return _joined("assigned", user and names.of(user))
        case a.WhenCompleted():
            return "completed"
        case a.WhenChecklistCompleted():
            return "checklist-done"
        case a.WhenDue(before=before, after=after):
            return _joined("due", f"-{before}" if before else f"+{after}" if after else None)
    raise AssertionError(f"no words for {trigger!r}")


def action_in_words(action: a.AnyAction, names: Names) -> str:
    """What `read_action` reads as `action`."""
    match action:
        case a.DoMove(column=column, position=position):
            return f"{'move-top' if position is Position.TOP else 'move'}:{names.of(column)}"
        case a.DoAssign(user=user):
            return f"assign:{names.of(user)}"
        case a.DoUnassign(user=user):
            return f"unassign:{names.of(user)}"
        case a.DoLabel(label=label):
            return f"label:{names.of(label)}"
        case a.DoUnlabel(label=label):
            return f"unlabel:{names.of(label)}"
        case a.DoSetDue(due=due):
            return f"due:{due or 'none'}"
        case a.DoSetPriority(priority=priority):
            return f"priority:{priority.value}"
        case a.DoComplete(completed=completed):
            return "complete" if completed else "reopen"
        case a.DoArchive():
            return "archive"
        case a.DoAddChecklist(title=title, items=items):
            return f"checklist:{'|'.join([title, *items])}"
        case a.DoComment(text=text):
            return f"comment:{text}"
    raise AssertionError(f"no words for {action!r}")


_PLAIN_TRIGGERS: dict[str, Callable[[], a.AnyTrigger]] = {
    "completed": a.WhenCompleted,
    "checklist-done": a.WhenChecklistCompleted,
}

_PLAIN_ACTIONS: dict[str, Callable[[], a.AnyAction]] = {
    "complete": a.DoComplete,
    "reopen": lambda: a.DoComplete(completed=False),
    "archive": a.DoArchive,
}

_WITH_A_WORD: dict[str, Callable[[str, Names], a.AnyAction]] = {
    "move": lambda rest, names: a.DoMove(column=names.column(rest)),
    "move-top": lambda rest, names: a.DoMove(column=names.column(rest), position=Position.TOP),
    "assign": lambda rest, names: a.DoAssign(user=names.person(rest)),
    "unassign": lambda rest, names: a.DoUnassign(user=names.person(rest)),
    "label": lambda rest, names: a.DoLabel(label=names.label(rest)),
    "unlabel": lambda rest, names: a.DoUnlabel(label=names.label(rest)),
    "due": lambda rest, _: a.DoSetDue(due=None if rest.lower() == "none" else rest),
    "priority": lambda rest, _: a.DoSetPriority(priority=_priority(rest)),
    "checklist": lambda rest, _: _checklist(rest),
    "comment": lambda rest, _: a.DoComment(text=rest),
}


def _maybe(find: Callable[[str], str], name: str) -> str | None:
    return find(name) if name else None


def _joined(word: str, rest: str | None) -> str:
    return f"{word}:{rest}" if rest else word


def _take_nothing(word: str, rest: str) -> None:
    if rest:
        raise InvalidInput(f"Nothing can follow {word}, and {rest!r} does.")


def _due(shift: str) -> a.WhenDue:
    """`-1d` is before the due time, `+2h` after it; whether it is a duration is for the server to say."""
    if not shift:
        return a.WhenDue()
    if shift[0] not in "+-":
        raise InvalidInput(f"Write due:-{shift} for before the due time, or due:+{shift} for after it.")
    return a.WhenDue(before=shift[1:]) if shift[0] == "-" else a.WhenDue(after=shift[1:])


def _priority(level: str) -> Priority:
    if level.lower() not in set(Priority):
        raise InvalidInput(f"{level!r} is no priority; there are {', '.join(Priority)}.")
    return Priority(level.lower())


def _checklist(text: str) -> a.DoAddChecklist:
    title, *items = (part.strip() for part in text.split("|"))
    return a.DoAddChecklist(title=title, items=items)
