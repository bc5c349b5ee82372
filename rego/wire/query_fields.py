"""The fields of the query language: what may stand behind each, and the term that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple, TypeVar

from rego.wire.cards import Priority
from rego.wire.errors import InvalidInput
from rego.wire.query_dates import FORMS, check
from rego.wire.query_terms import (
    ME,
    NONE,
    NONE_OF,
    AssignedTo,
    AssignedToMe,
    Has,
    HasNo,
    InColumn,
    Is,
    Labelled,
    Op,
    Overdue,
    Prioritised,
    Sort,
    SortField,
    State,
    Term,
    Thing,
    TimeField,
    When,
)

E = TypeVar("E", bound=StrEnum)

SHOWN_MAX = 40
"""Characters of the query that a sentence about it repeats."""


def wrong(sentence: str, position: int) -> InvalidInput:
    """The error for what stands at `position` of a query."""
    return InvalidInput(f"At character {position + 1}: {sentence}", field="q", data={"position": position})


class Value(NamedTuple):
    """What follows a field. `at` and `op_at` are positions in the query; a quoted text is a name, whatever it says."""

    field: str
    op: Op
    op_at: int
    text: str
    at: int
    is_quoted: bool

    def says(self, keyword: str) -> bool:
        """Whether it is this keyword."""
        return not self.is_quoted and self.text.lower() == keyword

    def only_colon(self) -> None:
        """Raise `InvalidInput` for a field whose values have no order."""
        if self.op is not Op.IS:
            raise wrong(f"{self.field} cannot be compared with {self.op}; write {self.field}:{cut(self.text)}.", self.op_at)

    def one_of(self, kind: type[E], text: str) -> E:
        """The member of `kind` that `text` names."""
        try:
            return kind(text.lower())
        except ValueError:
            raise wrong(f"{self.field} takes {listed(kind)}, not {cut(self.text)}.", self.at) from None


def read_field(value: Value) -> Term:
    """The term that a field and its value make; raises `InvalidInput`."""
    return _READERS[value.field](value)


def read_sort(value: Value) -> Sort:
    """What `sort:due` or `sort:-due` says; raises `InvalidInput`."""
    value.only_colon()
    name = value.text.removeprefix("-")
    return Sort(value.one_of(SortField, name), name != value.text)


def cut(text: str) -> str:
    """A piece of a query as a sentence repeats it."""
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"


def listed(words: Iterable[str]) -> str:
    """`a, b or c`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _assignee(value: Value) -> Term:
    value.only_colon()
    if value.says(NONE):
        return HasNo(Thing.ASSIGNEES)
    return AssignedToMe() if value.says(ME) else AssignedTo(value.text)


def _label(value: Value) -> Term:
    value.only_colon()
    return HasNo(Thing.LABELS) if value.says(NONE) else Labelled(value.text)


def _column(value: Value) -> Term:
    value.only_colon()
    return InColumn(value.text)


def _priority(value: Value) -> Term:
    return Prioritised(value.op, value.one_of(Priority, value.text))


def _is(value: Value) -> Term:
    value.only_colon()
    return Is(value.one_of(State, value.text))


def _has(value: Value) -> Term:
    value.only_colon()
    return Has(value.one_of(Thing, value.text))


def _time(value: Value) -> Term:
    field, text = TimeField(value.field), value.text.lower()
    if field == TimeField.DUE and text == "overdue":
        value.only_colon()
        return Overdue()
    if text == NONE and field in NONE_OF:
        value.only_colon()
        return HasNo(NONE_OF[field])
    try:
        check(field, text)
    except (ValueError, OverflowError):
        raise wrong(f"{field} takes {_times_of(field)}, not {cut(value.text)}.", value.at) from None
    return When(field, value.op, text)


def _times_of(field: TimeField) -> str:
    own = {TimeField.DUE: ", overdue or none", TimeField.START: " or none"}.get(field)
    return FORMS.replace(" or ", ", ") + own if own else FORMS


_READERS: dict[str, Callable[[Value], Term]] = {
    "assignee": _assignee,
    "label": _label,
    "column": _column,
    "priority": _priority,
    **dict.fromkeys(TimeField, _time),
    "is": _is,
    "has": _has,
}

FIELDS: dict[str, str] = {
    "assignee": "assignee:me",
    "label": "label:bug",
    "column": 'column:"In progress"',
    "priority": "priority>=high",
    "due": "due<3d",
    "start": "start<=today",
    "created": "created>2026-01-01",
    "updated": "updated:week",
    "is": "is:done",
    "has": "has:checklist",
    "sort": "sort:-due",
}
"""Every field with an example."""
