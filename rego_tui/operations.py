"""What a user can do to a card, as values: a request to send, and the pending operation that shows its result. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias
from uuid import uuid4

from msgspec import Struct

from rego.client import cards
from rego.client.call import Call
from rego.replica import Pending, Replica
from rego.wire.base import Position
from rego.wire.cards import CardSummary, CreateCard, MoveCard, UpdateCard
from rego.wire.errors import RegoError


class Known:
    """What the server's answers taught: the real ids of cards made here, and the versions that own operations led to."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.versions: dict[str, int] = {}

    def id(self, card_id: str) -> str:
        """The real id of a card that may have been made here."""
        return self.ids.get(card_id, card_id)

    def version(self, card_id: str, seen: int) -> int:
        """The version to send with an edit begun at version `seen`: own operations since then are no conflict."""
        return max(seen, self.versions.get(self.id(card_id), 0), 1)

    def learn(self, operation: Operation, answer: Any) -> None:
        """Take in the answer to an operation."""
        if operation.makes is not None:
            self.ids[operation.makes] = answer.id
        if isinstance(answer, CardSummary):
            if operation.card_id != answer.id:
                self.ids[operation.card_id] = answer.id
            self.versions[answer.id] = answer.version


def unheard(_: Any) -> None:
    """Nobody waits for the answer."""


def not_dealt_with(_: RegoError) -> bool:
    """Nobody does anything about a refusal."""
    return False


class Operation(Struct, frozen=True, kw_only=True):
    """One change of one card, or of what hangs on it. `call` is made when its turn comes, because ids in it may be provisional.

    The id of `pending` is the request's idempotency key; `failure` begins the sentence that says that it was refused. `makes`
    is the provisional id of what it adds to the card. `answered` is told the answer; `refused` is told a refusal, and says
    whether that needs no sentence any more.
    """

    pending: Pending
    failure: str
    call: Callable[[Known], Call[Any]]
    makes: str | None = None
    answered: Callable[[Any], object] = unheard
    refused: Callable[[RegoError], bool] = not_dealt_with

    @property
    def op_id(self) -> str:
        return self.pending.op_id

    @property
    def card_id(self) -> str:
        return self.pending.card_id

    @property
    def creates(self) -> bool:
        """Whether the card exists only here until the server confirms it."""
        return self.pending.new_card is not None and self.pending.new_card.version == 0


def move_card(replica: Replica, card_id: str, column_id: str, index: int) -> Operation:
    """Put a card at `index` of a column, counted as if it were not there yet."""
    place = _place(replica, column_id, index, without=card_id)
    rank = replica.rank_between(column_id, index, without=card_id)
    return Operation(
        pending=_pending(card_id, {"column_id": column_id, "rank": rank}),
        failure=f"{_name(replica, card_id)} was not moved",
        call=lambda known: cards.move_card(known.id(card_id), MoveCard(column_id=column_id, **place(known))),
    )


def create_card(replica: Replica, column_id: str, index: int, title: str, now: datetime) -> Operation:
    """Add a card at `index` of a column, under a provisional id."""
    place = _place(replica, column_id, index)
    card = CardSummary(
        id=str(uuid4()),
        version=0,
        created_at=now,
        updated_at=now,
        board_id=replica.board.id,
        column_id=column_id,
        number=0,
        title=title,
        rank=replica.rank_between(column_id, index),
    )
    return Operation(
        pending=_pending(card.id, {}, card),
        failure=f"“{title}” was not added",
        call=lambda known: cards.create_card(card.board_id, CreateCard(title=title, column_id=column_id, **place(known))),
    )


def rename_card(replica: Replica, card_id: str, title: str, seen_version: int) -> Operation:
    """Give a card another title; `seen_version` is its version when the user began to type."""
    return Operation(
        pending=_pending(card_id, {"title": title}),
        failure=f"The title of {_name(replica, card_id)} was not changed to “{title}”",
        call=lambda known: cards.update_card(
            known.id(card_id), UpdateCard(title=title, version=known.version(card_id, seen_version))
        ),
    )


def complete_card(replica: Replica, card_id: str, completed: bool) -> Operation:
    """Mark a card as done, or not done after all."""
    return Operation(
        pending=_pending(card_id, {"completed": completed}),
        failure=f"{_name(replica, card_id)} was not marked",
        call=lambda known: cards.update_card(known.id(card_id), UpdateCard(completed=completed)),
    )


def archive_card(replica: Replica, card_id: str) -> Operation:
    """Take a card off the board."""
    return Operation(
        pending=_pending(card_id, {"archived": True}),
        failure=f"{_name(replica, card_id)} was not archived",
        call=lambda known: cards.update_card(known.id(card_id), UpdateCard(archived=True)),
    )


_Place: TypeAlias = Callable[[Known], dict[str, Any]]


def _place(replica: Replica, column_id: str, index: int, *, without: str | None = None) -> _Place:
    """The neighbours at `index` as they stand now, under the ids that they have when the operation is sent."""
    above, below = replica.neighbours(column_id, index, without=without)
    if above is not None:
        return lambda known: {"after_id": known.id(above)}
    if below is not None:
        return lambda known: {"before_id": known.id(below)}
    return lambda _: {"position": Position.TOP}


def _pending(card_id: str, changes: dict[str, Any], new_card: CardSummary | None = None) -> Pending:
    return Pending(op_id=str(uuid4()), card_id=card_id, changes=changes, new_card=new_card)


def _name(replica: Replica, card_id: str) -> str:
    card = replica.card(card_id)
    return replica.ref(card) if card is not None else "The card"
