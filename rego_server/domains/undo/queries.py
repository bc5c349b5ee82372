"""Events that are to be taken back, and what they were about as it is now."""

from __future__ import annotations

from functools import cache

from sqlalchemy import BigInteger, FromClause, Table, and_, bindparam, or_, select

from rego_server.core.db import Row, Statement, one_of
from rego_server.core.db.schema import Id, Json, Timestamp
from rego_server.core.events import REVERTED_BY, board_heads, event_log
from rego_server.core.uow import UnitOfWork
from rego_server.domains.access.policy import entrance
from rego_server.domains.attachments.models import attachments
from rego_server.domains.cards.models import cards
from rego_server.domains.checklists.models import checklist_items, checklists
from rego_server.domains.comments.models import comments

_BOARD_ID = bindparam("board_id", type_=Id)
_SEQ = bindparam("seq", type_=BigInteger)
_ACTOR_ID = bindparam("actor_id", type_=Id)

ENTER_EVENT = entrance(
    [event_log, board_heads.c.floor, REVERTED_BY],
    board_heads.outerjoin(event_log, and_(event_log.c.board_id == board_heads.c.board_id, event_log.c.seq == _SEQ)),
    board_heads.c.board_id == _BOARD_ID,
)
"""For `enter`: a board, one event of its log, and the number of the event that takes it back already."""

ACT_MAX = 2_000
"""How far from an event others may be that happened together with it."""

TOGETHER = Statement(
    select(event_log, REVERTED_BY)
    .select_from(board_heads.join(event_log, event_log.c.board_id == board_heads.c.board_id))
    .where(
        board_heads.c.board_id == _BOARD_ID,
        event_log.c.seq.between(bindparam("first"), bindparam("last")),
        event_log.c.at == bindparam("at", type_=Timestamp),
        or_(event_log.c.actor_id.is_(None), _ACTOR_ID.is_(None), event_log.c.actor_id == _ACTOR_ID),
    )
    .order_by(event_log.c.seq.desc())
)
"""The events of one transaction, newest first: a board's transactions are serial, and each has one moment and
one actor, whom the events of rules do not name."""

_WITH_CARD: dict[Table, FromClause] = {
    checklists: checklists.join(cards, cards.c.id == checklists.c.card_id),
    checklist_items: checklist_items.join(checklists, checklists.c.id == checklist_items.c.checklist_id).join(
        cards, cards.c.id == checklists.c.card_id
    ),
    comments: comments.join(cards, cards.c.id == comments.c.card_id),
    attachments: attachments.join(cards, cards.c.id == attachments.c.card_id),
}


@cache
def _on_board(table: Table) -> Statement:
    source, board_id = (_WITH_CARD[table], cards.c.board_id) if table in _WITH_CARD else (table, table.c.board_id)
    row_id = bindparam("row_id", type_=Id)
    return Statement(select(table).select_from(source).where(table.c.id == row_id, board_id == _BOARD_ID))


async def row_on_board(uow: UnitOfWork, table: Table, board_id: str, row_id: str) -> Row | None:
    """A row of `table` that belongs to the board, whatever stands between the two."""
    return await uow.fetch_one(_on_board(table), board_id=board_id, row_id=row_id)


CARDS_AMONG = Statement(
    select(cards.c.id, cards.c.label_ids, cards.c.assignee_ids)
    .where(cards.c.board_id == _BOARD_ID, one_of(cards.c.id, bindparam("ids", type_=Json)))
    .order_by(cards.c.id)
)
"""Those of some cards that are still on the board, with what they carry."""
