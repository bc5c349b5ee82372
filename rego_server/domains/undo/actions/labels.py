"""Taking back what was done to a label."""

from __future__ import annotations

from rego.wire import events as e
from rego.wire.events import Event
from rego.wire.labels import Label, UpdateLabel
from rego_server.core.uow import UnitOfWork
from rego_server.domains.cards import queries as cards
from rego_server.domains.labels import actions, queries
from rego_server.domains.labels.models import labels
from rego_server.domains.undo.queries import CARDS_AMONG, row_on_board
from rego_server.domains.undo.rows import revived
from rego_server.domains.undo.rules import before, refuse_change_of, there


async def label_created(uow: UnitOfWork, event: Event, data: e.LabelCreated) -> None:
    """Delete it, with the cards that carry it by now: that is recorded, and comes back with the label."""
    refuse_change_of(_named(data.label.name), data.label, await _label(uow, event, data.label.id, data.label.name))
    await actions.delete_label(uow, data.label.id)


async def label_updated(uow: UnitOfWork, event: Event, data: e.LabelUpdated) -> None:
    now = await _label(uow, event, data.label_id, data.name)
    await actions.update_label(uow, data.label_id, UpdateLabel(**before(_named(data.name), now, data.changes)))


async def label_deleted(uow: UnitOfWork, event: Event, data: e.LabelDeleted) -> None:
    """With the cards that carried it, as far as they are still there."""
    row = {**revived(uow, data.label), "board_id": event.board_id}
    uow.write(queries.ADD, **row)
    label = queries.label_of(row)
    carriers = await uow.fetch(CARDS_AMONG, board_id=event.board_id, ids=data.card_ids)
    await uow.write_many(
        queries.SET_LABELS, [{"row_id": c["id"], "label_ids": sorted([*c["label_ids"], label.id])} for c in carriers]
    )
    await uow.write_many(cards.ADD_LABEL, [{"card_id": c["id"], "label_id": label.id} for c in carriers])
    uow.emit(event.board_id, e.LabelCreated(label=label, card_ids=[c["id"] for c in carriers]))


async def _label(uow: UnitOfWork, event: Event, label_id: str, name: str) -> Label:
    return queries.label_of(there(await row_on_board(uow, labels, event.board_id, label_id), _named(name)))


def _named(name: str) -> str:
    return f"The label {name or 'without a name'}"
