"""Events: what happened on a board, one numbered entry each. Old state + event = new state (`rego.replica` is the proof).

Every data struct names what it is about in words too, so that an activity line, an undo or a webhook needs nothing else.
Events that change a card carry its new `version`; the replica takes `updated_at` and `updated_by` from the envelope.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Raw, Struct, field

from rego.wire.base import Change, Rank, Role
from rego.wire.boards import Board, Member
from rego.wire.cards import CardRef, CardSummary
from rego.wire.checklists import Checklist, ChecklistItem
from rego.wire.columns import Column
from rego.wire.comments import Comment
from rego.wire.imports import Tally
from rego.wire.labels import Label


class Actor(Struct, kw_only=True, frozen=True, gc=False):
    """Who did it, under the name they had then."""

    id: str
    username: str


class Cause(Struct, kw_only=True, frozen=True, gc=False):
    """The automation rule that did it, and the event that set it off."""

    rule_id: str
    rule_name: str
    event_seq: int


class EventData(Struct, kw_only=True, frozen=True, tag_field="type"):
    """What an event type says. The tag is the event type; on the wire it stands in the envelope."""


class BoardCreated(EventData, kw_only=True, frozen=True, tag="board.created"):
    """A board was made; its first event."""

    board: Board


class BoardImported(EventData, kw_only=True, frozen=True, tag="board.imported"):
    """The first event of an imported board; its cards are in the snapshot, not in the log."""

    board: Board
    source: str
    tallies: dict[str, Tally]


class BoardUpdated(EventData, kw_only=True, frozen=True, tag="board.updated"):
    """`changes` by field, of title, description and archived."""

    changes: dict[str, Change]
    version: int


class BoardDeleted(EventData, kw_only=True, frozen=True, tag="board.deleted"):
    """The last thing that is heard of a board."""

    title: str


class MemberAdded(EventData, kw_only=True, frozen=True, tag="member.added"):
    """Somebody is on the board now; whose removal was taken back also on its cards `card_ids`, whose versions are unchanged."""

    member: Member
    card_ids: list[str] = []


class MemberUpdated(EventData, kw_only=True, frozen=True, tag="member.updated"):
    """A member has another role."""

    user_id: str
    username: str
    before: Role
    after: Role


class MemberRemoved(EventData, kw_only=True, frozen=True, tag="member.removed"):
    """Somebody left the board or was taken off it, and off its cards `card_ids`, whose versions are unchanged.

    Their sockets are closed after this.
    """

    member: Member
    card_ids: list[str]


class ColumnCreated(EventData, kw_only=True, frozen=True, tag="column.created"):
    """A column was made."""

    column: Column


class ColumnUpdated(EventData, kw_only=True, frozen=True, tag="column.updated"):
    """`changes` by field, of title, wip_limit, wip_mode, done, color and archived."""

    column_id: str
    title: str
    changes: dict[str, Change]
    version: int


class ColumnMoved(EventData, kw_only=True, frozen=True, tag="column.moved"):
    """A column has another place among the others."""

    column_id: str
    title: str
    before: Rank
    after: Rank
    version: int


class ColumnDeleted(EventData, kw_only=True, frozen=True, tag="column.deleted"):
    """The column was empty, archived cards included."""

    column: Column


class ColumnsReranked(EventData, kw_only=True, frozen=True, tag="columns.reranked"):
    """Room was made between columns; their order is unchanged, and so are their versions."""

    ranks: dict[str, Rank]


class LabelCreated(EventData, kw_only=True, frozen=True, tag="label.created"):
    """A label was made; one whose deletion was taken back is on the cards `card_ids` again, whose versions are unchanged."""

    label: Label
    card_ids: list[str] = []


class LabelUpdated(EventData, kw_only=True, frozen=True, tag="label.updated"):
    """`changes` by field, of name and color."""

    label_id: str
    name: str
    changes: dict[str, Change]
    version: int


class LabelDeleted(EventData, kw_only=True, frozen=True, tag="label.deleted"):
    """The label is off every card that carried it; their versions are unchanged."""

    label: Label
    card_ids: list[str]


class CardCreated(EventData, kw_only=True, frozen=True, tag="card.created"):
    """A card was made; or one is back whose deletion was taken back, then its counts say what came with it."""

    card: CardSummary
    ref: str
    column_title: str
    description: str = ""


class CardUpdated(EventData, kw_only=True, frozen=True, tag="card.updated"):
    """`changes` by field, of title, description, due_at, start_at, priority and completed."""

    card: CardRef
    changes: dict[str, Change]
    version: int


class CardPlace(Struct, kw_only=True, frozen=True, gc=False):
    """Where a card stands or stood."""

    column_id: str
    column_title: str
    rank: Rank


class CardMoved(EventData, kw_only=True, frozen=True, tag="card.moved"):
    """A card has another place, in its column or in another one."""

    card: CardRef
    before: CardPlace = field(name="from")
    after: CardPlace = field(name="to")
    version: int


class CardArchived(EventData, kw_only=True, frozen=True, tag="card.archived"):
    """A card is off the board, and can be brought back."""

    card: CardRef
    version: int


class CardRestored(EventData, kw_only=True, frozen=True, tag="card.restored"):
    """Carries the whole card, because clients do not hold archived ones."""

    card: CardSummary
    ref: str


class CardDeleted(EventData, kw_only=True, frozen=True, tag="card.deleted"):
    """Carries the whole card as it was."""

    card: CardSummary
    ref: str
    description: str = ""


class CardsReranked(EventData, kw_only=True, frozen=True, tag="cards.reranked"):
    """Room was made in a column; the order is unchanged, and so are the versions."""

    column_id: str
    ranks: dict[str, Rank]


class CardAssigned(EventData, kw_only=True, frozen=True, tag="card.assigned"):
    """A member is responsible for the card."""

    card: CardRef
    user_id: str
    username: str
    version: int


class CardUnassigned(EventData, kw_only=True, frozen=True, tag="card.unassigned"):
    """A person is no longer responsible for the card."""

    card: CardRef
    user_id: str
    username: str
    version: int


class CardLabelled(EventData, kw_only=True, frozen=True, tag="card.labelled"):
    """The card carries a label."""

    card: CardRef
    label_id: str
    label_name: str
    version: int


class CardUnlabelled(EventData, kw_only=True, frozen=True, tag="card.unlabelled"):
    """The card carries a label no longer."""

    card: CardRef
    label_id: str
    label_name: str
    version: int


class ChecklistCreated(EventData, kw_only=True, frozen=True, tag="checklist.created"):
    """A checklist was made, without items; one that came back has them, and the counts are the card's new ones."""

    card: CardRef
    checklist: Checklist
    checklist_done: int | None = None
    checklist_total: int | None = None


