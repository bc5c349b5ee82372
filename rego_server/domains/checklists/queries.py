"""Checklists, their items, and what they count for on the card."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, insert, select, update

from rego.wire.cards import CardRef
from rego.wire.checklists import Checklist, ChecklistItem
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id
from rego_server.core.patch import stamps
from rego_server.core.places import ANCHOR, Spot, neighbour_ranks, ranked_lists
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
_with_item = _of_card.join(checklist_items, checklist_items.c.checklist_id == checklists.c.id)

ENTER = entrance([checklists, *_CARD_FIELDS[1:]], _of_card, checklists.c.id == _CHECKLIST_ID)
ENTER_ITEM = entrance([checklist_items, *_CARD_FIELDS], _with_item, checklist_items.c.id == _ITEM_ID)

# --- placing -----------------------------------------------------------------------------------------------------

_target = checklists.alias("target")
_anchor = checklist_items.alias("anchor")
_anchors_checklist = select(_anchor.c.checklist_id).where(_anchor.c.id == ANCHOR).scalar_subquery()


def _target_of(spot: Spot) -> ColumnElement[str]:
    """Without a checklist of its own a move goes to that of the neighbour that it names, else it stays where it is."""
    if spot in (Spot.AFTER, Spot.BEFORE):
        return func.coalesce(_CHECKLIST_ID, _anchors_checklist, checklist_items.c.checklist_id)
    return func.coalesce(_CHECKLIST_ID, checklist_items.c.checklist_id)


ENTER_TO_ADD = {
    spot: Named(
        entrance,
        [*SUMMARY, *neighbour_ranks(spot, checklists, lambda c: c.c.card_id == cards.c.id)],
        on_board(cards),
    )
    for spot in Spot
}
ENTER_TO_MOVE = {
    spot: entrance(
        [
            checklists,
            *_CARD_FIELDS[1:],
            *neighbour_ranks(spot, checklists, lambda c: and_(c.c.card_id == cards.c.id, c.c.id != checklists.c.id)),
        ],
        _of_card,
        checklists.c.id == _CHECKLIST_ID,
    )
    for spot in Spot
}
ENTER_TO_ADD_ITEM = {
    spot: entrance(
        [
            checklists.c.id.label("checklist_id"),
            *_CARD_FIELDS,
            *neighbour_ranks(spot, checklist_items, lambda c: c.c.checklist_id == checklists.c.id),
        ],
        _of_card,
        checklists.c.id == _CHECKLIST_ID,
    )
    for spot in Spot
}
ENTER_TO_MOVE_ITEM = {
    spot: entrance(
        [
            checklist_items,
            *_CARD_FIELDS,
            checklists.c.title.label("checklist_title"),
            _target.c.id.label("target_id"),
            _target.c.title.label("target_title"),
            *neighbour_ranks(
                spot, checklist_items, lambda c: and_(c.c.checklist_id == _target.c.id, c.c.id != checklist_items.c.id)
            ),
        ],
        _with_item.outerjoin(_target, and_(_target.c.id == _target_of(spot), _target.c.card_id == cards.c.id)),
        checklist_items.c.id == _ITEM_ID,
    )
    for spot in Spot
}
ON_CARDS = ranked_lists(checklists, checklists.c.card_id)
IN_CHECKLISTS = ranked_lists(checklist_items, checklist_items.c.checklist_id)

# --- lists -------------------------------------------------------------------------------------------------------

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

# --- writes ------------------------------------------------------------------------------------------------------

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


def ref_of(row: Row) -> CardRef:
    """The card of the checklist or item in `row`, as a sentence names it."""
    return CardRef(id=row["card_id"], ref=f"{row['head_key']}-{row['number']}", title=row["card_title"])
