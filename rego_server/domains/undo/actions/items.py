"""Taking back what was done to an item of a checklist."""

from __future__ import annotations

import msgspec

from rego.wire import events as e
from rego.wire.base import Rank
from rego.wire.checklists import UpdateChecklistItem
from rego.wire.events import Event
from rego_server.core.db import Row
from rego_server.core.patch import save
from rego_server.core.places import room_at, wire_ranks
from rego_server.core.ranking import from_wire, to_wire
from rego_server.core.uow import UnitOfWork
from rego_server.domains.cards import queries as cards
from rego_server.domains.checklists import items, queries
from rego_server.domains.checklists.models import checklist_items, checklists
from rego_server.domains.undo.actions.checklists import card_now
from rego_server.domains.undo.queries import row_on_board
from rego_server.domains.undo.rows import revived
from rego_server.domains.undo.rules import before, gone, refuse_change_of, refuse_moved, there


async def item_created(uow: UnitOfWork, event: Event, data: e.ChecklistItemCreated) -> None:
    """Delete it, if it is as it was made."""
    row = await _row(uow, event, data.item.id, data.item.text)
    refuse_change_of(_named(data.item.text), data.item, queries.item_of(row), but=frozenset({"rank"}))
    await items.delete_item(uow, data.item.id)


async def item_updated(uow: UnitOfWork, event: Event, data: e.ChecklistItemUpdated) -> None:
    now = queries.item_of(await _row(uow, event, data.item_id, data.text))
    await items.update_item(uow, data.item_id, UpdateChecklistItem(**before(_named(data.text), now, data.changes)))


async def item_moved(uow: UnitOfWork, event: Event, data: e.ChecklistItemMoved) -> None:
    """Back into the list that it came from, to its place there."""
    row = await _row(uow, event, data.item_id, data.text)
    left = {"checklist_id": data.after.checklist_id, "rank": data.after.rank}
    refuse_moved(_named(data.text), row, data.version, left)
    card = await card_now(uow, event, data.card)
    target = await _checklist(uow, event, data.before.checklist_id, data.before.checklist_title)
    rank = await _free_rank(uow, event, card, target["id"], data.before.rank, row)
    moved = save(uow, checklist_items, row, {"checklist_id": target["id"], "rank": rank})
    uow.emit(
        event.board_id,
        e.ChecklistItemMoved(
            card=cards.ref_of(card, uow.heads[event.board_id].key),
            item_id=row["id"],
            text=row["text"],
            before=msgspec.structs.replace(data.after, rank=to_wire(row["rank"])),
            after=e.ItemPlace(checklist_id=target["id"], checklist_title=target["title"], rank=to_wire(rank)),
            version=moved["version"],
        ),
    )


async def item_deleted(uow: UnitOfWork, event: Event, data: e.ChecklistItemDeleted) -> None:
    """Back in its place, as it was."""
    card = await card_now(uow, event, data.card)
    checklist = await _checklist(uow, event, data.item.checklist_id, f"of {data.card.ref}")
    rank = await _free_rank(uow, event, card, checklist["id"], data.item.rank, None)
    row = {**revived(uow, data.item), "rank": rank}
    uow.write(queries.ADD_ITEM, **row)
    done, total = card["checklist_done"] + row["done"], card["checklist_total"] + 1
    uow.write(queries.SET_COUNTS, row_id=card["id"], done=done, total=total)
    ref = cards.ref_of(card, uow.heads[event.board_id].key)
    item = queries.item_of(row)
    uow.emit(event.board_id, e.ChecklistItemCreated(card=ref, item=item, checklist_done=done, checklist_total=total))


async def _row(uow: UnitOfWork, event: Event, item_id: str, text: str) -> Row:
    return there(await row_on_board(uow, checklist_items, event.board_id, item_id), _named(text))


async def _checklist(uow: UnitOfWork, event: Event, checklist_id: str, title: str) -> Row:
    row = await row_on_board(uow, checklists, event.board_id, checklist_id)
    return row if row is not None else gone(f"The checklist {title}")


async def _free_rank(uow: UnitOfWork, event: Event, card: Row, checklist_id: str, wanted: Rank, moving: Row | None) -> int:
    """`wanted`, or one just before its holder's; items in the way are moved apart, and that is announced."""
    room = await room_at(uow, queries.IN_CHECKLISTS, checklist_id, from_wire(wanted), moving)
    if room.moved:
        ref = cards.ref_of(card, uow.heads[event.board_id].key)
        uow.emit(event.board_id, e.ChecklistItemsReranked(card=ref, checklist_id=checklist_id, ranks=wire_ranks(room)))
    return room.rank


def _named(text: str) -> str:
    return f"The item {text}"