class ChecklistDeleted(EventData, kw_only=True, frozen=True, tag="checklist.deleted"):
    """`checklist_done` and `checklist_total` are the card's new counts."""

    card: CardRef
    checklist: Checklist
    checklist_done: int
    checklist_total: int


class ChecklistItemCreated(EventData, kw_only=True, frozen=True, tag="checklist_item.created"):
    """An item was added; `checklist_done` and `checklist_total` are the card's new counts."""

    card: CardRef
    item: ChecklistItem
    checklist_done: int
    checklist_total: int


class ChecklistItemUpdated(EventData, kw_only=True, frozen=True, tag="checklist_item.updated"):
    """`changes` by field, of text, done, assignee_id and due_at; the counts are the card's new ones."""

    card: CardRef
    item_id: str
    checklist_id: str
    text: str
    changes: dict[str, Change]
    version: int
    checklist_done: int
    checklist_total: int


class ChecklistItemDeleted(EventData, kw_only=True, frozen=True, tag="checklist_item.deleted"):
    """An item was deleted; the counts are the card's new ones."""

    card: CardRef
    item: ChecklistItem
    checklist_done: int
    checklist_total: int


class CommentCreated(EventData, kw_only=True, frozen=True, tag="comment.created"):
    """Somebody commented; `comment_count` is the card's new count."""

    card: CardRef
    comment: Comment
    comment_count: int


class CommentDeleted(EventData, kw_only=True, frozen=True, tag="comment.deleted"):
    """A comment was deleted; `comment_count` is the card's new count."""

    card: CardRef
    comment: Comment
    comment_count: int


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
