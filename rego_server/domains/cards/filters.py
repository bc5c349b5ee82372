"""The query language in SQL: which cards fit a query, in which order, from where on.

The same on both databases, and the same as `rego.query_match` in memory. Every word of the user is a bind parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, exists, false, func, literal, not_, or_, select
from sqlalchemy.sql.elements import BindParameter

from rego.wire import query_terms as q
from rego.wire.query_dates import AFTER_ALL, BEFORE_ALL, bounds_of
from rego.wire.text import ascii_lower as lowered
from rego_server.core.db import Statement, ascii_lower
from rego_server.core.db.schema import Id, Timestamp
from rego_server.core.events import board_heads
from rego_server.domains.access.models import board_members
from rego_server.domains.cards.models import card_assignees, card_labels, cards
from rego_server.domains.columns.models import columns
from rego_server.domains.labels.models import labels
from rego_server.domains.users.models import users

KEPT = 256
"""How many compiled queries are kept."""

CALLER = bindparam("caller_id", type_=Id)
NOW = bindparam("now", type_=Timestamp)

_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)

_TIMES: dict[str, ColumnElement[datetime]] = {
    q.TimeField.DUE: cards.c.due_at,
    q.TimeField.START: cards.c.start_at,
    q.TimeField.CREATED: cards.c.created_at,
    q.TimeField.UPDATED: cards.c.updated_at,
}

_HAS: dict[q.Thing, ColumnElement[bool]] = {
    q.Thing.CHECKLIST: cards.c.checklist_total > 0,
    q.Thing.DESCRIPTION: cards.c.has_description,
    q.Thing.COMMENTS: cards.c.comment_count > 0,
    q.Thing.ATTACHMENTS: cards.c.attachment_count > 0,
    q.Thing.LABELS: exists().where(card_labels.c.card_id == cards.c.id),
    q.Thing.ASSIGNEES: exists().where(card_assignees.c.card_id == cards.c.id),
    q.Thing.DUE: cards.c.due_at.is_not(None),
    q.Thing.START: cards.c.start_at.is_not(None),
}

# Aliases, so that no subquery is tied to a table of the scope.
_member = board_members.alias("assigned_member")
_titled = columns.alias("titled_column")
_assigned_members = card_assignees.join(users, users.c.id == card_assignees.c.user_id).join(
    _member, _member.c.user_id == users.c.id
)
_labels_on_cards = card_labels.join(labels, labels.c.id == card_labels.c.label_id)
_called = ascii_lower(case((labels.c.name == "", labels.c.color), else_=labels.c.name))
"""What people call a label, in lower case."""


@dataclass(frozen=True, eq=False)
class Scope:
    """Where a query looks. `source` selects what is shown of a card, `on_boards` says of a `board_id` that it is searched.

    `archived` is what counts as archived there. `default` is the order without `sort:`, `ties` are the keys that come after it.
    """

    source: Select[Any]
    on_boards: Callable[[ColumnElement[Any]], ColumnElement[bool]]
    archived: ColumnElement[bool]
    ties: tuple[ColumnElement[Any], ...]
    default: tuple[q.Sort, ...] = ()


class Wanted(NamedTuple):
    """What of a scope is asked for: the query, archived cards too or not, and whether a page goes before."""

    query: q.Query
    archived: bool
    goes_on: bool


class Listing(NamedTuple):
    """A query as a statement. It takes `count`, the scope's parameters, those of `params` and, on a later page, of `after`."""

    statement: Statement
    moments: Mapping[str, tuple[q.When, int]]
    sorts: tuple[q.Sort, ...]

    def params(self, me: str | None, now: datetime) -> dict[str, Any]:
        """Who asks and what the time is, in the statement's parameters."""
        times = {name: bounds_of(term, now)[side] for name, (term, side) in self.moments.items()}
        return {"caller_id": me, "now": now, **times}


@lru_cache(maxsize=KEPT)
def listing(scope: Scope, wanted: Wanted) -> Listing:
    """The statement for a query. Its rows have the scope's columns and the keys of the order, `key_0` and so on."""
    condition = Condition(scope)
    found = scope.source
    if wanted.query.where is not None:
        found = found.where(condition.of(wanted.query.where))
    if not (wanted.archived or wanted.query.asks_for_archived):
        found = found.where(not_(scope.archived))
    sorts = wanted.query.sorts or scope.default
    keys = [*((_sort_key(sort), sort.descending) for sort in sorts), *((key, False) for key in scope.ties)]
    if wanted.goes_on:
        found = found.where(_after(keys))
    found = found.add_columns(*(key.label(f"key_{n}") for n, (key, _) in enumerate(keys)))
    found = found.order_by(*(key.desc() if falling else key for key, falling in keys)).limit(bindparam("count"))
    return Listing(Statement(found), condition.moments, sorts)


def after(keys: tuple[Any, ...]) -> dict[str, Any]:
    """The parameters of the page that begins after the card with these keys."""
    return {f"after_{n}": key for n, key in enumerate(keys)}


