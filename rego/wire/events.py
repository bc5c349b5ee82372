"""Events: what happened on a board, one numbered entry each. Old state + event = new state (`rego.replica` is the proof).

Every data struct names what it is about in words too, so that an activity line, an undo or a webhook needs nothing else.
Events that change a card carry its new `version`; the replica takes `updated_at` and `updated_by` from the envelope.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Raw, Struct

from rego.wire.board_events import (
    AutomationCreated,
    AutomationDeleted,
    AutomationUpdated,
    BoardCreated,
    BoardDeleted,
    BoardImported,
    BoardUpdated,
    ColumnCreated,
    ColumnDeleted,
    ColumnMoved,
    ColumnsReranked,
    ColumnUpdated,
    InvitationCreated,
    InvitationRevoked,
    LabelCreated,
    LabelDeleted,
    LabelUpdated,
    MemberAdded,
    MemberRemoved,
    MemberUpdated,
)
from rego.wire.card_events import (
    AttachmentCreated,
    AttachmentDeleted,
    AttachmentUpdated,
    CardArchived,
    CardArrived,
    CardAssigned,
    CardClaimed,
    CardCreated,
    CardDeleted,
    CardLabelled,
    CardLeft,
    CardMoved,
    CardPlace,
    CardRestored,
    CardsReranked,
    CardUnassigned,
    CardUnlabelled,
    CardUpdated,
    ChecklistCreated,
    ChecklistDeleted,
    ChecklistItemCreated,
    ChecklistItemDeleted,
    ChecklistItemMoved,
    ChecklistItemsReranked,
    ChecklistItemUpdated,
    ChecklistMoved,
    ChecklistsReranked,
    ChecklistUpdated,
    CommentCreated,
    CommentDeleted,
    CommentUpdated,
    ItemPlace,
)
from rego.wire.event_data import Actor, Cause, EventData

__all__ = [
    "EVENT_TYPES",
    "Actor",
    "AttachmentCreated",
    "AttachmentDeleted",
    "AttachmentUpdated",
    "AutomationCreated",
    "AutomationDeleted",
    "AutomationUpdated",
    "BoardCreated",
    "BoardDeleted",
    "BoardImported",
    "BoardUpdated",
    "CardArchived",
    "CardArrived",
    "CardAssigned",
    "CardClaimed",
    "CardCreated",
    "CardDeleted",
    "CardLabelled",
    "CardLeft",
    "CardMoved",
    "CardPlace",
    "CardRestored",
    "CardUnassigned",
    "CardUnlabelled",
    "CardUpdated",
    "CardsReranked",
    "Cause",
    "ChecklistCreated",
    "ChecklistDeleted",
    "ChecklistItemCreated",
    "ChecklistItemDeleted",
    "ChecklistItemMoved",
    "ChecklistItemUpdated",
    "ChecklistItemsReranked",
    "ChecklistMoved",
    "ChecklistUpdated",
    "ChecklistsReranked",
    "ColumnCreated",
    "ColumnDeleted",
    "ColumnMoved",
    "ColumnUpdated",
    "ColumnsReranked",
    "CommentCreated",
    "CommentDeleted",
    "CommentUpdated",
    "Event",
    "EventData",
    "InvitationCreated",
    "InvitationRevoked",
    "ItemPlace",
    "LabelCreated",
    "LabelDeleted",
    "LabelUpdated",
    "MemberAdded",
    "MemberRemoved",
    "MemberUpdated",
    "Unknown",
    "event_type",
]


class Unknown(Struct, kw_only=True, frozen=True):
    """An event of a type that this version does not know; `raw` is its data as it came."""

    type: str
    raw: Raw


class Event(Struct, kw_only=True, frozen=True):
    """One entry of a board's log. `actor` is null when the system did it; `op_id` is the idempotency key that asked for it.

    `reverts` is the number of the event that this one takes back.
    """

    seq: int
    board_id: str
    type: str
    at: datetime
    actor: Actor | None = None
    cause: Cause | None = None
    op_id: str | None = None
    reverts: int | None = None
    data: Any = None


def event_type(data: EventData | type[EventData]) -> str:
    """The type that stands in the envelope, such as `card.moved`."""
    tag = data.__struct_config__.tag
    assert isinstance(tag, str)
    return tag


EVENT_TYPES: dict[str, type[EventData]] = {event_type(kind): kind for kind in EventData.__subclasses__()}
"""Every event type that this version knows."""
