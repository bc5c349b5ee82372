"""Activity: what happened on a board, in sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from rego.wire.base import Paged
from rego.wire.cards import Moment
from rego.wire.events import EVENT_TYPES, Actor, Cause

ROOM_MADE = ".reranked"
UNSEEN = frozenset(name for name in EVENT_TYPES if name.endswith(ROOM_MADE))
"""Types of events that only make room in an order: nobody sees a difference, so they are no activity."""

NOUNS = tuple(sorted({name.partition(".")[0] for name in EVENT_TYPES.keys() - UNSEEN}))
"""What events are about: the first halves of their types."""

_ID_LENGTH = 36
"""No reference and no username is longer than an id."""

CardNamed = Annotated[
    str, Meta(max_length=_ID_LENGTH, description="only what is about this card, by id or reference; it may be deleted")
]
ActorNamed = Annotated[
    str,
    Meta(max_length=_ID_LENGTH, description="only what this person did: an id, the username of then, or `me`"),
]
KindNamed = Annotated[
    str, Meta(max_length=100, description="only events of this type, such as `card.moved`, or about this noun, such as `card`")
]
Seq = Annotated[int, Meta(ge=0, le=2**53)]


class ListActivity(Paged, kw_only=True):
    """The parameters of a board's activity, newest first; all that are given must fit."""

    line_fields = ("card", "actor", "type")
    moment_fields = ("since_at", "before_at")

    card: CardNamed | None = None
    actor: ActorNamed | None = None
    type: KindNamed | None = None
    since: Annotated[Seq, Meta(description="only events after this number")] | None = None
    before: Annotated[Seq, Meta(description="only events before this number")] | None = None
    since_at: Annotated[Moment, Meta(description="only events from this moment on")] | None = None
    before_at: Annotated[Moment, Meta(description="only events before this moment")] | None = None


class Activity(Struct, kw_only=True, frozen=True):
    """One event as a `sentence`, in the names of then. `card_id` is the card that it is about, if it is about one.

    `reverts` is the event that it takes back, `reverted_by` the one that takes it back. `GET /boards/{board_id}/events` has the
    data of events.
    """

    seq: int
    at: datetime
    type: str
    sentence: str
    actor: Actor | None = None
    cause: Cause | None = None
    card_id: str | None = None
    reverts: int | None = None
    reverted_by: int | None = None
