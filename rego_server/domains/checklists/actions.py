"""Making, ticking and deleting checklists and their items; the card's counts go with them."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.cards import CardRef
from rego.wire.checklists import Checklist, ChecklistItem, CreateChecklist, CreateChecklistItem, UpdateChecklistItem
from rego.wire.errors import Conflict, NotFound
from rego.wire.events import (
    ChecklistCreated,
    ChecklistDeleted,
    ChecklistItemCreated,
    ChecklistItemDeleted,
    ChecklistItemUpdated,
)
from rego_server.core import ranking
from rego_server.core.db import Row
from rego_server.core.patch import merge, new_entity, save
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import enter, look
from rego_server.domains.cards import queries as cards
from rego_server.domains.cards.queries import named
from rego_server.domains.cards.rules import CardName
from rego_server.domains.checklists import queries
from rego_server.domains.checklists.models import checklist_items


async def list_checklists(reading: Reading, card: CardName) -> Sequence[Checklist]:
    """The card's checklists with their items, in order."""
    row = await look(reading, cards.CARD.for_(card), **named(card))
    items = await reading.fetch(queries.ITEMS_OF_CARD, card_id=row["id"])
    return [queries.checklist_of(found, items) for found in await reading.fetch(queries.OF_CARD, card_id=row["id"])]


async def create_checklist(uow: UnitOfWork, card: CardName, body: CreateChecklist) -> Checklist:
    """An empty checklist at the end of the card."""
    found = await enter(uow, queries.ENTER_TO_ADD.for_(card), Role.MEMBER, **named(card))
    row = {**new_entity(uow), "card_id": found["id"], "title": body.title, "rank": _last_rank(found)}
    uow.write(queries.ADD, **row)
    checklist = queries.checklist_of(row, [])
    uow.emit(found["board_id"], ChecklistCreated(card=cards.ref_of(found, found["head_key"]), checklist=checklist))
    return checklist


async def delete_checklist(uow: UnitOfWork, checklist_id: str) -> None:
    """Delete a checklist with its items."""
    row = await enter(uow, queries.ENTER, Role.MEMBER, checklist_id=checklist_id)
    checklist = queries.checklist_of(row, await uow.fetch(queries.ITEMS, checklist_id=checklist_id))
    uow.write(queries.DELETE, row_id=checklist_id)
    done = row["checklist_done"] - sum(item.done for item in checklist.items)
    total = row["checklist_total"] - len(checklist.items)
    _count(uow, row, done, total)
    uow.emit(
        row["card_board_id"],
        ChecklistDeleted(card=_ref(row), checklist=checklist, checklist_done=done, checklist_total=total),
    )


async def create_item(uow: UnitOfWork, checklist_id: str, body: CreateChecklistItem) -> ChecklistItem:
    """An open item at the end of the checklist."""
    found = await enter(uow, queries.ENTER_TO_ADD_ITEM, Role.MEMBER, checklist_id=checklist_id)
    await _check_assignee(uow, found["card_board_id"], body.assignee_id)
    row = {
        **new_entity(uow),
        "checklist_id": checklist_id,
        "text": body.text,
        "rank": _last_rank(found),
        "done": False,
        "assignee_id": body.assignee_id,
        "due_at": body.due_at,
    }
    uow.write(queries.ADD_ITEM, **row)
    item = queries.item_of(row)
    done, total = found["checklist_done"], found["checklist_total"] + 1
    _count(uow, found, done, total)
    uow.emit(
        found["card_board_id"],
        ChecklistItemCreated(card=_ref(found), item=item, checklist_done=done, checklist_total=total),
    )
    return item


async def update_item(uow: UnitOfWork, item_id: str, body: UpdateChecklistItem) -> ChecklistItem:
    """Tick, rename, assign or date an item."""
    row = await enter(uow, queries.ENTER_ITEM, Role.MEMBER, item_id=item_id)
    merged = merge(row, body, queries.item_of)
    if merged is None:
        return queries.item_of(row)
    await _check_assignee(uow, row["card_board_id"], merged.values.get("assignee_id"))
    changed = {**row, **save(uow, checklist_items, row, merged.values)}
    done = row["checklist_done"] + changed["done"] - row["done"]
    _count(uow, row, done, row["checklist_total"])
    uow.emit(
        row["card_board_id"],
        ChecklistItemUpdated(
            card=_ref(row),
            item_id=item_id,
            checklist_id=row["checklist_id"],
            text=changed["text"],
            changes=merged.changes,
            version=merged.version,
            checklist_done=done,
            checklist_total=row["checklist_total"],
        ),
    )
    return queries.item_of(changed)


async def delete_item(uow: UnitOfWork, item_id: str) -> None:
    """Delete an item."""
    row = await enter(uow, queries.ENTER_ITEM, Role.MEMBER, item_id=item_id)
    uow.write(queries.DELETE_ITEM, row_id=item_id)
    done, total = row["checklist_done"] - row["done"], row["checklist_total"] - 1
    _count(uow, row, done, total)
    uow.emit(
        row["card_board_id"],
        ChecklistItemDeleted(card=_ref(row), item=queries.item_of(row), checklist_done=done, checklist_total=total),
    )


def _last_rank(found: Row) -> int:
    rank = ranking.between(found["lower_rank"], None)
    if rank is None:
        raise Conflict("This list is full.")
    return rank


def _count(uow: UnitOfWork, row: Row, done: int, total: int) -> None:
    if (done, total) != (row["checklist_done"], row["checklist_total"]):
        uow.write(queries.SET_COUNTS, row_id=row["card_id"], done=done, total=total)


def _ref(row: Row) -> CardRef:
    return CardRef(id=row["card_id"], ref=f"{row['head_key']}-{row['number']}", title=row["card_title"])


async def _check_assignee(uow: UnitOfWork, board_id: str, user_id: str | None) -> None:
    if user_id is not None and await uow.fetch_one(access.MEMBER, board_id=board_id, user_id=user_id) is None:
        raise NotFound("That person is not on this board.", field="assignee_id")
