"""Taking back what was done to a card: each by the action that anybody would do it with, where there is one."""

from __future__ import annotations

import msgspec

from rego.wire import events as e
from rego.wire.cards import Card, CardRef, UpdateCard
from rego.wire.events import Event
from rego_server.core.db import Row
from rego_server.core.patch import save
from rego_server.core.places import room_at, wire_ranks
from rego_server.core.ranking import from_wire, to_wire
from rego_server.core.uow import UnitOfWork
from rego_server.domains.cards import actions, belongings, queries
from rego_server.domains.cards.models import cards
from rego_server.domains.cards.rules import CardName, refuse_entry
from rego_server.domains.undo.queries import row_on_board
from rego_server.domains.undo.rules import before, gone, refuse_change, refuse_change_of, refuse_moved, there


def by_id(card_id: str) -> CardName:
    return CardName(card_id, None, None)


async def card_created(uow: UnitOfWork, event: Event, data: e.CardCreated) -> None:
    """Delete it, if nobody has worked on it since; its own remains keep it."""
    card = queries.card_of(there(await row_on_board(uow, cards, event.board_id, data.card.id), data.ref))
    made = Card(**msgspec.structs.asdict(data.card), description=data.description)
    refuse_change_of(data.ref, made, card, but=frozenset({"rank"}))
    await actions.delete_card(uow, by_id(data.card.id))


async def card_updated(uow: UnitOfWork, event: Event, data: e.CardUpdated) -> None:
    card = await _card(uow, event, data.card)
    await actions.update_card(uow, by_id(card.id), UpdateCard(**before(data.card.ref, card, data.changes)))


async def card_archived(uow: UnitOfWork, event: Event, data: e.CardArchived) -> None:
    await _set_archived(uow, event, data.card, archived=False)


async def card_restored(uow: UnitOfWork, event: Event, data: e.CardRestored) -> None:
    card = CardRef(id=data.card.id, ref=data.ref, title=data.card.title)
    await _set_archived(uow, event, card, archived=True)


async def card_assigned(uow: UnitOfWork, event: Event, data: e.CardAssigned | e.CardClaimed) -> None:
    await _refuse_other(uow, event, data.card, "assignee_ids", data.user_id, left=True)
    await belongings.unassign_card(uow, by_id(data.card.id), data.user_id)


async def card_unassigned(uow: UnitOfWork, event: Event, data: e.CardUnassigned) -> None:
    await _refuse_other(uow, event, data.card, "assignee_ids", data.user_id, left=False)
    await belongings.assign_card(uow, by_id(data.card.id), data.user_id)


async def card_labelled(uow: UnitOfWork, event: Event, data: e.CardLabelled) -> None:
    await _refuse_other(uow, event, data.card, "label_ids", data.label_id, left=True)
    await belongings.unlabel_card(uow, by_id(data.card.id), data.label_id)


async def card_unlabelled(uow: UnitOfWork, event: Event, data: e.CardUnlabelled) -> None:
    await _refuse_other(uow, event, data.card, "label_ids", data.label_id, left=False)
    await belongings.label_card(uow, by_id(data.card.id), data.label_id)


async def card_moved(uow: UnitOfWork, event: Event, data: e.CardMoved) -> None:
    """Back to the very place, or just above whoever has it now."""
    row = there(await row_on_board(uow, cards, event.board_id, data.card.id), data.card.ref)
    refuse_moved(data.card.ref, row, data.version, {"column_id": data.after.column_id, "rank": data.after.rank})
    target = await room_in(uow, data.before, row["column_id"], archived=row["archived"])
    rank = await free_rank(uow, event.board_id, data.before, row)
    moved = save(uow, cards, row, {"column_id": target["target_id"], "rank": rank})
    uow.emit(
        event.board_id,
        e.CardMoved(
            card=queries.ref_of(row, uow.heads[event.board_id].key),
            before=msgspec.structs.replace(data.after, rank=to_wire(row["rank"])),
            after=e.CardPlace(column_id=target["target_id"], column_title=target["target_title"], rank=to_wire(rank)),
            version=moved["version"],
        ),
    )


async def room_in(uow: UnitOfWork, place: e.CardPlace, column_id: str | None, *, archived: bool) -> Row:
    """The column of `place`, which must have room for a card that stands in the column `column_id`, if in any."""
    target = await uow.fetch_one(queries.LOAD, column_id=place.column_id)
    if target is None:
        gone(f"The column {place.column_title}")
    if place.column_id != column_id:
        refuse_entry(target, archived=archived)
    return target


async def free_rank(uow: UnitOfWork, board_id: str, place: e.CardPlace, moving: Row | None) -> int:
    """The rank of `place`, or one just before its holder's; cards in the way are moved apart, and that is announced."""
    room = await room_at(uow, queries.IN_COLUMNS, place.column_id, from_wire(place.rank), moving)
    if room.moved:
        uow.emit(board_id, e.CardsReranked(column_id=place.column_id, ranks=wire_ranks(room)))
    return room.rank


async def _card(uow: UnitOfWork, event: Event, card: CardRef) -> Card:
    return queries.card_of(there(await row_on_board(uow, cards, event.board_id, card.id), card.ref))


async def _set_archived(uow: UnitOfWork, event: Event, card: CardRef, *, archived: bool) -> None:
    now = await _card(uow, event, card)
    refuse_change(card.ref, {"archived": not archived}, {"archived": now.archived})
    await actions.update_card(uow, by_id(card.id), UpdateCard(archived=archived))


async def _refuse_other(uow: UnitOfWork, event: Event, card: CardRef, field: str, value: str, *, left: bool) -> None:
    """Raise `ChangedSince` unless `value` is still on the list `field` of a card, or still not, as the event left it."""
    now: list[str] = getattr(await _card(uow, event, card), field)
    listed = [value] if left else []
    refuse_change(card.ref, {field: listed}, {field: [each for each in now if each == value]})
