"""Checklists on cards, and their items."""

from __future__ import annotations

from rego.client.call import Call, path_of
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


def list_checklists(card: str) -> Call[list[Checklist]]:
    """A card's checklists in order, with their items."""
    return Call(method="GET", path=path_of("cards", card, "checklists"), returns=list[Checklist])


def create_checklist(card: str, body: CreateChecklist) -> Call[Checklist]:
    return Call(method="POST", path=path_of("cards", card, "checklists"), body=body, returns=Checklist)


def update_checklist(checklist_id: str, body: UpdateChecklist) -> Call[Checklist]:
    """Rename a checklist; raises `StaleVersion` when `body.version` is old and somebody else renamed it."""
    return Call(method="PATCH", path=path_of("checklists", checklist_id), body=body, returns=Checklist)


def move_checklist(checklist_id: str, body: MoveChecklist) -> Call[Checklist]:
    """Put a checklist next to another one of its card, or at an end."""
    return Call(method="POST", path=path_of("checklists", checklist_id, "move"), body=body, returns=Checklist)


def delete_checklist(checklist_id: str) -> Call[None]:
    return Call(method="DELETE", path=path_of("checklists", checklist_id), returns=None)


def create_checklist_item(checklist_id: str, body: CreateChecklistItem) -> Call[ChecklistItem]:
    return Call(method="POST", path=path_of("checklists", checklist_id, "items"), body=body, returns=ChecklistItem)


def update_checklist_item(item_id: str, body: UpdateChecklistItem) -> Call[ChecklistItem]:
    return Call(method="PATCH", path=path_of("checklist-items", item_id), body=body, returns=ChecklistItem)


def move_checklist_item(item_id: str, body: MoveChecklistItem) -> Call[ChecklistItem]:
    """Put an item next to another one, or at an end of its checklist or of another one of the card."""
    return Call(method="POST", path=path_of("checklist-items", item_id, "move"), body=body, returns=ChecklistItem)


def delete_checklist_item(item_id: str) -> Call[None]:
    return Call(method="DELETE", path=path_of("checklist-items", item_id), returns=None)
