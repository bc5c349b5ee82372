"""The query language in memory: which cards of a replica fit a query, and in which order.

Pure. The server's SQL (`rego_server.domains.cards.filters`) gives the same answer on the same cards; what a replica does not
hold, archived cards and descriptions, cannot be found here unless the caller brings it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct

from rego.replica import Replica
from rego.wire import query_terms as q
from rego.wire.cards import CardSummary
from rego.wire.labels import Label
from rego.wire.query_dates import AFTER_ALL, BEFORE_ALL, bounds_of
from rego.wire.text import ascii_lower

Fits = Callable[[CardSummary], bool]
DescriptionOf = Callable[[CardSummary], str]


class Viewer(Struct, frozen=True):
    """Who asks, and when. Days begin at midnight in the zone of `now`; `me` is a user id, None when it is not known."""

    me: str | None
    now: datetime


def matcher(query: q.Query, replica: Replica, viewer: Viewer, description_of: DescriptionOf | None = None) -> Fits:
    """A function that says whether a card fits. Make it anew when labels, members or columns changed, or time passed."""
    builder = _Builder(replica, viewer, description_of)
    fits = builder.build(query.where) if query.where is not None else _always
    if query.asks_for_archived:
        return fits
    return lambda card: not builder.is_archived(card) and fits(card)


def ordered(query: q.Query, cards: Iterable[CardSummary]) -> list[CardSummary]:
    """`cards` in the order of the query; where that says nothing, by number."""
    found = sorted(cards, key=lambda card: card.number)
    for sort in reversed(query.sorts):
        found.sort(key=_sort_key(sort), reverse=sort.descending)
    return found


def find(query: q.Query, replica: Replica, viewer: Viewer, description_of: DescriptionOf | None = None) -> list[CardSummary]:
    """The cards that fit, in order."""
    fits = matcher(query, replica, viewer, description_of)
    cards = (card for column_id in replica.columns for card in replica.cards_in(column_id))
    return ordered(query, filter(fits, cards))


HAS: dict[q.Thing, Fits] = {
    q.Thing.CHECKLIST: lambda card: card.checklist_total > 0,
    q.Thing.DESCRIPTION: lambda card: card.has_description,
    q.Thing.COMMENTS: lambda card: card.comment_count > 0,
    q.Thing.ATTACHMENTS: lambda card: card.attachment_count > 0,
    q.Thing.LABELS: lambda card: bool(card.label_ids),
    q.Thing.ASSIGNEES: lambda card: bool(card.assignee_ids),
    q.Thing.DUE: lambda card: card.due_at is not None,
    q.Thing.START: lambda card: card.start_at is not None,
}

TIMES: dict[q.TimeField, Callable[[CardSummary], datetime | None]] = {
    q.TimeField.DUE: lambda card: card.due_at,
    q.TimeField.START: lambda card: card.start_at,
    q.TimeField.CREATED: lambda card: card.created_at,
    q.TimeField.UPDATED: lambda card: card.updated_at,
}


class _Builder:
    """Makes predicates of terms; names are looked up once, not for each card."""

    def __init__(self, replica: Replica, viewer: Viewer, description_of: DescriptionOf | None) -> None:
        self._replica = replica
        self._viewer = viewer
        self._description_of = description_of
        self._put_away = {column.id for column in replica.columns.values() if column.archived}

    def is_archived(self, card: CardSummary) -> bool:
        """Whether the card counts as archived: by itself, or with its column."""
        return card.archived or card.column_id in self._put_away

    def build(self, node: q.Node) -> Fits:
        match node:
            case q.And(nodes=nodes):
                return _all([self.build(each) for each in nodes])
            case q.Or(nodes=nodes):
                return _any([self.build(each) for each in nodes])
            case q.Not(node=inner):
                fits = self.build(inner)
                return lambda card: not fits(card)
            case q.Word(text=text):
                return self._word(ascii_lower(text))
            case q.When():
                return self._when(node)
            case _:
                return self._simple(node)

    def _is(self, state: q.State) -> Fits:
        if state is q.State.ARCHIVED:
            return self.is_archived
        if state is q.State.DONE:
            return lambda card: card.completed
        return lambda card: not card.completed and not self.is_archived(card)

    def _simple(self, term: q.Term) -> Fits:
        match term:
            case q.Has(thing=thing):
                return HAS[thing]
            case q.HasNo(thing=thing):
                has = HAS[thing]
                return lambda card: not has(card)
            case q.Is(state=state):
                return self._is(state)
            case q.Prioritised():
                levels = term.levels()
                return lambda card: card.priority in levels
            case q.Overdue():
                now = self._viewer.now
                return lambda card: card.due_at is not None and card.due_at < now and not card.completed
            case _:
                return self._named(term)

    def _named(self, term: q.Term) -> Fits:
        replica = self._replica
        match term:
            case q.AssignedToMe():
                return _any_of({self._viewer.me}, lambda card: card.assignee_ids)
            case q.AssignedTo(username=name):
                wanted = ascii_lower(name)
                people: set[str | None] = {m.user_id for m in replica.members.values() if ascii_lower(m.username) == wanted}
                return _any_of(people, lambda card: card.assignee_ids)
            case q.Labelled(name=name):
                wanted = ascii_lower(name)
                labels: set[str | None] = {label.id for label in replica.labels.values() if _called(label) == wanted}
                return _any_of(labels, lambda card: card.label_ids)
            case q.InColumn(title=title):
                wanted = ascii_lower(title)
                columns = {column.id for column in replica.columns.values() if ascii_lower(column.title) == wanted}
                return lambda card: card.column_id in columns
        raise AssertionError(f"no evaluation for {term!r}")

    def _word(self, word: str) -> Fits:
        labels = {label.id for label in self._replica.labels.values() if word in _called(label)}
        reference = q.reference_in(word)
        number = reference[1] if reference and reference[0] == self._replica.board.key else None
        describe = self._description_of

        def fits(card: CardSummary) -> bool:
            return (
                word in ascii_lower(card.title)
                or card.number == number
                or not labels.isdisjoint(card.label_ids)
                or (describe is not None and word in ascii_lower(describe(card)))
            )

        return fits

    def _when(self, term: q.When) -> Fits:
        first, end = bounds_of(term, self._viewer.now)
        time_of = TIMES[term.field]

        def fits(card: CardSummary) -> bool:
            moment = time_of(card)
            return moment is not None and (first is None or first <= moment) and (end is None or moment < end)

        return fits


def _all(every: list[Fits]) -> Fits:
    # Loops, because a filter runs over ten thousand cards at each key press and a generator for each costs as much again.
    def fits(card: CardSummary) -> bool:
        for each in every:  # noqa: SIM110
            if not each(card):
                return False
        return True

    return fits


def _any(some: list[Fits]) -> Fits:
    def fits(card: CardSummary) -> bool:
        for each in some:  # noqa: SIM110
            if each(card):
                return True
        return False

    return fits


def _always(_: CardSummary) -> bool:
    return True


def _any_of(wanted: set[str | None], ids_of: Callable[[CardSummary], list[str]]) -> Fits:
    return lambda card: not wanted.isdisjoint(ids_of(card))


def _called(label: Label) -> str:
    """What people call the label, in lower case."""
    return ascii_lower(label.name or label.color.value)


def _sort_key(sort: q.Sort) -> Callable[[CardSummary], Any]:
    match sort.field:
        case q.SortField.TITLE:
            return lambda card: ascii_lower(card.title)
        case q.SortField.NUMBER:
            return lambda card: card.number
        case q.SortField.PRIORITY:
            return lambda card: q.PRIORITY_RANKS[card.priority]
        case _:
            time_of, nothing = TIMES[q.TimeField(sort.field.value)], BEFORE_ALL if sort.descending else AFTER_ALL
            return lambda card: time_of(card) or nothing
