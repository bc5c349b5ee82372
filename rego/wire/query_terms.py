"""What a query says, as values: terms, the words between them, and the order. `str` of each is a text that parses to it again.

Two evaluators read these: `rego.query_match` in memory, and the server in SQL. What each term means is in
`docs/reference/query.md`; a property test holds the two to it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from rego.wire.cards import Priority

NONE = "none"
ME = "me"

_PLAIN_WORD = re.compile(r'(?!-)(?!(?:and|or)$)(?![a-z]+[:=<>])[^\s()"]+', re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Za-z]{2,6})-([1-9][0-9]{0,8})")
_PLAIN_NAME = re.compile(r'[^\s()"]+')


class Op(StrEnum):
    """How a value is compared. `=` is read as `:`."""

    IS = ":"
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


class TimeField(StrEnum):
    DUE = "due"
    START = "start"
    CREATED = "created"
    UPDATED = "updated"


class State(StrEnum):
    """`open` is neither done nor archived."""

    ARCHIVED = "archived"
    DONE = "done"
    OPEN = "open"


class Thing(StrEnum):
    """What a card may have."""

    CHECKLIST = "checklist"
    DESCRIPTION = "description"
    COMMENTS = "comments"
    ATTACHMENTS = "attachments"
    LABELS = "labels"
    ASSIGNEES = "assignees"
    DUE = "due"
    START = "start"


class SortField(StrEnum):
    DUE = "due"
    START = "start"
    CREATED = "created"
    UPDATED = "updated"
    PRIORITY = "priority"
    NUMBER = "number"
    TITLE = "title"


NONE_OF = {"assignee": Thing.ASSIGNEES, "label": Thing.LABELS, "due": Thing.DUE, "start": Thing.START}
"""What `none` denies after each field that knows it."""


class Word(Struct, frozen=True):
    """A text somewhere in the card: title, description or a label's name; a whole reference such as OPS-12 fits too."""

    text: str

    def __str__(self) -> str:
        return self.text if _PLAIN_WORD.fullmatch(self.text) else quoted(self.text)


class AssignedTo(Struct, frozen=True):
    """Who has that username is responsible."""

    username: str

    def __str__(self) -> str:
        return f"assignee:{name_of(self.username, (NONE, ME))}"


class AssignedToMe(Struct, frozen=True):
    """Whoever asks is responsible."""

    def __str__(self) -> str:
        return "assignee:me"


class Labelled(Struct, frozen=True):
    """A label of that name is on the card; a nameless label goes by its colour."""

    name: str

    def __str__(self) -> str:
        return f"label:{name_of(self.name, (NONE,))}"


class InColumn(Struct, frozen=True):
    """The card is in a column of that title."""

    title: str

    def __str__(self) -> str:
        return f"column:{name_of(self.title)}"


class Prioritised(Struct, frozen=True):
    """The card's priority compares so with `level`."""

    op: Op
    level: Priority

    def __str__(self) -> str:
        return f"priority{self.op}{self.level}"

    def levels(self) -> list[Priority]:
        """The priorities that fit."""
        fits, own = _FITS[self.op], PRIORITY_RANKS[self.level]
        return [level for level, rank in PRIORITY_RANKS.items() if fits(rank, own)]


class When(Struct, frozen=True):
    """A time of the card compares so with the period that `text` names: see `rego.wire.query_dates`."""

    field: TimeField
    op: Op
    text: str

    def __str__(self) -> str:
        return f"{self.field}{self.op}{self.text}"


class Overdue(Struct, frozen=True):
    """The due date is past and the card is not done."""

    def __str__(self) -> str:
        return "due:overdue"


class Is(Struct, frozen=True):
    state: State

    def __str__(self) -> str:
        return f"is:{self.state}"


class Has(Struct, frozen=True):
    thing: Thing

    def __str__(self) -> str:
        return f"has:{self.thing}"


class HasNo(Struct, frozen=True):
    """What `label:none` and its like say."""

    thing: Thing

    def __str__(self) -> str:
        return f"{_DENYING[self.thing]}:{NONE}"


class Not(Struct, frozen=True):
    node: Node

    def __str__(self) -> str:
        return f"-{_bracketed(self.node, And, Or)}"


class And(Struct, frozen=True):
    """All of two or more."""

    nodes: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(_bracketed(node, And, Or) for node in self.nodes)


class Or(Struct, frozen=True):
    """At least one of two or more. Binds weaker than `And`."""

    nodes: tuple[Node, ...]

    def __str__(self) -> str:
        return " or ".join(_bracketed(node, Or) for node in self.nodes)


Term: TypeAlias = "Word | AssignedTo | AssignedToMe | Labelled | InColumn | Prioritised | When | Overdue | Is | Has | HasNo"
Node: TypeAlias = "Term | Not | And | Or"


class Sort(Struct, frozen=True):
    """One key of the order; cards without the value come last in both directions."""

    field: SortField
    descending: bool = False

    def __str__(self) -> str:
        return f"sort:{'-' if self.descending else ''}{self.field}"


class Query(Struct, frozen=True):
    """A whole query. Without `where` every card fits; `sorts` has each field at most once."""

    where: Node | None = None
    sorts: tuple[Sort, ...] = ()

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.where, *self.sorts) if part is not None)

    @property
    def asks_for_archived(self) -> bool:
        """Whether `is:archived` stands anywhere in it; only then archived cards are looked at."""
        return self.where is not None and Is(State.ARCHIVED) in terms_of(self.where)


PRIORITY_RANKS = {level: rank for rank, level in enumerate(Priority)}
"""The priorities in rising order."""

_FITS: dict[Op, Callable[[int, int], bool]] = {
    Op.IS: operator.eq,
    Op.BELOW: operator.lt,
    Op.AT_MOST: operator.le,
    Op.ABOVE: operator.gt,
    Op.AT_LEAST: operator.ge,
}

_DENYING = {thing: field for field, thing in NONE_OF.items()}


def terms_of(node: Node) -> Iterator[Term]:
    """Every term in `node`, from left to right."""
    if isinstance(node, And | Or):
        for each in node.nodes:
            yield from terms_of(each)
    elif isinstance(node, Not):
        yield from terms_of(node.node)
    else:
        yield node


def reference_in(word: str) -> tuple[str, int] | None:
    """The board key and the card number in a word such as `ops-12`; None when it is no reference."""
    found = _REFERENCE.fullmatch(word)
    return (found[1].upper(), int(found[2])) if found else None


def quoted(text: str) -> str:
    """`text` in quotes, so that it is a word or a name whatever it holds."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def name_of(text: str, special: tuple[str, ...] = ()) -> str:
    """A name as a query has it: in quotes where it would be read as something else, such as one of the `special` words."""
    return text if _PLAIN_NAME.fullmatch(text) and text.lower() not in special else quoted(text)


def _bracketed(node: Node, *weaker: type) -> str:
    return f"({node})" if isinstance(node, weaker) else str(node)
