"""Making, changing, moving and deleting checklists; the card's counts go with them."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.cards import CardRef
from rego.wire.checklists import Checklist, CreateChecklist, MoveChecklist, UpdateChecklist
from rego.wire.events import ChecklistCreated, ChecklistDeleted, ChecklistMoved, ChecklistsReranked, ChecklistUpdated
from rego_server.core.db import Row
from rego_server.core.patch import merge, new_entity, save
from rego_server.core.places import Room, anchor_of, check_anchor, is_between, make_room, spot_of, wire_ranks
from rego_server.core.ranking import to_wire
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access.policy import enter, look
from rego_server.domains.cards import queries as cards
from rego_server.domains.cards.queries import named
from rego_server.domains.cards.rules import CardName
from rego_server.domains.checklists import queries
from rego_server.domains.checklists.items import count
from rego_server.domains.checklists.models import checklists


async def list_checklists(reading: Reading, card: CardName) -> Sequence[Checklist]:
    """The card's checklists with their items, in order."""
    row = await look(reading, cards.CARD.for_(card), **named(card))
    items = await reading.fetch(queries.ITEMS_OF_CARD, card_id=row["id"])
    return [queries.checklist_of(found, items) for found in await reading.fetch(queries.OF_CARD, card_id=row["id"])]


async def create_checklist(uow: UnitOfWork, card: CardName, body: CreateChecklist) -> Checklist:
    """An empty checklist at a place on the card; without one, at the end."""
    spot = spot_of(body)
    found = await enter(uow, queries.ENTER_TO_ADD[spot].for_(card), Role.MEMBER, anchor_id=anchor_of(body), **named(card))
    check_anchor(found, spot, "checklist")
    ref = cards.ref_of(found, found["head_key"])
    room = await _room(uow, found["board_id"], ref, found, None)
    row = {**new_entity(uow), "card_id": found["id"], "title": body.title, "rank": room.rank}
    uow.write(queries.ADD, **row)
    checklist = queries.checklist_of(row, [])
    uow.emit(found["board_id"], ChecklistCreated(card=ref, checklist=checklist))
    return checklist


async def update_checklist(uow: UnitOfWork, checklist_id: str, body: UpdateChecklist) -> Checklist:
    """Rename a checklist."""
    row = await enter(uow, queries.ENTER, Role.MEMBER, checklist_id=checklist_id)
    items = await uow.fetch(queries.ITEMS, checklist_id=checklist_id)
    if merged := merge(row, body, lambda current: queries.checklist_of(current, items)):
        row = {**row, **save(uow, checklists, row, merged.values)}
        uow.emit(
            row["card_board_id"],
            ChecklistUpdated(
                card=queries.ref_of(row),
                checklist_id=checklist_id,
                title=row["title"],
                changes=merged.changes,
                version=merged.version,
            ),
        )
    return queries.checklist_of(row, items)


async def move_checklist(uow: UnitOfWork, checklist_id: str, body: MoveChecklist) -> Checklist:
    """Give a checklist another place on its card."""
    spot = spot_of(body)
    row = await enter(uow, queries.ENTER_TO_MOVE[spot], Role.MEMBER, checklist_id=checklist_id, anchor_id=anchor_of(body))
    check_anchor(row, spot, "checklist")
    items = await uow.fetch(queries.ITEMS, checklist_id=checklist_id)
    if is_between(row["rank"], row):
        return queries.checklist_of(row, items)
    ref = queries.ref_of(row)
    room = await _room(uow, row["card_board_id"], ref, row, row)
    moved = {**row, **save(uow, checklists, row, {"rank": room.rank})}
    uow.emit(
        row["card_board_id"],
        ChecklistMoved(
            card=ref,
            checklist_id=checklist_id,
            title=row["title"],
            before=to_wire(row["rank"]),
            after=to_wire(room.rank),
            version=moved["version"],
        ),
    )
    return queries.checklist_of(moved, items)


async def delete_checklist(uow: UnitOfWork, checklist_id: str) -> None:
    """Delete a checklist with its items."""
    row = await enter(uow, queries.ENTER, Role.MEMBER, checklist_id=checklist_id)
    checklist = queries.checklist_of(row, await uow.fetch(queries.ITEMS, checklist_id=checklist_id))
    uow.write(queries.DELETE, row_id=checklist_id)
    done = row["checklist_done"] - sum(item.done for item in checklist.items)
    total = row["checklist_total"] - len(checklist.items)
    count(uow, row, done, total)
    uow.emit(
        row["card_board_id"],
        ChecklistDeleted(card=queries.ref_of(row), checklist=checklist, checklist_done=done, checklist_total=total),
    )


async def _room(uow: UnitOfWork, board_id: str, card: CardRef, found: Row, moving: Row | None) -> Room:
    """A rank between the neighbours that were found; checklists in the way are moved apart, and that is announced."""
    room = await make_room(uow, queries.ON_CARDS, card.id, found, moving)
    if room.moved:
        uow.emit(board_id, ChecklistsReranked(card=card, ranks=wire_ranks(room)))
    return room
