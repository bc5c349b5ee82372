"""Which of some cards are on a board."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from rego_server.core.db import Statement, one_of
from rego_server.core.db.schema import Id, Json
from rego_server.domains.cards.models import cards

CARDS_AMONG = Statement(
    select(cards.c.id).where(
        cards.c.board_id == bindparam("board_id", type_=Id), one_of(cards.c.id, bindparam("ids", type_=Json))
    )
)
