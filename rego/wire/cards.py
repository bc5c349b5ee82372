"""Cards: the work itself. A summary stands in snapshots and events; the full card adds the long text."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from rego.wire import limits
from rego.wire.base import Block, Command, Entity, Id, Line, Paged, Patch, Place, Rank
from rego.wire.errors import InvalidInput

Moment = Annotated[datetime, Meta(tz=True)]
"""A point in time with its zone."""


class Priority(StrEnum):
    """How urgent a card is, in rising order."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class CardSummary(Entity, kw_only=True, frozen=True):
    """A card as boards show it. `number` is its half of references such as OPS-12; counts are of what hangs on it."""

    board_id: str
    column_id: str
    number: int
    title: str
    rank: Rank
    due_at: datetime | None = None
    start_at: datetime | None = None
    priority: Priority = Priority.NONE
    completed: bool = False
    archived: bool = False
    has_description: bool = False
    label_ids: list[str] = []
    assignee_ids: list[str] = []
    checklist_done: int = 0
    checklist_total: int = 0
    comment_count: int = 0
    attachment_count: int = 0


class Card(CardSummary, kw_only=True, frozen=True):
    """A card with its Markdown description."""

    description: str = ""


class FoundCard(CardSummary, kw_only=True, frozen=True):
    """A card that a search found, with the names of where it is. `ref` is its reference, such as OPS-12."""

    ref: str
    board_title: str
    column_title: str


UtcOffset = Annotated[
    int,
    Meta(
        ge=-limits.UTC_OFFSET_MAX,
        le=limits.UTC_OFFSET_MAX,
        description="minutes east of UTC: where the days of the query begin",
    ),
]
"""The zone of whoever asks."""


def _zone(utc_offset: int) -> timezone:
    return timezone(timedelta(minutes=utc_offset))


class FindCards(Paged, kw_only=True):
    """Which cards are asked for. Days of the query begin at midnight in `zone`."""

    q: Annotated[str, Meta(max_length=limits.QUERY_MAX, description="in the query language")] = ""
    archived: Annotated[bool, Meta(description="archived cards too")] = False
    utc_offset: UtcOffset = 0

    @property
    def zone(self) -> timezone:
        """Where the reader's days begin."""
        return _zone(self.utc_offset)


class ListCards(FindCards, kw_only=True):
    column_id: Annotated[Id, Meta(description="the cards of this column only")] | None = None


class ClaimCard(Command, kw_only=True, omit_defaults=True):
    """Which card is claimed, and for how many seconds: `card`, by id or reference, or else the first that fits the query `q`.

    Days of the query begin at midnight in `zone`.
    """

    line_fields = ("card",)
    at_most_one_of = ("card", "q")

    card: Annotated[str, Meta(max_length=36)] | None = None
    q: Annotated[str, Meta(max_length=limits.QUERY_MAX)] | None = None
    ttl: Annotated[int, Meta(ge=limits.CLAIM_LIFE_MIN, le=limits.CLAIM_LIFE_MAX)] = limits.CLAIM_LIFE_DEFAULT
    utc_offset: UtcOffset = 0

    @property
    def zone(self) -> timezone:
        """Where the reader's days begin."""
        return _zone(self.utc_offset)


class Claim(Struct, kw_only=True, frozen=True):
    """A card that is the caller's until a moment; `ref` is its reference. Whoever claims it after that may have it."""

    card: Card
    ref: str
    until: datetime


class CreateCard(Place, kw_only=True):
    """A new card; without a place it goes to the end of its column."""

    line_fields = ("title",)
    block_fields = ("description",)
    moment_fields = ("due_at", "start_at")

    title: Line
    column_id: Id
    description: Block = ""
    due_at: Moment | None = None
    start_at: Moment | None = None
    priority: Priority = Priority.NONE
    label_ids: list[Id] = []
    assignee_ids: list[Id] = []


