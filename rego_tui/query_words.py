"""What may come next in a query that is being typed: fields, then the values that the board at hand has for them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from rego.replica import Replica
from rego.safe_text import safe_text
from rego.wire.cards import Priority
from rego.wire.query_terms import ME, NONE, SortField, State, Thing, TimeField, name_of

SHOWN_MAX = 20
"""Completions that are offered at once."""

_TIMES = ("today", "tomorrow", "week", "3d", "2w")
_LAST_WORD = re.compile(r'(?<![^\s(])-?([^\s()"]*(?:"(?:[^"\\]|\\.)*)?)$')
_TERM = re.compile(r"([a-z]+)(<=|>=|[:=<>])(.*)", re.IGNORECASE | re.DOTALL)


def completions(text: str, replica: Replica) -> list[str]:
    """The texts that `text` can become by completing its last word, the likeliest first; none where nothing is to be added."""
    found = _LAST_WORD.search(text)
    if found is None:
        return []
    word, before = found[1], text[: found.start(1)]
    words = [each for each in _words(word, replica) if each != word]
    return [before + each for each in words[:SHOWN_MAX]]


def added(text: str, completion: str) -> str:
    """The last word of a completion, as it is offered."""
    found = _LAST_WORD.search(text)
    return completion[found.start(1) :] if found is not None else completion


def _words(word: str, replica: Replica) -> Iterable[str]:
    term = _TERM.fullmatch(word)
    if term is None:
        return [field for field in _FIELDS if field.startswith(word.lower())] if word else []
    field, op, typed = term[1].lower(), term[2], term[3].removeprefix('"').lower()
    values = _VALUES.get(field)
    if values is None:
        return []
    # A name from before names were cleaned may hold what no query can.
    fitting = [each for each in values(replica) if each.removeprefix('"').lower().startswith(typed) and safe_text(each) == each]
    return [f"{term[1]}{op}{each}" for each in fitting]


def _people(replica: Replica) -> list[str]:
    return [ME, NONE, *sorted(name_of(member.username, (ME, NONE)) for member in replica.members.values())]


def _labels(replica: Replica) -> list[str]:
    return [NONE, *sorted({name_of(label.name or label.color.value, (NONE,)) for label in replica.labels.values()})]


def _columns(replica: Replica) -> list[str]:
    return list(dict.fromkeys(name_of(column.title) for column in replica.columns_in_order()))


def _sorts(_: Replica) -> list[str]:
    return [f"{sign}{field}" for sign in ("", "-") for field in SortField]


def _always(*values: str) -> Callable[[Replica], Iterable[str]]:
    return lambda _: values


_VALUES: dict[str, Callable[[Replica], Iterable[str]]] = {
    "assignee": _people,
    "label": _labels,
    "column": _columns,
    "priority": _always(*Priority),
    TimeField.DUE: _always("overdue", NONE, *_TIMES),
    TimeField.START: _always(NONE, *_TIMES),
    TimeField.CREATED: _always(*_TIMES),
    TimeField.UPDATED: _always(*_TIMES),
    "is": _always(*State),
    "has": _always(*Thing),
    "sort": _sorts,
}
_FIELDS = [f"{field}:" for field in _VALUES]