class Condition:
    """Makes conditions of terms. Each is true or false, never null, so that a minus turns it round."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.moments: dict[str, tuple[q.When, int]] = {}

    def of(self, node: q.Node) -> ColumnElement[bool]:
        match node:
            case q.And(nodes=nodes):
                return and_(*map(self.of, nodes))
            case q.Or(nodes=nodes):
                return or_(*map(self.of, nodes))
            case q.Not(node=inner):
                return not_(self.of(inner))
            case q.Word(text=text):
                return self._word(lowered(text))
            case q.When():
                return self._when(node)
            case q.Is(state=state):
                return self._is(state)
            case _:
                return self._simple(node)

    def _simple(self, term: q.Term) -> ColumnElement[bool]:
        match term:
            case q.Has(thing=thing):
                return _HAS[thing]
            case q.HasNo(thing=thing):
                return not_(_HAS[thing])
            case q.Prioritised():
                return or_(false(), *(cards.c.priority == level.value for level in term.levels()))
            case q.Overdue():
                return and_(cards.c.due_at.is_not(None), cards.c.due_at < NOW, not_(cards.c.completed))
            case _:
                return self._named(term)

    def _named(self, term: q.Term) -> ColumnElement[bool]:
        on_boards = self._scope.on_boards
        match term:
            case q.AssignedToMe():
                return cards.c.id.in_(select(card_assignees.c.card_id).where(card_assignees.c.user_id == CALLER))
            case q.AssignedTo(username=name):
                fits = and_(on_boards(_member.c.board_id), ascii_lower(users.c.username) == lowered(name))
                return cards.c.id.in_(select(card_assignees.c.card_id).select_from(_assigned_members).where(fits))
            case q.Labelled(name=name):
                return self._labelled(_called == lowered(name))
            case q.InColumn(title=title):
                fits = and_(on_boards(_titled.c.board_id), ascii_lower(_titled.c.title) == lowered(title))
                return cards.c.column_id.in_(select(_titled.c.id).where(fits))
        raise AssertionError(f"no SQL for {term!r}")

    def _labelled(self, label: ColumnElement[bool]) -> ColumnElement[bool]:
        """Cards with a label of which `label` is true."""
        fits = and_(self._scope.on_boards(labels.c.board_id), label)
        return cards.c.id.in_(select(card_labels.c.card_id).select_from(_labels_on_cards).where(fits))

    def _word(self, word: str) -> ColumnElement[bool]:
        places = [
            ascii_lower(cards.c.title).contains(word, autoescape=True),
            ascii_lower(cards.c.description).contains(word, autoescape=True),
            self._labelled(_called.contains(word, autoescape=True)),
        ]
        if reference := q.reference_in(word):
            places.append(and_(board_heads.c.key == reference[0], cards.c.number == reference[1]))
        return or_(*places)

    def _when(self, term: q.When) -> ColumnElement[bool]:
        time = _TIMES[term.field]
        first, end = (self._moment(term, side) for side in (0, 1))
        parts: list[ColumnElement[bool]] = [time.is_not(None)]
        if first is not None:
            parts.append(time >= first)
        if end is not None:
            parts.append(time < end)
        return and_(*parts)

    def _moment(self, term: q.When, side: int) -> BindParameter[datetime] | None:
        """A parameter for one of the term's bounds, which depends on the present time; None where it has no such bound."""
        if bounds_of(term, _ANY_TIME)[side] is None:
            return None
        name = f"moment_{len(self.moments)}"
        self.moments[name] = (term, side)
        return bindparam(name, type_=Timestamp)

    def _is(self, state: q.State) -> ColumnElement[bool]:
        if state is q.State.ARCHIVED:
            return self._scope.archived
        if state is q.State.DONE:
            return cards.c.completed
        return and_(not_(cards.c.completed), not_(self._scope.archived))


def _sort_key(sort: q.Sort) -> ColumnElement[Any]:
    """What is compared; never null."""
    match sort.field:
        case q.SortField.TITLE:
            return ascii_lower(cards.c.title)
        case q.SortField.NUMBER:
            return cards.c.number
        case q.SortField.PRIORITY:
            ranks = {level.value: rank for level, rank in q.PRIORITY_RANKS.items()}
            return case(ranks, value=cards.c.priority, else_=literal(0, Integer))
        case _:
            nothing = BEFORE_ALL if sort.descending else AFTER_ALL
            return func.coalesce(_TIMES[sort.field.value], literal(nothing, Timestamp))


def _after(keys: list[tuple[ColumnElement[Any], bool]]) -> ColumnElement[bool]:
    """Behind the card whose keys are `after_0` and so on: the first key that differs decides."""
    ways = []
    same: list[ColumnElement[bool]] = []
    for n, (key, falling) in enumerate(keys):
        value = bindparam(f"after_{n}", type_=key.type)
        ways.append(and_(*same, key < value if falling else key > value))
        same.append(key == value)
    return or_(*ways)
