"""A card that somebody writes in an editor: what they wrote as requests, and merged with what others did meanwhile. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import UNSET

from rego.card_text import Names, listed, merge, read, text_of, written
from rego.client import cards
from rego.client.call import Call
from rego.dates import parse_here
from rego.naming import find_column, find_label, find_member
from rego.wire.cards import Card, CardSummary, MoveCard, Priority, UpdateCard
from rego.wire.errors import InvalidInput, RegoError
from rego.wire.query_terms import ME

_NAMES = {"due_at": "due date", "start_at": "start date"}


@dataclass(frozen=True)
class Step:
    """One request of several, and the field that it is about."""

    field: str
    call: Call[Any]


class Draft:
    """A text on its way. `text` is what the editor is to open next; send the `steps` once `take` has read what came back."""

    def __init__(self, card: Card, names: Names) -> None:
        self.card = card
        self._names = names
        self._base = self._mine = text_of(card, names)
        self.text = written(self._base)

    def take(self, text: str) -> None:
        """Read what somebody wrote; raises `InvalidInput`, and opens the same text again then."""
        self.text = text
        self._mine = read(text)

    @property
    def changes(self) -> dict[str, str]:
        """What is to be changed, by field, in the words of the text."""
        return self._mine.changed_since(self._base)

    def steps(self) -> list[Step]:
        """The requests, fields first, with the conflict check. Raises `InvalidInput` or `NotFound` for a wrong name."""
        return steps_to(self.card, self.changes, self._names)

    def meet(self, card: Card, names: Names) -> Mapping[str, str]:
        """Take up what others did, whose card is this now. Where both wrote, the text shows both: their words by field."""
        theirs = text_of(card, names)
        merged = merge(self._base, self._mine, theirs)
        self.card, self._names, self._base, self._mine = card, names, theirs, merged.text
        self.text = written(merged.text, merged.conflicts)
        return merged.conflicts


def steps_to(card: Card, changed: Mapping[str, str], names: Names) -> list[Step]:
    """The requests that make the changes. All names are known before the first is sent."""
    return [
        *_fields(card, changed),
        *_place(card, changed, names),
        *_labels(card, changed, names),
        *_people(card, changed, names),
    ]


def half_done(error: RegoError, done: Sequence[Step]) -> None:
    """Say in the sentence of `error` what had been changed before it."""
    if done:
        error.detail = f"{error.detail} Changed before that: {', '.join(dict.fromkeys(step.field for step in done))}."


def in_words(changed: Sequence[str]) -> str:
    """The fields that were changed, for a sentence."""
    return ", ".join(_NAMES.get(field, field) for field in dict.fromkeys(changed))


def _fields(card: Card, changed: Mapping[str, str]) -> Iterator[Step]:
    body = UpdateCard(
        title=changed.get("title", UNSET),
        description=changed.get("description", UNSET),
        start_at=_if_changed(changed, "start", _moment),
        due_at=_if_changed(changed, "due", _moment),
        priority=_if_changed(changed, "priority", _priority),
        version=card.version,
    )
    if body.changes():
        yield Step(", ".join(body.changes()), cards.update_card(card.id, body))


def _place(card: Card, changed: Mapping[str, str], names: Names) -> Iterator[Step]:
    if "column" in changed:
        column = find_column(names.columns, changed["column"])
        yield Step("column", cards.move_card(card.id, MoveCard(column_id=column.id)))


def _labels(card: Card, changed: Mapping[str, str], names: Names) -> Iterator[Step]:
    if "labels" in changed:
        wanted = [find_label(names.labels, name).id for name in listed(changed["labels"])]
        calls = towards(card.id, card.label_ids, wanted, cards.label_card, cards.unlabel_card)
        yield from (Step("labels", call) for call in calls)


def _people(card: Card, changed: Mapping[str, str], names: Names) -> Iterator[Step]:
    if "people" in changed:
        written_names = [names.me if name == ME and names.me else name for name in listed(changed["people"])]
        wanted = [find_member(names.members, name).user_id for name in written_names]
        calls = towards(card.id, card.assignee_ids, wanted, cards.assign_card, cards.unassign_card)
        yield from (Step("people", call) for call in calls)


Hang = Callable[[str, str], Call[CardSummary]]
"""Makes the call that puts something on a card, or takes it off."""


def towards(card_id: str, held: Sequence[str], wanted: Sequence[str], put: Hang, take: Hang) -> list[Call[CardSummary]]:
    """The calls that make of what a card has what is wanted."""
    return [put(card_id, one) for one in wanted if one not in held] + [take(card_id, one) for one in held if one not in wanted]


def _if_changed(changed: Mapping[str, str], name: str, convert: Callable[[str], Any]) -> Any:
    return convert(changed[name]) if name in changed else UNSET


def _moment(text: str) -> datetime | None:
    return parse_here(text or None)


def _priority(text: str) -> Priority:
    try:
        return Priority(text.lower() or "none")
    except ValueError:
        raise InvalidInput(f"The priority must be one of {', '.join(Priority)}, not {text!r}.", field="priority") from None
