"""Labels and people on a card: put on, taken off, each with its event. Doing it twice changes nothing."""

from __future__ import annotations

from rego.wire.base import Role
from rego.wire.cards import CardSummary
from rego.wire.errors import NotFound
from rego.wire.events import CardAssigned, CardLabelled, CardUnassigned, CardUnlabelled
from rego_server.core.db import Row, Statement
from rego_server.core.patch import save
from rego_server.core.uow import UnitOfWork
from rego_server.domains.access.policy import enter
from rego_server.domains.cards import queries
from rego_server.domains.cards.models import cards
from rego_server.domains.cards.queries import named
from rego_server.domains.cards.rules import CardName


async def assign_card(uow: UnitOfWork, card: CardName, user_id: str) -> CardSummary:
    """Make a member of the board responsible for the card."""
    row = await enter(uow, queries.ENTER_TO_ASSIGN.for_(card), Role.MEMBER, user_id=user_id, **named(card))
    if row["assignee_id"] is None:
        raise NotFound("That person is not on this board.")
    if user_id in row["assignee_ids"]:
        return queries.summary_of(row)
    changed = _with(uow, row, "assignee_ids", user_id)
    uow.write(queries.ADD_ASSIGNEE, card_id=row["id"], user_id=user_id)
    ref = queries.ref_of(row, row["head_key"])
    uow.emit(
        row["board_id"],
        CardAssigned(card=ref, user_id=user_id, username=row["assignee_name"], version=changed["version"]),
    )
    return queries.summary_of(changed)


async def unassign_card(uow: UnitOfWork, card: CardName, user_id: str) -> CardSummary:
    """Take a person off the card, who may have left the board meanwhile."""
    row = await enter(uow, queries.ENTER_TO_ASSIGN.for_(card), Role.MEMBER, user_id=user_id, **named(card))
    if user_id not in row["assignee_ids"]:
        return queries.summary_of(row)
    changed = _without(uow, row, "assignee_ids", user_id)
    uow.write(queries.REMOVE_ASSIGNEE, on_card=row["id"], the_user=user_id)
    ref = queries.ref_of(row, row["head_key"])
    uow.emit(
        row["board_id"],
        CardUnassigned(card=ref, user_id=user_id, username=row["assignee_name"], version=changed["version"]),
    )
    return queries.summary_of(changed)


async def label_card(uow: UnitOfWork, card: CardName, label_id: str) -> CardSummary:
    """Put a label of the board on the card."""
    row = await _enter_with_label(uow, queries.ENTER_TO_LABEL.for_(card), card, label_id)
    if label_id in row["label_ids"]:
        return queries.summary_of(row)
    changed = _with(uow, row, "label_ids", label_id)
    uow.write(queries.ADD_LABEL, card_id=row["id"], label_id=label_id)
    ref = queries.ref_of(row, row["head_key"])
    uow.emit(
        row["board_id"],
        CardLabelled(card=ref, label_id=label_id, label_name=row["label_name"], version=changed["version"]),
    )
    return queries.summary_of(changed)


async def unlabel_card(uow: UnitOfWork, card: CardName, label_id: str) -> CardSummary:
    """Take a label off the card."""
    row = await _enter_with_label(uow, queries.ENTER_TO_LABEL.for_(card), card, label_id)
    if label_id not in row["label_ids"]:
        return queries.summary_of(row)
    changed = _without(uow, row, "label_ids", label_id)
    uow.write(queries.REMOVE_LABEL, on_card=row["id"], the_label=label_id)
    ref = queries.ref_of(row, row["head_key"])
    uow.emit(
        row["board_id"],
        CardUnlabelled(card=ref, label_id=label_id, label_name=row["label_name"], version=changed["version"]),
    )
    return queries.summary_of(changed)


async def _enter_with_label(uow: UnitOfWork, statement: Statement, card: CardName, label_id: str) -> Row:
    row = await enter(uow, statement, Role.MEMBER, label_id=label_id, **named(card))
    if row["label_id"] is None:
        raise NotFound("There is no such label on this board.")
    return row


def _with(uow: UnitOfWork, row: Row, field: str, value: str) -> Row:
    return {**row, **save(uow, cards, row, {field: sorted([*row[field], value])})}


def _without(uow: UnitOfWork, row: Row, field: str, value: str) -> Row:
    return {**row, **save(uow, cards, row, {field: [v for v in row[field] if v != value]})}


async def attach(uow: UnitOfWork, row: Row) -> None:
    """The label and assignee rows behind a new card's lists."""
    await attach_labels(uow, row)
    if row["assignee_ids"]:
        await uow.write_many(queries.ADD_ASSIGNEE, [{"card_id": row["id"], "user_id": x} for x in row["assignee_ids"]])


async def attach_labels(uow: UnitOfWork, row: Row) -> None:
    """The label rows behind a card's list."""
    if row["label_ids"]:
        await uow.write_many(queries.ADD_LABEL, [{"card_id": row["id"], "label_id": x} for x in row["label_ids"]])
