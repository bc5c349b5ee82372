"""The log of a board, newest first, as far as it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlalchemy import BigInteger, ColumnElement, bindparam, or_, select

from rego.wire.activity import ROOM_MADE
from rego_server.core.db import Statement, ascii_lower
from rego_server.core.db.schema import Id, Timestamp
from rego_server.core.events import REVERTED_BY, event_log
from rego_server.domains.cards.models import cards

_BOARD_ID = bindparam("board_id", type_=Id)

_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "card_id": event_log.c.card_id == bindparam("card_id", type_=Id),
    "actor_id": event_log.c.actor_id == bindparam("actor_id", type_=Id),
    "actor_name": ascii_lower(event_log.c.actor_name) == bindparam("actor_name"),
    "kind": event_log.c.type.like(bindparam("kind")),
    "since": event_log.c.seq > bindparam("since", type_=BigInteger),
    "before": event_log.c.seq < bindparam("before", type_=BigInteger),
    "since_at": event_log.c.at >= bindparam("since_at", type_=Timestamp),
    "before_at": event_log.c.at < bindparam("before_at", type_=Timestamp),
}


@cache
def newest(conditions: frozenset[str]) -> Statement:
    """The statement with just these conditions, so that each combination uses the index that serves it."""
    return Statement(
        select(event_log, REVERTED_BY)
        .where(event_log.c.board_id == _BOARD_ID, event_log.c.type.not_like(f"%{ROOM_MADE}"))
        .where(*(_CONDITIONS[name] for name in sorted(conditions)))
        .order_by(event_log.c.seq.desc())
        .limit(bindparam("count"))
    )


CARD_OF_NUMBER = Statement(select(cards.c.id).where(cards.c.board_id == _BOARD_ID, cards.c.number == bindparam("number")))

LOST_CARD = Statement(
    select(event_log.c.card_id.label("id"))
    .where(
        event_log.c.board_id == _BOARD_ID,
        or_(event_log.c.type == "card.deleted", event_log.c.type == "card.left"),
        event_log.c.data.like(bindparam("pattern")),
    )
    .order_by(event_log.c.seq.desc())
    .limit(1)
)
"""A card that only the log remembers, because it was deleted or went to another board: found by how its reference stands in the
data of its last event here.
"""
