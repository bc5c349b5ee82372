"""Boards and their event logs."""

from __future__ import annotations

from msgspec.structs import replace
from sqlalchemy import bindparam, case, delete, func, insert, select

from rego.wire.base import Role
from rego.wire.boards import Board
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id, Timestamp
from rego_server.core.events import board_heads
from rego_server.core.patch import stamps
from rego_server.domains.access.models import board_members
from rego_server.domains.boards.models import boards
from rego_server.domains.cards.models import cards
from rego_server.domains.columns.models import columns

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
_standing = (boards.c.id == board_members.c.board_id) & ~boards.c.archived
_open = (
    (cards.c.board_id == boards.c.id)
    & ~cards.c.archived
    & cards.c.column_id.in_(
        select(columns.c.id).where((columns.c.board_id == boards.c.id) & ~columns.c.archived).correlate(boards)
    )
)
_late = ~cards.c.completed & (cards.c.due_at < bindparam("now", type_=Timestamp))
GLANCES = Statement(
    select(
        boards.c.id,
        func.count(cards.c.id).label("cards"),
        func.count(case((cards.c.completed, 1))).label("done"),
        func.count(case((_late, 1))).label("overdue"),
    )
    .select_from(board_members.join(boards, _standing).outerjoin(cards, _open))
    .where(board_members.c.user_id == bindparam("caller_id", type_=Id))
    .group_by(boards.c.id)
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
