"""The writes of an import."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from rego_server.core.db import Statement
from rego_server.core.db.schema import Id
from rego_server.core.events import board_heads

SET_FLOOR = Statement(
    update(board_heads).where(board_heads.c.board_id == bindparam("floor_of", type_=Id)).values(floor=bindparam("floor"))
)
"""Events up to the floor cannot rebuild the board: an imported board begins with more than its log tells."""
