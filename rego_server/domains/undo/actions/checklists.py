"""Taking back what was done to a checklist."""

from __future__ import annotations

from rego.wire import events as e
from rego.wire.base import Rank
from rego.wire.cards import CardRef
from rego.wire.checklists import UpdateChecklist
from rego.wire.events import Event
from rego_server.core.db import Row
from rego_server.core.patch import save
from rego_server.core.places import room_at, wire_ranks
from rego_server.core.ranking import from_wire, to_wire
from rego_server.core.uow import UnitOfWork
from rego_server.domains.cards import queries as cards
from rego_server.domains.cards.models import cards as cards_table
from rego_server.domains.checklists import actions, queries
from rego_server.domains.checklists.models import checklists
from rego_server.domains.undo.queries import row_on_board
from rego_server.domains.undo.rows import revived
from rego_server.domains.undo.rules import before, refuse_change_of, refuse_moved, there


async def checklist_created(uow: UnitOfWork, event: Event, data: e.ChecklistCreated) -> None:
    """Delete it, if nobody has worked on it since."""
    made = data.checklist
    row = await _row(uow, event, made.id, made.title)
    now = queries.checklist_of(row, await uow.fetch(queries.ITEMS, checklist_id=made.id))
    refuse_change_of(_named(made.title), made, now, but=frozenset({"rank"}))
    await actions.delete_checklist(uow, made.id)


async def checklist_updated(uow: UnitOfWork, event: Event, data: e.ChecklistUpdated) -> None:
    now = queries.checklist_of(await _row(uow, event, data.checklist_id, data.title), [])
    await actions.update_checklist(uow, data.checklist_id, UpdateChecklist(**before(_named(data.title), now, data.changes)))


async def checklist_moved(uow: UnitOfWork, event: Event, data: e.ChecklistMoved) -> None:
    row = await _row(uow, event, data.checklist_id, data.title)
    refuse_moved(_named(data.title), row, data.version, {"rank": data.after})
    card = await card_now(uow, event, data.card)
    rank = await _free_rank(uow, event, card, data.before, row)
    moved = save(uow, checklists, row, {"rank": rank})
    uow.emit(
        event.board_id,
        e.ChecklistMoved(
            card=cards.ref_of(card, uow.heads[event.board_id].key),
            checklist_id=row["id"],
            title=row["title"],
            before=to_wire(row["rank"]),
            after=to_wire(rank),
            version=moved["version"],
        ),
    )


async def checklist_deleted(uow: UnitOfWork, event: Event, data: e.ChecklistDeleted) -> None:
    """Back in its place, with its items."""
    card = await card_now(uow, event, data.card)
    rank = await _free_rank(uow, event, card, data.checklist.rank, None)
    row = {**revived(uow, data.checklist), "rank": rank}
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


async def card_now(uow: UnitOfWork, event: Event, card: CardRef) -> Row:
    """The row of the card that something hung on."""
    return there(await row_on_board(uow, cards_table, event.board_id, card.id), card.ref)


async def _row(uow: UnitOfWork, event: Event, checklist_id: str, title: str) -> Row:
    return there(await row_on_board(uow, checklists, event.board_id, checklist_id), _named(title))


async def _free_rank(uow: UnitOfWork, event: Event, card: Row, wanted: Rank, moving: Row | None) -> int:
    """`wanted`, or one just before its holder's; checklists in the way are moved apart, and that is announced."""
    room = await room_at(uow, queries.ON_CARDS, card["id"], from_wire(wanted), moving)
    if room.moved:
        ref = cards.ref_of(card, uow.heads[event.board_id].key)
        uow.emit(event.board_id, e.ChecklistsReranked(card=ref, ranks=wire_ranks(room)))
    return room.rank


def _named(title: str) -> str:
    return f"The checklist {title}"
