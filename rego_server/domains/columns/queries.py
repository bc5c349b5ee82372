"""Columns, alone and in their order."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, insert, or_, select
from sqlalchemy.sql.selectable import NamedFromClause

from rego.wire.columns import Color, Column, WipMode
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id
from rego_server.core.events import board_heads
from rego_server.core.patch import stamps
from rego_server.core.places import Spot, neighbour_ranks, ranked_lists
from rego_server.core.ranking import to_wire
from rego_server.domains.access.policy import entrance, on_board, view
from rego_server.domains.cards.models import cards
from rego_server.domains.columns.models import columns

BOARD_ID = bindparam("board_id", type_=Id)
COLUMN_ID = bindparam("column_id", type_=Id)


def _others(column: NamedFromClause) -> ColumnElement[bool]:
    return and_(column.c.board_id == board_heads.c.board_id, or_(COLUMN_ID.is_(None), column.c.id != COLUMN_ID))


COLUMN = view([columns], on_board(columns), columns.c.id == COLUMN_ID)
ENTER = entrance([columns], on_board(columns), columns.c.id == COLUMN_ID)
ENTER_TO_DELETE = entrance(
    [columns, select(func.count()).where(cards.c.column_id == columns.c.id).scalar_subquery().label("cards")],
    on_board(columns),
    columns.c.id == COLUMN_ID,
)
ENTER_TO_ADD = {
    spot: entrance([*neighbour_ranks(spot, columns, _others)], board_heads, board_heads.c.board_id == BOARD_ID) for spot in Spot
}
ENTER_TO_MOVE = {
    spot: entrance([columns, *neighbour_ranks(spot, columns, _others)], on_board(columns), columns.c.id == COLUMN_ID)
    for spot in Spot
}

_in_order = select(columns).where(columns.c.board_id == BOARD_ID).order_by(columns.c.rank, columns.c.id)
OF_BOARD = Statement(_in_order)
ON_BOARDS = ranked_lists(columns, columns.c.board_id)

ADD = Statement(insert(columns))
DELETE = Statement(delete(columns).where(columns.c.id == bindparam("row_id", type_=Id)))


def column_of(row: Row) -> Column:
    """The column in `row`."""
    return Column(
        **stamps(row),
        title=row["title"],
        rank=to_wire(row["rank"]),
        wip_limit=row["wip_limit"],
        wip_mode=WipMode(row["wip_mode"]),
        done=row["done"],
        color=Color(row["color"]) if row["color"] else None,
        archived=row["archived"],
    )
