"""Columns: the stages that cards go through."""

from __future__ import annotations

from rego.client.call import Call, path_of
from rego.wire.columns import Column, CreateColumn, MoveColumn, UpdateColumn


def list_columns(board_id: str) -> Call[list[Column]]:
    """A board's columns from left to right, archived ones included."""
    return Call(method="GET", path=path_of("boards", board_id, "columns"), returns=list[Column])


def create_column(board_id: str, body: CreateColumn) -> Call[Column]:
    return Call(method="POST", path=path_of("boards", board_id, "columns"), body=body, returns=Column)


def get_column(column_id: str) -> Call[Column]:
    return Call(method="GET", path=path_of("columns", column_id), returns=Column)


def update_column(column_id: str, body: UpdateColumn) -> Call[Column]:
    return Call(method="PATCH", path=path_of("columns", column_id), body=body, returns=Column)


def delete_column(column_id: str) -> Call[None]:
    return Call(method="DELETE", path=path_of("columns", column_id), returns=None)


def move_column(column_id: str, body: MoveColumn) -> Call[Column]:
    """Put a column next to another one, or at an end."""
    return Call(method="POST", path=path_of("columns", column_id, "move"), body=body, returns=Column)
