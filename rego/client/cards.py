"""Cards. A `card` in a signature is an id or a reference such as `OPS-12`."""

from __future__ import annotations

from rego.client.call import Call, path_of, query_of
from rego.wire.cards import (
    BulkCards,
    Card,
    CardSummary,
    Claim,
    ClaimCard,
    CopyCard,
    CreateCard,
    FoundCard,
    MoveCard,
    UpdateCard,
)


def list_cards(
    board_id: str,
    column_id: str | None = None,
    archived: bool = False,
    limit: int | None = None,
    q: str | None = None,
    utc_offset: int | None = None,
) -> Call[list[CardSummary]]:
    """One page of a board's cards; `Client.pages` follows it to the end. `archived` adds the archived ones.

    `q` is a query, which filters and sorts; without one they come by number. `utc_offset`, minutes east of UTC, says where the
    days of the query begin.
    """
    query = query_of(column_id=column_id, archived="true" if archived else None, limit=limit, q=q, utc_offset=utc_offset)
    return Call(method="GET", path=path_of("boards", board_id, "cards"), query=query, returns=list[CardSummary])


def search(q: str, archived: bool = False, limit: int | None = None, utc_offset: int | None = None) -> Call[list[FoundCard]]:
    """One page of the cards that fit the query `q` on all the caller's boards; by default the latest changed come first."""
    query = query_of(q=q, archived="true" if archived else None, limit=limit, utc_offset=utc_offset)
    return Call(method="GET", path="/search", query=query, returns=list[FoundCard])


def create_card(board_id: str, body: CreateCard) -> Call[Card]:
    return Call(method="POST", path=path_of("boards", board_id, "cards"), body=body, returns=Card)


def get_card(card: str) -> Call[Card]:
    """The card with its description."""
    return Call(method="GET", path=path_of("cards", card), returns=Card)


def update_card(card: str, body: UpdateCard) -> Call[Card]:
    """Change a card's fields; raises `StaleVersion` when `body.version` is old and the fields overlap."""
    return Call(method="PATCH", path=path_of("cards", card), body=body, returns=Card)


def delete_card(card: str) -> Call[None]:
    return Call(method="DELETE", path=path_of("cards", card), returns=None)


def move_card(card: str, body: MoveCard) -> Call[CardSummary]:
    """Put a card next to another one, or at an end of a column, here or on another board. Never conflicts with an edit."""
    return Call(method="POST", path=path_of("cards", card, "move"), body=body, returns=CardSummary)


def copy_card(card: str, body: CopyCard) -> Call[Card]:
    """Make a card of the same content."""
    return Call(method="POST", path=path_of("cards", card, "copy"), body=body, returns=Card)


def bulk_cards(board_id: str, body: BulkCards) -> Call[list[CardSummary]]:
    """Do one thing to many cards of a board, or to none when it cannot be done to all; the cards as they are then.

    Deleted ones are not among the answer.
    """
    return Call(method="POST", path=path_of("boards", board_id, "cards", "bulk"), body=body, returns=list[CardSummary])


def assign_card(card: str, user_id: str) -> Call[CardSummary]:
    return Call(method="PUT", path=path_of("cards", card, "assignees", user_id), returns=CardSummary)


def unassign_card(card: str, user_id: str) -> Call[CardSummary]:
    return Call(method="DELETE", path=path_of("cards", card, "assignees", user_id), returns=CardSummary)


def claim_card(board_id: str, body: ClaimCard) -> Call[Claim]:
    """Take a card for a while, which two callers never get at once; claiming one's own again makes it last longer.

    Raises `NotFound` when none fits, `Conflict` when somebody else is on the named one.
    """
    return Call(method="POST", path=path_of("boards", board_id, "cards", "claim"), body=body, returns=Claim)


def release_card(card: str) -> Call[CardSummary]:
    """Give back a card that one claimed; one that nobody has claimed stays as it is."""
    return Call(method="DELETE", path=path_of("cards", card, "claim"), returns=CardSummary)


def label_card(card: str, label_id: str) -> Call[CardSummary]:
    return Call(method="PUT", path=path_of("cards", card, "labels", label_id), returns=CardSummary)


def unlabel_card(card: str, label_id: str) -> Call[CardSummary]:
    return Call(method="DELETE", path=path_of("cards", card, "labels", label_id), returns=CardSummary)
