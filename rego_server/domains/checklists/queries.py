"""Checklists, their items, and what they count for on the card."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, insert, select, update

from rego.wire.checklists import Checklist, ChecklistItem
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id
from rego_server.core.patch import stamps
from rego_server.core.ranking import to_wire
from rego_server.domains.access.policy import entrance, on_board
from rego_server.domains.cards.models import cards
from rego_server.domains.cards.queries import SUMMARY, Named
from rego_server.domains.checklists.models import checklist_items, checklists

_CARD_ID = bindparam("card_id", type_=Id)
_CHECKLIST_ID = bindparam("checklist_id", type_=Id)
_ITEM_ID = bindparam("item_id", type_=Id)

_CARD_FIELDS = (
    cards.c.id.label("card_id"),
    cards.c.board_id.label("card_board_id"),
    cards.c.number,
    cards.c.title.label("card_title"),
    cards.c.checklist_done,
    cards.c.checklist_total,
)

_of_card = on_board(cards).join(checklists, checklists.c.card_id == cards.c.id)
_last = select(func.max(checklists.c.rank)).where(checklists.c.card_id == cards.c.id).scalar_subquery()
_last_item = select(func.max(checklist_items.c.rank)).where(checklist_items.c.checklist_id == checklists.c.id).scalar_subquery()

ENTER_TO_ADD = Named(entrance, [*SUMMARY, _last.label("lower_rank")], on_board(cards))
ENTER = entrance([checklists, *_CARD_FIELDS[1:]], _of_card, checklists.c.id == _CHECKLIST_ID)
ENTER_TO_ADD_ITEM = entrance(
    [checklists.c.id.label("checklist_id"), *_CARD_FIELDS, _last_item.label("lower_rank")],
    _of_card,
    checklists.c.id == _CHECKLIST_ID,
)
ENTER_ITEM = entrance(
    [checklist_items, *_CARD_FIELDS],
    _of_card.join(checklist_items, checklist_items.c.checklist_id == checklists.c.id),
    checklist_items.c.id == _ITEM_ID,
)

OF_CARD = Statement(select(checklists).where(checklists.c.card_id == _CARD_ID).order_by(checklists.c.rank, checklists.c.id))
ITEMS_OF_CARD = Statement(
    select(checklist_items)
    .select_from(checklist_items.join(checklists, checklists.c.id == checklist_items.c.checklist_id))
    .where(checklists.c.card_id == _CARD_ID)
    .order_by(checklist_items.c.rank, checklist_items.c.id)
)
ITEMS = Statement(
    select(checklist_items)
    .where(checklist_items.c.checklist_id == _CHECKLIST_ID)
    .order_by(checklist_items.c.rank, checklist_items.c.id)
)

ADD = Statement(insert(checklists))
ADD_ITEM = Statement(insert(checklist_items))
DELETE = Statement(delete(checklists).where(checklists.c.id == bindparam("row_id", type_=Id)))
DELETE_ITEM = Statement(delete(checklist_items).where(checklist_items.c.id == bindparam("row_id", type_=Id)))
SET_COUNTS = Statement(
    update(cards)
    .where(cards.c.id == bindparam("row_id", type_=Id))
    .values(checklist_done=bindparam("done"), checklist_total=bindparam("total"))
)


def item_of(row: Row) -> ChecklistItem:
    """The item in `row`."""
    return ChecklistItem(
        **stamps(row),
        checklist_id=row["checklist_id"],
        text=row["text"],
        rank=to_wire(row["rank"]),
        done=row["done"],
        assignee_id=row["assignee_id"],
        due_at=row["due_at"],
    )


def checklist_of(row: Row, items: Sequence[Row]) -> Checklist:
    """The checklist in `row` with those of `items` that are its own."""
    return Checklist(
        **stamps(row),
        card_id=row["card_id"],
        title=row["title"],
        rank=to_wire(row["rank"]),
        items=[item_of(item) for item in items if item["checklist_id"] == row["id"]],
    )
