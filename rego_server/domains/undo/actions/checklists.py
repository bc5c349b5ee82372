"""Taking back what was done to a checklist or one of its items."""

from __future__ import annotations

from rego.wire import events as e
from rego.wire.checklists import UpdateChecklistItem
from rego.wire.errors import Conflict
from rego.wire.events import Event
from rego_server.core.db import Row
from rego_server.core.places import Room
from rego_server.core.uow import UnitOfWork
from rego_server.domains.cards import queries as cards
from rego_server.domains.cards.models import cards as cards_table
from rego_server.domains.checklists import actions, queries
from rego_server.domains.checklists.models import checklist_items, checklists
from rego_server.domains.undo.queries import row_on_board
from rego_server.domains.undo.rows import free_room, revived
from rego_server.domains.undo.rules import before, refuse_change_of, there

_ITS_PLACE = frozenset({"rank"})


async def checklist_created(uow: UnitOfWork, event: Event, data: e.ChecklistCreated) -> None:
    """Delete it, if nobody has worked on it since."""
    made = data.checklist
    row = there(await row_on_board(uow, checklists, event.board_id, made.id), _list(made.title))
    now = queries.checklist_of(row, await uow.fetch(queries.ITEMS, checklist_id=made.id))
    refuse_change_of(_list(made.title), made, now, but=_ITS_PLACE)
    await actions.delete_checklist(uow, made.id)


async def checklist_deleted(uow: UnitOfWork, event: Event, data: e.ChecklistDeleted) -> None:
    card = await _card(uow, event, data)
    siblings = await uow.fetch(queries.OF_CARD, card_id=card["id"])
    row = {**revived(uow, data.checklist), "rank": _rank(await free_room(data.checklist.rank, siblings))}
    del row["items"]
    items = [revived(uow, item) for item in data.checklist.items]
    uow.write(queries.ADD, **row)
    await uow.write_many(queries.ADD_ITEM, items)
    done = card["checklist_done"] + sum(item["done"] for item in items)
    total = card["checklist_total"] + len(items)
    uow.write(queries.SET_COUNTS, row_id=card["id"], done=done, total=total)
    ref = cards.ref_of(card, uow.heads[event.board_id].key)
    checklist = queries.checklist_of(row, items)
    uow.emit(event.board_id, e.ChecklistCreated(card=ref, checklist=checklist, checklist_done=done, checklist_total=total))


async def item_created(uow: UnitOfWork, event: Event, data: e.ChecklistItemCreated) -> None:
    """Delete it, if it is as it was made."""
    row = there(await row_on_board(uow, checklist_items, event.board_id, data.item.id), _item(data.item.text))
    refuse_change_of(_item(data.item.text), data.item, queries.item_of(row), but=_ITS_PLACE)
    await actions.delete_item(uow, data.item.id)


async def item_updated(uow: UnitOfWork, event: Event, data: e.ChecklistItemUpdated) -> None:
    row = there(await row_on_board(uow, checklist_items, event.board_id, data.item_id), _item(data.text))
    fields = before(_item(data.text), queries.item_of(row), data.changes)
    await actions.update_item(uow, data.item_id, UpdateChecklistItem(**fields))


async def item_deleted(uow: UnitOfWork, event: Event, data: e.ChecklistItemDeleted) -> None:
    card = await _card(uow, event, data)
    there(await row_on_board(uow, checklists, event.board_id, data.item.checklist_id), f"Its checklist on {data.card.ref}")
    siblings = await uow.fetch(queries.ITEMS, checklist_id=data.item.checklist_id)
    row = {**revived(uow, data.item), "rank": _rank(await free_room(data.item.rank, siblings))}
    uow.write(queries.ADD_ITEM, **row)
    done, total = card["checklist_done"] + row["done"], card["checklist_total"] + 1
    uow.write(queries.SET_COUNTS, row_id=card["id"], done=done, total=total)
    ref = cards.ref_of(card, uow.heads[event.board_id].key)
    item = queries.item_of(row)
    uow.emit(event.board_id, e.ChecklistItemCreated(card=ref, item=item, checklist_done=done, checklist_total=total))


async def _card(uow: UnitOfWork, event: Event, data: e.ChecklistDeleted | e.ChecklistItemDeleted) -> Row:
    return there(await row_on_board(uow, cards_table, event.board_id, data.card.id), data.card.ref)


def _rank(room: Room) -> int:
    if room.moved:
        raise Conflict("This list has no room left where it was.")
    return room.rank


def _list(title: str) -> str:
    return f"The checklist {title}"


def _item(text: str) -> str:
    return f"The item {text}"
