"""Boards and their event logs."""

from __future__ import annotations

from msgspec.structs import replace
from sqlalchemy import bindparam, delete, insert, select

from rego.wire.base import Role
from rego.wire.boards import Board
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id
from rego_server.core.events import board_heads
from rego_server.core.patch import stamps
from rego_server.domains.access.models import board_members
from rego_server.domains.boards.models import boards

ADD = Statement(insert(boards))
DELETE = Statement(delete(boards).where(boards.c.id == bindparam("board_id", type_=Id)))
MINE = Statement(
    select(boards, board_heads.c.key, board_members.c.role)
    .select_from(
        board_members.join(boards, boards.c.id == board_members.c.board_id).join(
            board_heads, board_heads.c.board_id == boards.c.id
        )
    )
    .where(board_members.c.user_id == bindparam("caller_id", type_=Id))
    .order_by(boards.c.archived, boards.c.title, boards.c.id)
)
KEY_IN_USE = Statement(select(board_heads.c.board_id).where(board_heads.c.key == bindparam("key")))
KEYS_LIKE = Statement(select(board_heads.c.key).where(board_heads.c.key.like(bindparam("pattern"))))


def board_of(row: Row) -> Board:
    """The board in `row`, without anybody's role: as events and snapshots carry it."""
    return Board(
        **stamps(row),
        title=row["title"],
        description=row["description"],
        key=row["key"],
        archived=row["archived"],
    )


def own_board_of(row: Row) -> Board:
    """The board in `row` with the role that the reader has on it."""
    return replace(board_of(row), role=Role(row["role"]))