class UpdateCard(Patch, kw_only=True):
    line_fields = ("title",)
    block_fields = ("description",)
    moment_fields = ("due_at", "start_at")

    title: Line | UnsetType = UNSET
    description: Block | UnsetType = UNSET
    due_at: Moment | UnsetType | None = UNSET
    start_at: Moment | UnsetType | None = UNSET
    priority: Priority | UnsetType = UNSET
    completed: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class MoveCard(Place, kw_only=True):
    """A new place for a card; without `column_id` within its column, without a neighbour or position at the end.

    With `board_id` on another board, where a column or a neighbour must be named. The card keeps its id and all that hangs on
    it, and gets a number there. Of its labels it keeps those that the other board has under the same name, of its people those
    who are on that board.
    """

    column_id: Id | None = None
    board_id: Id | None = None


class CopyCard(Place, kw_only=True):
    """Where a copy goes, as for a move: without a column or neighbour into the column of the original, at its end.

    The copy has the original's texts, dates, priority, labels, people, checklists and files. It is work that is still to be
    done: not completed, not archived, no item ticked, and without comments.
    """

    line_fields = ("title",)

    title: Line | None = None
    column_id: Id | None = None
    board_id: Id | None = None


class UpdateCards(Command, kw_only=True, omit_defaults=True):
    """What many cards get alike. An absent field keeps its value, `null` clears it.

    Labels and people are added and removed one by one: what else a card has stays, and what it has already is no change.
    """

    moment_fields = ("due_at", "start_at")

    due_at: Moment | UnsetType | None = UNSET
    start_at: Moment | UnsetType | None = UNSET
    priority: Priority | UnsetType = UNSET
    add_label_ids: list[Id] = []
    remove_label_ids: list[Id] = []
    add_assignee_ids: list[Id] = []
    remove_assignee_ids: list[Id] = []

    def __post_init__(self) -> None:
        super().__post_init__()
        for what in ("label_ids", "assignee_ids"):
            if set(getattr(self, f"add_{what}")) & set(getattr(self, f"remove_{what}")):
                raise InvalidInput(f"add_{what} and remove_{what} must not name the same.", field=f"add_{what}")

    @property
    def belongings(self) -> int:
        """How many labels and people are added to each card, or removed."""
        return sum(map(len, (self.add_label_ids, self.remove_label_ids, self.add_assignee_ids, self.remove_assignee_ids)))


class BulkCards(Command, kw_only=True, omit_defaults=True):
    """One operation on many cards of a board, in the order in which they are named: on all of them, or on none.

    Moved cards stand one below the other at the place that `move` names. `archive` and `complete` take true or false.
    """

    one_of = ("move", "archive", "complete", "update", "assign", "unassign", "label", "unlabel", "delete")

    card_ids: Annotated[list[Id], Meta(min_length=1, max_length=limits.BULK_MAX, extra_json_schema={"uniqueItems": True})]
    move: MoveCard | None = None
    archive: bool | None = None
    complete: bool | None = None
    update: UpdateCards | None = None
    assign: Annotated[Id, Meta(description="a member's id")] | None = None
    unassign: Annotated[Id, Meta(description="a person's id")] | None = None
    label: Annotated[Id, Meta(description="a label's id")] | None = None
    unlabel: Annotated[Id, Meta(description="a label's id")] | None = None
    delete: Annotated[bool, Meta(description="true", extra_json_schema={"enum": [True]})] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(set(self.card_ids)) < len(self.card_ids):
            raise InvalidInput("card_ids names a card twice.", field="card_ids")
        if self.delete is False:
            raise InvalidInput("delete is true, or is not given.", field="delete")
        if self.update is not None and self.update.belongings * len(self.card_ids) > limits.BULK_CHANGES_MAX:
            most = limits.BULK_CHANGES_MAX
            raise InvalidInput(
                f"That is too much at once: at most {most} labels and people, counted on each card.", field="update"
            )
        if self.move is not None and {self.move.after_id, self.move.before_id} & set(self.card_ids):
            raise InvalidInput("The neighbour in move must be a card that does not move itself.", field="move")


class CardRef(Struct, kw_only=True, frozen=True, gc=False):
    """Enough of a card for a sentence about it."""

    id: str
    ref: str
    title: str
