"""One operation on many cards of a board, in one transaction: on all of them, or on none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from msgspec.structs import replace

from rego.wire.base import Role
from rego.wire.cards import BulkCards, CardSummary, MoveCard, UpdateCard, UpdateCards
from rego.wire.errors import NotFound
from rego_server.core.uow import UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import enter
from rego_server.domains.bulk import queries
from rego_server.domains.cards import actions, belongings
from rego_server.domains.cards.crossing import lock_boards
from rego_server.domains.cards.rules import CardName

Operation = Callable[[UnitOfWork, CardName], Awaitable[CardSummary]]


async def bulk_cards(uow: UnitOfWork, board_id: str, body: BulkCards, board_max_mb: int) -> list[CardSummary]:
    """Do to each card, one after the other, what the action on one card does, with its events.

    Raises `NotFound` when one of them is not on the board, and whatever the action raises for one of them. `board_max_mb` is
    what the files of another board may take that they are moved to.
    """
    if body.move is not None and body.move.board_id is not None:
        await lock_boards(uow, board_id, body.move.board_id)
    await enter(uow, access.ENTER_BOARD, Role.MEMBER, board_id=board_id)
    await _check_there(uow, board_id, body.card_ids)
    if body.move is not None:
        return await _move(uow, body.card_ids, body.move, board_max_mb)
    if body.delete:
        for card_id in body.card_ids:
            await actions.delete_card(uow, _by_id(card_id))
        return []
    operation = _operation(body)
    return [await operation(uow, _by_id(card_id)) for card_id in body.card_ids]


def _operation(body: BulkCards) -> Operation:
    """What is done to each card."""
    person, label = body.assign or body.unassign, body.label or body.unlabel
    if person is not None:
        assign = belongings.assign_card if body.assign else belongings.unassign_card
        return lambda uow, card: assign(uow, card, person)
    if label is not None:
        put = belongings.label_card if body.label else belongings.unlabel_card
        return lambda uow, card: put(uow, card, label)
    if (update := body.update) is not None:
        return lambda uow, card: _change(uow, card, update)
    change = UpdateCard(completed=bool(body.complete)) if body.archive is None else UpdateCard(archived=body.archive)
    return lambda uow, card: _update(uow, card, change)


async def _change(uow: UnitOfWork, card: CardName, update: UpdateCards) -> CardSummary:
    """A card's fields, then its labels and people one by one."""
    fields = UpdateCard(due_at=update.due_at, start_at=update.start_at, priority=update.priority)
    changed = await _update(uow, card, fields)
    for act, ids in (
        (belongings.unlabel_card, update.remove_label_ids),
        (belongings.label_card, update.add_label_ids),
        (belongings.unassign_card, update.remove_assignee_ids),
        (belongings.assign_card, update.add_assignee_ids),
    ):
        for each in ids:
            changed = await act(uow, card, each)
    return changed


async def _update(uow: UnitOfWork, card: CardName, change: UpdateCard) -> CardSummary:
    return msgspec.convert(await actions.update_card(uow, card, change), CardSummary, from_attributes=True)


async def _move(uow: UnitOfWork, card_ids: list[str], place: MoveCard, board_max_mb: int) -> list[CardSummary]:
    """The first card goes to the place, each further one below the one before it."""
    moved: list[CardSummary] = []
    for card_id in card_ids:
        moved.append(await actions.move_card(uow, _by_id(card_id), place, board_max_mb))
        place = replace(place, column_id=moved[-1].column_id, after_id=card_id, before_id=None, position=None)
    return moved


async def _check_there(uow: UnitOfWork, board_id: str, card_ids: list[str]) -> None:
    there = {row["id"] for row in await uow.fetch(queries.CARDS_AMONG, board_id=board_id, ids=card_ids)}
    if missing := [card_id for card_id in card_ids if card_id not in there]:
        raise NotFound(f"{', '.join(missing)} is not on this board.", field="card_ids")


def _by_id(card_id: str) -> CardName:
    return CardName(card_id, None, None)
