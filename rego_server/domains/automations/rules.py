"""What sets a rule off, and what a rule must be; decided without I/O."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from rego.wire.automations import (
    AnyAction,
    AnyTrigger,
    Automation,
    DoAssign,
    DoLabel,
    DoMove,
    DoUnassign,
    DoUnlabel,
    WhenAssigned,
    WhenChecklistCompleted,
    WhenCompleted,
    WhenCreated,
    WhenDue,
    WhenLabelled,
    WhenMoved,
)
from rego.wire.base import Change
from rego.wire.cards import CardRef
from rego.wire.errors import InvalidInput
from rego.wire.events import (
    CardAssigned,
    CardClaimed,
    CardCreated,
    CardLabelled,
    CardMoved,
    CardUpdated,
    ChecklistItemUpdated,
    EventData,
    event_type,
)
from rego.wire.query import parse

TRIGGER_OF: dict[str, str] = {
    event_type(CardMoved): "card.moved",
    event_type(CardCreated): "card.created",
    event_type(CardLabelled): "card.labelled",
    event_type(CardAssigned): "card.assigned",
    event_type(CardClaimed): "card.assigned",
    event_type(CardUpdated): "card.completed",
    event_type(ChecklistItemUpdated): "checklist.completed",
}
"""The trigger that each type of event may be an occasion for."""


def sets_off(data: EventData, trigger: AnyTrigger) -> bool:
    """Whether `data` is what `trigger` waits for; of a checklist, whether it may be complete now."""
    match trigger, data:
        case WhenMoved(from_column=start, to_column=end), CardMoved(before=before, after=after):
            crossed = before.column_id != after.column_id
            return crossed and start in (None, before.column_id) and end in (None, after.column_id)
        case WhenCreated(column=column), CardCreated(card=card):
            return column in (None, card.column_id)
        case WhenLabelled(label=label), CardLabelled(label_id=label_id):
            return label in (None, label_id)
        case WhenAssigned(user=user), CardAssigned(user_id=user_id) | CardClaimed(user_id=user_id):
            return user in (None, user_id)
        case WhenCompleted(), CardUpdated(changes=changes):
            return _became_true(changes, "completed")
        case WhenChecklistCompleted(), ChecklistItemUpdated(changes=changes):
            return _became_true(changes, "done")
    return False


def _became_true(changes: dict[str, Change], name: str) -> bool:
    return name in changes and changes[name].after is True


def card_in(data: EventData) -> CardRef:
    """The card that `data` is about."""
    if isinstance(data, CardCreated):
        return CardRef(id=data.card.id, ref=data.ref, title=data.card.title)
    card = getattr(data, "card", None)
    assert isinstance(card, CardRef)
    return card


class Names(NamedTuple):
    """The ids that a rule names, by kind."""

    columns: set[str]
    labels: set[str]
    users: set[str]

    @property
    def ids(self) -> set[str]:
        """All of them."""
        return self.columns | self.labels | self.users


def parts_of(rule: Automation) -> tuple[AnyTrigger | AnyAction, ...]:
    """The trigger and the actions of a rule."""
    return (rule.trigger, *rule.actions)


def names_in(parts: Iterable[AnyTrigger | AnyAction]) -> Names:
    """What triggers and actions name."""
    names = Names(set(), set(), set())
    for part in parts:
        match part:
            case WhenMoved(from_column=start, to_column=end):
                names.columns.update(column for column in (start, end) if column)
            case WhenCreated(column=str(column)) | DoMove(column=column):
                names.columns.add(column)
            case WhenLabelled(label=str(label)) | DoLabel(label=label) | DoUnlabel(label=label):
                names.labels.add(label)
            case WhenAssigned(user=str(user)) | DoAssign(user=user) | DoUnassign(user=user):
                names.users.add(user)
    return names


def check_conditions(text: str | None) -> None:
    """Raise `InvalidInput`, with the position, for conditions that are no query or that sort."""
    try:
        query = parse(text or "")
    except InvalidInput as error:
        raise InvalidInput(error.detail, field="conditions", data=error.data) from error
    if query.sorts:
        raise InvalidInput("Conditions find out about one card and sort nothing; leave sort: out.", field="conditions")


def due_columns(trigger: AnyTrigger, now: datetime) -> dict[str, Any]:
    """How far from a due time `trigger` is set off, and from which due time on, when it begins to wait now."""
    if not isinstance(trigger, WhenDue):
        return {"due_offset": None, "due_after": None}
    return {"due_offset": int(trigger.offset.total_seconds()), "due_after": now - trigger.offset}


def heard_by(trigger_types: Iterable[str]) -> str:
    """The triggers that a board's head names: those that events can be an occasion for."""
    return " ".join(sorted(set(trigger_types) & set(TRIGGER_OF.values())))
