"""`/boards/{id}/cards` and `/cards`: the work itself. `{card}` is an id or a reference such as OPS-12."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.cards import (
    Card,
    CardSummary,
    Claim,
    ClaimCard,
    CopyCard,
    CreateCard,
    FindCards,
    FoundCard,
    ListCards,
    MoveCard,
    UpdateCard,
)
from rego_server.domains.attachments.routes import DEPOT
from rego_server.domains.cards import actions, belongings, claiming, copying, finding
from rego_server.domains.cards.rules import CardName, parse_card
from rego_server.web.endpoint import LoggedIn, Request, RouteTable

table = RouteTable()


def _card(request: Request) -> CardName:
    return parse_card(request.path("card"))


@table.add("GET", "/boards/{board_id}/cards", needs=Role.VIEWER)
async def list_cards(request: Request, query: ListCards) -> Sequence[CardSummary]:
    """Cards by number, of the board or of `column_id`, with `archived` ones if wanted; the query `q` filters and sorts them."""
    found = await request.read(finding.list_cards, request.id("board_id"), query, request.now(query.zone))
    return request.page(found)


@table.add("GET", "/search", needs=LoggedIn)
async def search(request: Request, query: FindCards) -> Sequence[FoundCard]:
    """Cards on all your boards that fit the query `q`, in its order, else those that changed last first."""
    return request.page(await request.read(finding.search, query, request.now(query.zone)))


@table.add("POST", "/boards/{board_id}/cards", needs=Role.MEMBER, status=201, location="/cards/{id}")
async def create_card(request: Request, body: CreateCard) -> Card:
    """Make a card."""
    return await request.run(actions.create_card, request.id("board_id"), body)


@table.add("POST", "/boards/{board_id}/cards/claim", needs=Role.MEMBER)
async def claim_card(request: Request, body: ClaimCard) -> Claim:
    """Take a card for a while: the named one, or the first open one that nobody is on and that fits the query."""
    return await request.run(claiming.claim_card, request.id("board_id"), body)


@table.add("DELETE", "/cards/{card}/claim", needs=Role.MEMBER)
async def release_card(request: Request) -> CardSummary:
    """Give back a card that you claimed."""
    return await request.run(claiming.release_card, _card(request))


@table.add("GET", "/cards/{card}", needs=Role.VIEWER)
async def get_card(request: Request) -> Card:
    """One card with its description."""
    return await request.read(actions.get_card, _card(request))


@table.add("PATCH", "/cards/{card}", needs=Role.MEMBER)
async def update_card(request: Request, body: UpdateCard) -> Card:
    """Change a card, archive or restore it."""
    return await request.run(actions.update_card, _card(request), body)


@table.add("DELETE", "/cards/{card}", needs=Role.MEMBER)
async def delete_card(request: Request) -> None:
    """Delete a card with everything on it."""
    await request.run(actions.delete_card, _card(request))


@table.add("POST", "/cards/{card}/move", needs=Role.MEMBER)
async def move_card(request: Request, body: MoveCard) -> CardSummary:
    """Move a card within its column, to another one, or to another board."""
    return await request.run(actions.move_card, _card(request), body, request.http.app[DEPOT].board_max_mb)


@table.add("POST", "/cards/{card}/copy", needs=Role.MEMBER, status=201, location="/cards/{id}")
async def copy_card(request: Request, body: CopyCard) -> Card:
    """Make a card of the same content, here or on another board."""
    return await request.run(copying.copy_card, _card(request), body, request.http.app[DEPOT].board_max_mb)


@table.add("PUT", "/cards/{card}/assignees/{user_id}", needs=Role.MEMBER)
async def assign_card(request: Request) -> CardSummary:
    """Make a member responsible for the card."""
    return await request.run(belongings.assign_card, _card(request), request.id("user_id"))


@table.add("DELETE", "/cards/{card}/assignees/{user_id}", needs=Role.MEMBER)
async def unassign_card(request: Request) -> CardSummary:
    """Take a person off the card."""
    return await request.run(belongings.unassign_card, _card(request), request.id("user_id"))


@table.add("PUT", "/cards/{card}/labels/{label_id}", needs=Role.MEMBER)
async def label_card(request: Request) -> CardSummary:
    """Put a label on the card."""
    return await request.run(belongings.label_card, _card(request), request.id("label_id"))


@table.add("DELETE", "/cards/{card}/labels/{label_id}", needs=Role.MEMBER)
async def unlabel_card(request: Request) -> CardSummary:
    """Take a label off the card."""
    return await request.run(belongings.unlabel_card, _card(request), request.id("label_id"))
