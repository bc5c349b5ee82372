"""`/boards/{id}/columns` and `/columns`: the stages of a board."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.columns import Column, CreateColumn, MoveColumn, UpdateColumn
from rego_server.domains.columns import actions
from rego_server.web.endpoint import Request, RouteTable

table = RouteTable()


@table.add("GET", "/boards/{board_id}/columns", needs=Role.VIEWER)
async def list_columns(request: Request) -> Sequence[Column]:
    """The columns from left to right."""
    return await request.read(actions.list_columns, request.id("board_id"))


@table.add("POST", "/boards/{board_id}/columns", needs=Role.MEMBER, status=201, location="/columns/{id}")
async def create_column(request: Request, body: CreateColumn) -> Column:
    """Make a column."""
    return await request.run(actions.create_column, request.id("board_id"), body)


@table.add("GET", "/columns/{column_id}", needs=Role.VIEWER)
async def get_column(request: Request) -> Column:
    """One column."""
    return await request.read(actions.get_column, request.id("column_id"))


@table.add("PATCH", "/columns/{column_id}", needs=Role.MEMBER)
async def update_column(request: Request, body: UpdateColumn) -> Column:
    """Change a column, archive or restore it."""
    return await request.run(actions.update_column, request.id("column_id"), body)


@table.add("DELETE", "/columns/{column_id}", needs=Role.MEMBER)
async def delete_column(request: Request) -> None:
    """Delete an empty column."""
    await request.run(actions.delete_column, request.id("column_id"))


@table.add("POST", "/columns/{column_id}/move", needs=Role.MEMBER)
async def move_column(request: Request, body: MoveColumn) -> Column:
    """Move a column among the others."""
    return await request.run(actions.move_column, request.id("column_id"), body)
