"""Making, changing, moving and deleting cards."""

from __future__ import annotations

from typing import Any

from rego.wire.base import Role
from rego.wire.cards import Card, CardSummary, CreateCard, MoveCard, UpdateCard
from rego.wire.errors import InvalidInput
from rego.wire.events import (
    CardArchived,
    CardCreated,
    CardDeleted,
    CardMoved,
    CardPlace,
    CardRestored,
    CardUpdated,
)
from rego_server.core.db import Row
from rego_server.core.patch import Merged, merge, new_entity, save
from rego_server.core.places import anchor_of, is_between, spot_of
from rego_server.core.ranking import to_wire
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access.policy import enter, look
from rego_server.domains.cards import queries
from rego_server.domains.cards.belongings import attach
from rego_server.domains.cards.crossing import carry_over, find_crossing, next_number
from rego_server.domains.cards.models import cards
from rego_server.domains.cards.placing import check_place, rank_for, refuse_return
from rego_server.domains.cards.queries import named
from rego_server.domains.cards.remains import keep_remains, remains_of
from rego_server.domains.cards.rules import CardName, refuse_entry


async def get_card(reading: Reading, card: CardName) -> Card:
    """One card with its description."""
    return queries.card_of(await look(reading, queries.CARD.for_(card), **named(card)))


async def create_card(uow: UnitOfWork, board_id: str, body: CreateCard) -> Card:
    """A new card at a place in a column; without one, at its end."""
    found = await enter(
        uow,
        queries.ENTER_TO_CREATE[spot_of(body)],
        Role.MEMBER,
        board_id=board_id,
        column_id=body.column_id,
        anchor_id=anchor_of(body),
    )
    check_place(found, body)
    refuse_entry(found)
    await _check_belongings(uow, board_id, body)
    row = _new_row(uow, board_id, body, await rank_for(uow, board_id, found, None))
    uow.write(queries.ADD, **row)
    await attach(uow, row)
    uow.emit(
        board_id,
        CardCreated(
            card=queries.summary_of(row),
            ref=f"{found['head_key']}-{row['number']}",
            column_title=found["target_title"],
            description=body.description,
        ),
    )
    return queries.card_of(row)


async def update_card(uow: UnitOfWork, card: CardName, body: UpdateCard) -> Card:
    """Change a card's own fields; archiving and restoring are events of their own."""
    row = await enter(uow, queries.ENTER.for_(card), Role.MEMBER, **named(card))
    merged = merge(row, body, queries.card_of)
    if merged is None:
        return queries.card_of(row)
    values = merged.values
    if values.get("archived") is False:
        await refuse_return(uow, row["column_id"])
    if "description" in values:
        values = {**values, "has_description": bool(values["description"])}
    if values.get("completed"):
        uow.write(queries.END_CLAIM, on_card=row["id"])
    changed = {**row, **save(uow, cards, row, values)}
    _announce(uow, changed, merged)
    return queries.card_of(changed)


async def move_card(uow: UnitOfWork, card: CardName, body: MoveCard, board_max_mb: int = 0) -> CardSummary:
    """Give a card another place, on its board or on another one, whose files may take so much (0 is no limit).

    A card that is there already stays as it is.
    """
    if crossing := await find_crossing(uow, card, body, board_max_mb):
        return await carry_over(uow, crossing)
    row = await enter(
        uow,
        queries.ENTER_TO_MOVE[spot_of(body)].for_(card),
        Role.MEMBER,
        column_id=body.column_id,
        anchor_id=anchor_of(body),
        **named(card),
    )
    check_place(row, body)
    stays = row["target_id"] == row["column_id"]
    if stays and is_between(row["rank"], row):
        return queries.summary_of(row)
    if not stays:
        refuse_entry(row, archived=row["archived"])
    rank = await rank_for(uow, row["board_id"], row, row)
    moved = {**row, **save(uow, cards, row, {"column_id": row["target_id"], "rank": rank})}
    uow.emit(
        row["board_id"],
        CardMoved(
            card=queries.ref_of(row, row["head_key"]),
            before=CardPlace(column_id=row["column_id"], column_title=row["column_title"], rank=to_wire(row["rank"])),
            after=CardPlace(column_id=row["target_id"], column_title=row["target_title"], rank=to_wire(rank)),
            version=moved["version"],
        ),
    )
    return queries.summary_of(moved)


async def delete_card(uow: UnitOfWork, card: CardName) -> None:
    """Delete a card with all that hangs on it; what it was is kept, so that the deletion can be taken back."""
    row = await enter(uow, queries.ENTER_TO_DELETE.for_(card), Role.MEMBER, **named(card))
    remains = await remains_of(uow, row)
    uow.write(queries.DELETE, row_id=row["id"])
    ref = queries.ref_of(row, row["head_key"]).ref
    uow.emit(row["board_id"], CardDeleted(card=queries.summary_of(row), ref=ref, description=row["description"]))
    keep_remains(uow, row["board_id"], remains)


def _announce(uow: UnitOfWork, changed: Row, merged: Merged) -> None:
    """The events of a PATCH: one for the fields, one for the archive; each says what was true after both."""
    ref = queries.ref_of(changed, changed["head_key"])
    board_id, version = changed["board_id"], changed["version"]
    fields = {name: change for name, change in merged.changes.items() if name != "archived"}
    archived = merged.values.get("archived")
    if archived is False:
        uow.emit(board_id, CardRestored(card=queries.summary_of(changed), ref=ref.ref))
    if fields:
        uow.emit(board_id, CardUpdated(card=ref, changes=fields, version=version))
    if archived is True:
        uow.emit(board_id, CardArchived(card=ref, version=version))


async def _check_belongings(uow: UnitOfWork, board_id: str, body: CreateCard) -> None:
    """Labels must be the board's, and assignees its members."""
    for field, wanted, among, what in (
        ("label_ids", body.label_ids, queries.LABELS_AMONG, "labels of this board"),
        ("assignee_ids", body.assignee_ids, queries.MEMBERS_AMONG, "members of this board"),
    ):
        if not wanted:
            continue
        found = {row["id"] for row in await uow.fetch(among, board_id=board_id, ids=wanted)}
        if missing := set(wanted) - found:
            raise InvalidInput(f"{field} must be {what}; {', '.join(sorted(missing))} is not.", field=field)


def _new_row(uow: UnitOfWork, board_id: str, body: CreateCard, rank: int) -> dict[str, Any]:
    return {
        **new_entity(uow),
        "board_id": board_id,
        "column_id": body.column_id,
        "number": next_number(uow, board_id),
        "title": body.title,
        "rank": rank,
        "due_at": body.due_at,
        "start_at": body.start_at,
        "priority": body.priority,
        "completed": False,
        "archived": False,
        "has_description": bool(body.description),
        "label_ids": sorted(set(body.label_ids)),
        "assignee_ids": sorted(set(body.assignee_ids)),
        "checklist_done": 0,
        "checklist_total": 0,
        "comment_count": 0,
        "attachment_count": 0,
        "description": body.description,
    }
