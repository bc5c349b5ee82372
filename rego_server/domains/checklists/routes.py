"""`/cards/{card}/checklists`, `/checklists` and `/checklist-items`."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.checklists import (
    Checklist,
    ChecklistItem,
    CreateChecklist,
    CreateChecklistItem,
    MoveChecklist,
    MoveChecklistItem,
    UpdateChecklist,
    UpdateChecklistItem,
)
from rego_server.domains.cards.rules import parse_card
from rego_server.domains.checklists import actions, items
from rego_server.web.endpoint import Request, RouteTable

table = RouteTable()


@table.add("GET", "/cards/{card}/checklists", needs=Role.VIEWER)
async def list_checklists(request: Request) -> Sequence[Checklist]:
    """The card's checklists with their items."""
    return await request.read(actions.list_checklists, parse_card(request.path("card")))


@table.add("POST", "/cards/{card}/checklists", needs=Role.MEMBER, status=201, location="/checklists/{id}")
async def create_checklist(request: Request, body: CreateChecklist) -> Checklist:
    """Make a checklist."""
    card = parse_card(request.path("card"))
    return await request.run(actions.create_checklist, card, body)


@table.add("PATCH", "/checklists/{checklist_id}", needs=Role.MEMBER)
async def update_checklist(request: Request, body: UpdateChecklist) -> Checklist:
    """Rename a checklist."""
    return await request.run(actions.update_checklist, request.id("checklist_id"), body)


@table.add("POST", "/checklists/{checklist_id}/move", needs=Role.MEMBER)
async def move_checklist(request: Request, body: MoveChecklist) -> Checklist:
    """Move a checklist among those of its card."""
    return await request.run(actions.move_checklist, request.id("checklist_id"), body)


@table.add("DELETE", "/checklists/{checklist_id}", needs=Role.MEMBER)
async def delete_checklist(request: Request) -> None:
    """Delete a checklist with its items."""
    await request.run(actions.delete_checklist, request.id("checklist_id"))


@table.add("POST", "/checklists/{checklist_id}/items", needs=Role.MEMBER, status=201, location="/checklist-items/{id}")
async def create_item(request: Request, body: CreateChecklistItem) -> ChecklistItem:
    """Add an item to a checklist."""
    return await request.run(items.create_item, request.id("checklist_id"), body)


@table.add("PATCH", "/checklist-items/{item_id}", needs=Role.MEMBER)
async def update_item(request: Request, body: UpdateChecklistItem) -> ChecklistItem:
    """Tick, rename, assign or date an item."""
    return await request.run(items.update_item, request.id("item_id"), body)


@table.add("POST", "/checklist-items/{item_id}/move", needs=Role.MEMBER)
async def move_item(request: Request, body: MoveChecklistItem) -> ChecklistItem:
    """Move an item within its checklist or to another one of the card."""
    return await request.run(items.move_item, request.id("item_id"), body)


@table.add("DELETE", "/checklist-items/{item_id}", needs=Role.MEMBER)
async def delete_item(request: Request) -> None:
    """Delete an item."""
    await request.run(items.delete_item, request.id("item_id"))
