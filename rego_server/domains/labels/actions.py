"""Making, changing and deleting labels."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.events import LabelCreated, LabelDeleted, LabelUpdated
from rego.wire.labels import CreateLabel, Label, UpdateLabel
from rego_server.core.patch import merge, new_entity, save
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import enter, look
from rego_server.domains.labels import queries
from rego_server.domains.labels.models import labels


async def list_labels(reading: Reading, board_id: str) -> Sequence[Label]:
    """The board's labels, oldest first."""
    await look(reading, access.BOARD, board_id=board_id)
    return [queries.label_of(row) for row in await reading.fetch(queries.OF_BOARD, board_id=board_id)]


async def create_label(uow: UnitOfWork, board_id: str, body: CreateLabel) -> Label:
    """A new label of the board."""
    await enter(uow, access.ENTER_BOARD, Role.MEMBER, board_id=board_id)
    row = {**new_entity(uow), "board_id": board_id, "name": body.name, "color": body.color}
    uow.write(queries.ADD, **row)
    label = queries.label_of(row)
    uow.emit(board_id, LabelCreated(label=label))
    return label


async def update_label(uow: UnitOfWork, label_id: str, body: UpdateLabel) -> Label:
    """Rename or recolour a label."""
    row = await enter(uow, queries.ENTER, Role.MEMBER, label_id=label_id)
    if merged := merge(row, body, queries.label_of):
        row = {**row, **save(uow, labels, row, merged.values)}
        uow.emit(
            row["board_id"],
            LabelUpdated(label_id=label_id, name=row["name"], changes=merged.changes, version=merged.version),
        )
    return queries.label_of(row)


async def delete_label(uow: UnitOfWork, label_id: str) -> None:
    """Delete a label, and take it off every card."""
    row = await enter(uow, queries.ENTER, Role.MEMBER, label_id=label_id)
    carriers = await uow.fetch(queries.CARRIERS, label_id=label_id)
    await uow.write_many(
        queries.SET_LABELS,
        [{"row_id": c["id"], "label_ids": [x for x in c["label_ids"] if x != label_id]} for c in carriers],
    )
    uow.write(queries.DELETE, row_id=label_id)
    uow.emit(row["board_id"], LabelDeleted(label=queries.label_of(row), card_ids=[c["id"] for c in carriers]))
