"""Copies of cards: the same work, still to be done."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.cards import Card, CopyCard
from rego.wire.events import CardCreated
from rego_server.core.db import Row
from rego_server.core.patch import new_entity
from rego_server.core.places import anchor_of, spot_of
from rego_server.core.uow import UnitOfWork
from rego_server.domains.access.policy import enter
from rego_server.domains.attachments.models import attachments
from rego_server.domains.cards import queries
from rego_server.domains.cards.belongings import attach
from rego_server.domains.cards.crossing import Crossing, find_crossing, next_number
from rego_server.domains.cards.placing import check_place, rank_for
from rego_server.domains.cards.queries import named
from rego_server.domains.cards.remains import ADD, READ
from rego_server.domains.cards.rules import CardName, refuse_entry
from rego_server.domains.checklists.models import checklist_items, checklists


async def copy_card(uow: UnitOfWork, card: CardName, body: CopyCard, board_max_mb: int) -> Card:
    """A new card with the content of another one, on its board, where its files take no room of their own, or on another."""
    crossing = await find_crossing(uow, card, body, board_max_mb)
    found = await _enter(uow, card, body) if crossing is None else crossing
    original, board_id = found.row, found.found["entered_id"]
    lists, items, files = [
        await uow.fetch(READ[table], card_id=original["id"]) for table in (checklists, checklist_items, attachments)
    ]
    row = {
        **original,
        **new_entity(uow),
        "board_id": board_id,
        "column_id": found.found["target_id"],
        "number": next_number(uow, board_id),
        "title": body.title or original["title"],
        "rank": await rank_for(uow, board_id, found.found, None),
        "completed": False,
        "archived": False,
        "label_ids": found.labels,
        "assignee_ids": found.people,
        "checklist_done": 0,
        "checklist_total": len(items),
        "comment_count": 0,
        "attachment_count": len(files),
    }
    uow.write(queries.ADD, **row)
    await attach(uow, row)
    await _copy_checklists(uow, row, lists, items)
    await uow.write_many(ADD[attachments], [{**file, **new_entity(uow), "card_id": row["id"]} for file in files])
    _announce(uow, row, found)
    return queries.card_of(row)


async def _enter(uow: UnitOfWork, card: CardName, body: CopyCard) -> Crossing:
    """The way of a copy that stays on the board: all labels and people are there."""
    statement = queries.ENTER_TO_COPY[spot_of(body)].for_(card)
    row = await enter(uow, statement, Role.MEMBER, column_id=body.column_id, anchor_id=anchor_of(body), **named(card))
    check_place(row, body)
    refuse_entry(row)
    return Crossing(row, row, row["label_ids"], row["assignee_ids"])


async def _copy_checklists(uow: UnitOfWork, card: Row, lists: Sequence[Row], items: Sequence[Row]) -> None:
    """Checklists in their places, with open items."""
    copies = {each["id"]: {**each, **new_entity(uow), "card_id": card["id"]} for each in lists}
    await uow.write_many(ADD[checklists], copies.values())
    # Items keep those who are on the card's board; for a copy on another board that is settled after they are written.
    rows = [{**each, **new_entity(uow), "checklist_id": copies[each["checklist_id"]]["id"], "done": False} for each in items]
    await uow.write_many(ADD[checklist_items], rows)
    uow.write(queries.DROP_ITEM_ASSIGNEES, card_id=card["id"], board_id=card["board_id"])
    await uow.flush()


def _announce(uow: UnitOfWork, row: Row, found: Crossing) -> None:
    """On the board of the copy; one that came from elsewhere does not tell from where, because others here may not see that."""
    original, here = found.row, found.found
    stays = original["board_id"] == row["board_id"]
    uow.emit(
        row["board_id"],
        CardCreated(
            card=queries.summary_of(row),
            ref=f"{here['head_key']}-{row['number']}",
            column_title=here["target_title"],
            description=row["description"],
            copy_of=queries.ref_of(original, here["head_key"]) if stays else None,
        ),
    )
