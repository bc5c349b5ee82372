"""Making, changing, moving and deleting columns."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.columns import Column, CreateColumn, MoveColumn, UpdateColumn
from rego.wire.errors import Conflict
from rego.wire.events import ColumnCreated, ColumnDeleted, ColumnMoved, ColumnsReranked, ColumnUpdated
from rego_server.core.db import Row
from rego_server.core.patch import merge, new_entity, save
from rego_server.core.places import Room, anchor_of, check_anchor, is_between, make_room, spot_of, wire_ranks
from rego_server.core.ranking import to_wire
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import enter, look
from rego_server.domains.columns import queries
from rego_server.domains.columns.models import columns


async def list_columns(reading: Reading, board_id: str) -> Sequence[Column]:
    """The board's columns from left to right."""
    await look(reading, access.BOARD, board_id=board_id)
    return [queries.column_of(row) for row in await reading.fetch(queries.OF_BOARD, board_id=board_id)]


async def get_column(reading: Reading, column_id: str) -> Column:
    """One column."""
    return queries.column_of(await look(reading, queries.COLUMN, column_id=column_id))


async def create_column(uow: UnitOfWork, board_id: str, body: CreateColumn) -> Column:
    """A new column at a place among the others; without one, at the end."""
    spot = spot_of(body)
    found = await enter(
        uow, queries.ENTER_TO_ADD[spot], Role.MEMBER, board_id=board_id, column_id=None, anchor_id=anchor_of(body)
    )
    check_anchor(found, spot, "column")
    room = await _room(uow, board_id, found, None)
    row = {
        **new_entity(uow),
        "board_id": board_id,
        "title": body.title,
        "rank": room.rank,
        "wip_limit": body.wip_limit,
        "wip_mode": body.wip_mode,
        "done": body.done,
        "color": body.color,
        "archived": False,
    }
    uow.write(queries.ADD, **row)
    column = queries.column_of(row)
    uow.emit(board_id, ColumnCreated(column=column))
    return column


async def update_column(uow: UnitOfWork, column_id: str, body: UpdateColumn) -> Column:
    """Change a column's own fields, archive or restore it."""
    row = await enter(uow, queries.ENTER, Role.MEMBER, column_id=column_id)
    if merged := merge(row, body, queries.column_of):
        row = {**row, **save(uow, columns, row, merged.values)}
        uow.emit(
            row["board_id"],
            ColumnUpdated(column_id=column_id, title=row["title"], changes=merged.changes, version=merged.version),
        )
    return queries.column_of(row)


async def move_column(uow: UnitOfWork, column_id: str, body: MoveColumn) -> Column:
    """Give a column another place among the board's columns."""
    spot = spot_of(body)
    row = await enter(uow, queries.ENTER_TO_MOVE[spot], Role.MEMBER, column_id=column_id, anchor_id=anchor_of(body))
    check_anchor(row, spot, "column")
    if is_between(row["rank"], row):
        return queries.column_of(row)
    room = await _room(uow, row["board_id"], row, row)
    moved = {**row, **save(uow, columns, row, {"rank": room.rank})}
    uow.emit(
        row["board_id"],
        ColumnMoved(
            column_id=column_id,
            title=row["title"],
            before=to_wire(row["rank"]),
            after=to_wire(room.rank),
            version=moved["version"],
        ),
    )
    return queries.column_of(moved)


async def delete_column(uow: UnitOfWork, column_id: str) -> None:
    """Delete a column that holds no card. Raises `Conflict` for one that does, archived cards included."""
    row = await enter(uow, queries.ENTER_TO_DELETE, Role.MEMBER, column_id=column_id)
    if row["cards"]:
        raise Conflict(f"{row['title']} still holds {row['cards']} cards, archived ones included; move or delete them first.")
    uow.write(queries.DELETE, row_id=column_id)
    uow.emit(row["board_id"], ColumnDeleted(column=queries.column_of(row)))


async def _room(uow: UnitOfWork, board_id: str, found: Row, moving: Row | None) -> Room:
    """A rank between the neighbours that were found; columns in the way are moved apart, and that is announced."""
    room = await make_room(uow, queries.ON_BOARDS, board_id, found, moving)
    if room.moved:
        uow.emit(board_id, ColumnsReranked(ranks=wire_ranks(room)))
    return room
