"""What happens to cards and to what hangs on them. Events that change a card carry its new `version`."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field

from rego.wire.attachments import Attachment
from rego.wire.base import Change, Rank
from rego.wire.cards import CardRef, CardSummary
from rego.wire.checklists import Checklist, ChecklistItem
from rego.wire.comments import Comment
from rego.wire.event_data import Actor, EventData


class CardCreated(EventData, kw_only=True, frozen=True, tag="card.created"):
    """A card was made, perhaps as a copy of the card `copy_of` of the same board; or one is back whose deletion was taken back.

    Its counts say what came with it.
    """

    card: CardSummary
    ref: str
    column_title: str
    description: str = ""
    copy_of: CardRef | None = None


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


class CardLeft(EventData, kw_only=True, frozen=True, tag="card.left"):
    """A card was moved to another board; it is here as it was. Who may see that board finds the card there by its id."""

    card: CardSummary
    ref: str
    to_board_id: str


class CardArrived(EventData, kw_only=True, frozen=True, tag="card.arrived"):
    """A card was moved here from another board, under its old id, with a new number."""

    card: CardSummary
    ref: str
    column_title: str
    from_board_id: str
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


class CardClaimed(EventData, kw_only=True, frozen=True, tag="card.claimed"):
    """A member took the card on, `until` a moment. If they had it already they keep it for longer.

    `taken_from` is whose claim had lapsed: they are no longer responsible for the card.
    """

    card: CardRef
    user_id: str
    username: str
    until: datetime
    taken_from: Actor | None = None
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


class ChecklistUpdated(EventData, kw_only=True, frozen=True, tag="checklist.updated"):
    """`changes` by field: only title can be changed."""

    card: CardRef
    checklist_id: str
    title: str
    changes: dict[str, Change]
    version: int


class ChecklistMoved(EventData, kw_only=True, frozen=True, tag="checklist.moved"):
    """A checklist has another place on its card."""

    card: CardRef
    checklist_id: str
    title: str
    before: Rank
    after: Rank
    version: int


class ChecklistsReranked(EventData, kw_only=True, frozen=True, tag="checklists.reranked"):
    """Room was made between the checklists of a card; their order is unchanged, and so are their versions."""

    card: CardRef
    ranks: dict[str, Rank]


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


class ItemPlace(Struct, kw_only=True, frozen=True, gc=False):
    """Where a checklist item stands or stood."""

    checklist_id: str
    checklist_title: str
    rank: Rank


class ChecklistItemMoved(EventData, kw_only=True, frozen=True, tag="checklist_item.moved"):
    """An item has another place, in its checklist or in another one of the card."""

    card: CardRef
    item_id: str
    text: str
    before: ItemPlace = field(name="from")
    after: ItemPlace = field(name="to")
    version: int


class ChecklistItemsReranked(EventData, kw_only=True, frozen=True, tag="checklist_items.reranked"):
    """Room was made in a checklist; the order is unchanged, and so are the versions."""

    card: CardRef
    checklist_id: str
    ranks: dict[str, Rank]


class ChecklistItemDeleted(EventData, kw_only=True, frozen=True, tag="checklist_item.deleted"):
    """An item was deleted; the counts are the card's new ones."""

    card: CardRef
    item: ChecklistItem
    checklist_done: int
    checklist_total: int


class CommentCreated(EventData, kw_only=True, frozen=True, tag="comment.created"):
    """Somebody commented, and mentions those in `comment.mentions`; `comment_count` is the card's new count."""

    card: CardRef
    comment: Comment
    comment_count: int


class CommentUpdated(EventData, kw_only=True, frozen=True, tag="comment.updated"):
    """Its author changed a comment. `changes` by field, of text and mentions; whoever is new in mentions is meant now."""

    card: CardRef
    comment_id: str
    changes: dict[str, Change]
    version: int


class CommentDeleted(EventData, kw_only=True, frozen=True, tag="comment.deleted"):
    """A comment was deleted; `comment_count` is the card's new count."""

    card: CardRef
    comment: Comment
    comment_count: int


class AttachmentCreated(EventData, kw_only=True, frozen=True, tag="attachment.created"):
    """A file was put on the card; `attachment_count` is the card's new count."""

    card: CardRef
    attachment: Attachment
    attachment_count: int


class AttachmentUpdated(EventData, kw_only=True, frozen=True, tag="attachment.updated"):
    """`changes` by field, of filename."""

    card: CardRef
    attachment_id: str
    filename: str
    changes: dict[str, Change]
    version: int


class AttachmentDeleted(EventData, kw_only=True, frozen=True, tag="attachment.deleted"):
    """A file was taken off the card; `attachment_count` is the card's new count.

    `blob_id` names the content, which the server keeps for a while.
    """

    card: CardRef
    attachment: Attachment
    attachment_count: int
    blob_id: str
