"""Taking back what was done to a column."""

from __future__ import annotations

from rego.wire import events as e
from rego.wire.base import Rank
from rego.wire.columns import UpdateColumn
from rego.wire.events import Event
from rego_server.core.db import Row
from rego_server.core.patch import save
from rego_server.core.places import room_at, wire_ranks
from rego_server.core.ranking import from_wire, to_wire
from rego_server.core.uow import UnitOfWork
from rego_server.domains.columns import actions, queries
from rego_server.domains.columns.models import columns
from rego_server.domains.undo.queries import row_on_board
from rego_server.domains.undo.rows import revived
from rego_server.domains.undo.rules import before, refuse_change_of, refuse_moved, there


async def column_created(uow: UnitOfWork, event: Event, data: e.ColumnCreated) -> None:
    """Delete it, if it is as it was made and holds no card."""
    row = await _row(uow, event, data.column.id, data.column.title)
    refuse_change_of(_named(data.column.title), data.column, queries.column_of(row), but=frozenset({"rank"}))
    await actions.delete_column(uow, data.column.id)


async def column_updated(uow: UnitOfWork, event: Event, data: e.ColumnUpdated) -> None:
    row = await _row(uow, event, data.column_id, data.title)
    fields = before(_named(data.title), queries.column_of(row), data.changes)
    await actions.update_column(uow, data.column_id, UpdateColumn(**fields))


async def column_moved(uow: UnitOfWork, event: Event, data: e.ColumnMoved) -> None:
    row = await _row(uow, event, data.column_id, data.title)
    refuse_moved(_named(data.title), row, data.version, {"rank": data.after})
    rank = await _free_rank(uow, event.board_id, data.before, row)
    moved = save(uow, columns, row, {"rank": rank})
    uow.emit(
        event.board_id,
        e.ColumnMoved(
            column_id=row["id"],
            title=row["title"],
            before=to_wire(row["rank"]),
            after=to_wire(rank),
            version=moved["version"],
        ),
    )


async def column_deleted(uow: UnitOfWork, event: Event, data: e.ColumnDeleted) -> None:
    rank = await _free_rank(uow, event.board_id, data.column.rank, None)
    row = {**revived(uow, data.column), "board_id": event.board_id, "rank": rank}
    uow.write(queries.ADD, **row)
    uow.emit(event.board_id, e.ColumnCreated(column=queries.column_of(row)))


async def _row(uow: UnitOfWork, event: Event, column_id: str, title: str) -> Row:
    return there(await row_on_board(uow, columns, event.board_id, column_id), _named(title))


async def _free_rank(uow: UnitOfWork, board_id: str, wanted: Rank, row: Row | None) -> int:
    """`wanted`, or one just before its holder's; columns in the way are moved apart, and that is announced."""
    room = await room_at(uow, queries.ON_BOARDS, board_id, from_wire(wanted), row)
    if room.moved:
        uow.emit(board_id, e.ColumnsReranked(ranks=wire_ranks(room)))
    return room.rank


def _named(title: str) -> str:
    return f"The column {title}"
