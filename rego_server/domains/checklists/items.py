"""Adding, ticking, moving and deleting the items of checklists; the card's counts go with them."""

from __future__ import annotations

from rego.wire.base import Role
from rego.wire.checklists import ChecklistItem, CreateChecklistItem, MoveChecklistItem, UpdateChecklistItem
from rego.wire.errors import NotFound
from rego.wire.events import (
    ChecklistItemCreated,
    ChecklistItemDeleted,
    ChecklistItemMoved,
    ChecklistItemsReranked,
    ChecklistItemUpdated,
    ItemPlace,
)
from rego_server.core.db import Row
from rego_server.core.patch import merge, new_entity, save
from rego_server.core.places import anchor_of, check_anchor, is_between, make_room, spot_of, wire_ranks
from rego_server.core.ranking import to_wire
from rego_server.core.uow import UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import enter
from rego_server.domains.checklists import queries
from rego_server.domains.checklists.models import checklist_items


async def create_item(uow: UnitOfWork, checklist_id: str, body: CreateChecklistItem) -> ChecklistItem:
    """An open item at a place in the checklist; without one, at the end."""
    spot = spot_of(body)
    anchor_id = anchor_of(body)
    found = await enter(uow, queries.ENTER_TO_ADD_ITEM[spot], Role.MEMBER, checklist_id=checklist_id, anchor_id=anchor_id)
    check_anchor(found, spot, "item")
    await _check_assignee(uow, found["card_board_id"], body.assignee_id)
    row = {
        **new_entity(uow),
        "checklist_id": checklist_id,
        "text": body.text,
        "rank": await _rank(uow, checklist_id, found, None),
        "done": False,
        "assignee_id": body.assignee_id,
        "due_at": body.due_at,
    }
    uow.write(queries.ADD_ITEM, **row)
    item = queries.item_of(row)
    done, total = found["checklist_done"], found["checklist_total"] + 1
    count(uow, found, done, total)
    uow.emit(
        found["card_board_id"],
        ChecklistItemCreated(card=queries.ref_of(found), item=item, checklist_done=done, checklist_total=total),
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
    count(uow, row, done, row["checklist_total"])
    uow.emit(
        row["card_board_id"],
        ChecklistItemUpdated(
            card=queries.ref_of(row),
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


async def move_item(uow: UnitOfWork, item_id: str, body: MoveChecklistItem) -> ChecklistItem:
    """Give an item another place, in its checklist or in another one of the card; the card's counts stay as they are."""
    spot = spot_of(body)
    row = await enter(
        uow,
        queries.ENTER_TO_MOVE_ITEM[spot],
        Role.MEMBER,
        item_id=item_id,
        checklist_id=body.checklist_id,
        anchor_id=anchor_of(body),
    )
    if row["target_id"] is None:
        raise NotFound("There is no such checklist on this card.", field="checklist_id")
    check_anchor(row, spot, "item")
    if row["target_id"] == row["checklist_id"] and is_between(row["rank"], row):
        return queries.item_of(row)
    rank = await _rank(uow, row["target_id"], row, row)
    moved = {**row, **save(uow, checklist_items, row, {"checklist_id": row["target_id"], "rank": rank})}
    before = ItemPlace(checklist_id=row["checklist_id"], checklist_title=row["checklist_title"], rank=to_wire(row["rank"]))
    after = ItemPlace(checklist_id=row["target_id"], checklist_title=row["target_title"], rank=to_wire(rank))
    uow.emit(
        row["card_board_id"],
        ChecklistItemMoved(
            card=queries.ref_of(row),
            item_id=item_id,
            text=row["text"],
            before=before,
            after=after,
            version=moved["version"],
        ),
    )
    return queries.item_of(moved)


async def delete_item(uow: UnitOfWork, item_id: str) -> None:
    """Delete an item."""
    row = await enter(uow, queries.ENTER_ITEM, Role.MEMBER, item_id=item_id)
    uow.write(queries.DELETE_ITEM, row_id=item_id)
    done, total = row["checklist_done"] - row["done"], row["checklist_total"] - 1
    count(uow, row, done, total)
    uow.emit(
        row["card_board_id"],
        ChecklistItemDeleted(card=queries.ref_of(row), item=queries.item_of(row), checklist_done=done, checklist_total=total),
    )


async def _rank(uow: UnitOfWork, checklist_id: str, found: Row, moving: Row | None) -> int:
    """A rank between the neighbours that were found; items in the way are moved apart, and that is announced."""
    room = await make_room(uow, queries.IN_CHECKLISTS, checklist_id, found, moving)
    if room.moved:
        uow.emit(
            found["card_board_id"],
            ChecklistItemsReranked(card=queries.ref_of(found), checklist_id=checklist_id, ranks=wire_ranks(room)),
        )
    return room.rank


async def _check_assignee(uow: UnitOfWork, board_id: str, user_id: str | None) -> None:
    if user_id is not None and await uow.fetch_one(access.MEMBER, board_id=board_id, user_id=user_id) is None:
        raise NotFound("That person is not on this board.", field="assignee_id")


def count(uow: UnitOfWork, row: Row, done: int, total: int) -> None:
    """Write the card's counts, if they are others than those in `row`."""
    if (done, total) != (row["checklist_done"], row["checklist_total"]):
        uow.write(queries.SET_COUNTS, row_id=row["card_id"], done=done, total=total)
