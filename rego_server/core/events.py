"""The event log: for each board a head row that counts, and one append-only table of what happened.

The head row is the lock of its board: whoever changes the board holds it, so commit order is sequence order and a reader who
tails `seq > n` never meets a gap or a late arrival.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    insert,
    select,
    update,
)

from rego.wire.event_data import Actor, Cause, RawEvent
from rego_server.core.db import Connection, Row, Statement, one_of
from rego_server.core.db.schema import Id, Json, Timestamp, metadata

board_heads = Table(
    "board_heads",
    metadata,
    Column("board_id", Id, ForeignKey("boards.id", ondelete="CASCADE"), primary_key=True),
    # What the first half of a reference such as OPS-12 says; it never changes.
    Column("key", String(6), nullable=False, unique=True),
    Column("seq", BigInteger, nullable=False),
    # A client whose seq is below the floor cannot be brought up to date by events; it gets a snapshot.
    Column("floor", BigInteger, nullable=False),
    # The number of the newest card.
    Column("last_number", Integer, nullable=False),
    # What the board's automation rules wait for, so that a change on which none waits costs nothing.
    Column("triggers", String(200), nullable=False, server_default=""),
)

event_log = Table(
    "event_log",
    metadata,
    Column("board_id", Id, ForeignKey("boards.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("type", String(40), nullable=False),
    Column("at", Timestamp, nullable=False),
    Column("actor_id", Id),
    Column("actor_name", String(100)),
    # The name of the agent's token with which it was done, if it was.
    Column("actor_agent", String(100)),
    Column("cause", Json),
    Column("op_id", String(64)),
    # The number of the event that this one takes back.
    Column("reverts", BigInteger),
    # The card that it is about, for that card's activity.
    Column("card_id", Id),
    Column("data", Text, nullable=False),
)
Index("ix_event_log_op", event_log.c.board_id, event_log.c.actor_id, event_log.c.op_id)
Index("ix_event_log_reverts", event_log.c.board_id, event_log.c.reverts)
Index("ix_event_log_card", event_log.c.board_id, event_log.c.card_id, event_log.c.seq)

instance = Table(
    "instance",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_row"), primary_key=True),
    Column("epoch", Id, nullable=False),
)

GET_EPOCH = Statement(select(instance.c.epoch))

ADD_HEAD = Statement(insert(board_heads))
SET_HEAD = Statement(
    update(board_heads)
    .where(board_heads.c.board_id == bindparam("head_id"))
    .values(seq=bindparam("seq"), last_number=bindparam("last_number"), triggers=bindparam("triggers"))
)
EPOCH = select(instance.c.epoch).scalar_subquery().label("epoch")
"""The database's life, for a statement that reads something else too: both are then of one moment."""

GET_SEQS = Statement(
    select(board_heads.c.board_id, board_heads.c.seq, board_heads.c.floor, EPOCH).where(
        one_of(board_heads.c.board_id, bindparam("board_ids", type_=Json))
    )
)

ADD_EVENT = Statement(insert(event_log))
_OF_BOARD = select(event_log).where(event_log.c.board_id == bindparam("board_id"))
EVENTS_SINCE = Statement(
    _OF_BOARD.where(event_log.c.seq > bindparam("since")).order_by(event_log.c.seq).limit(bindparam("count"))
)
EVENTS_BEFORE = Statement(
    _OF_BOARD.where(event_log.c.seq < bindparam("before")).order_by(event_log.c.seq.desc()).limit(bindparam("count"))
)


_reverting = event_log.alias("reverting")

REVERTED_BY = (
    select(_reverting.c.seq)
    .where(_reverting.c.board_id == event_log.c.board_id, _reverting.c.reverts == event_log.c.seq)
    .limit(1)
    .correlate(event_log)
    .scalar_subquery()
    .label("reverted_by")
)
"""For a statement on the log: the number of the one event that takes back each, null for those that stand."""


class Committed(NamedTuple):
    """Events of one board that are in the log: the number of the first, and each as the JSON that goes to clients."""

    board_id: str
    first_seq: int
    events: Sequence[bytes]


def goes_on(since: int, rows: Sequence[Row], seq: int = 0) -> bool:
    """Whether `rows`, read after `since` when the board was at `seq`, are the next ones; none are when all is read."""
    return rows[0]["seq"] == since + 1 if rows else since >= seq


class LogTrimmed(Exception):
    """The event after the one that was asked from is no longer in the log."""


async def events_since(connection: Connection, board_id: str, since: int, count: int) -> list[RawEvent]:
    """At most `count` events after `since`, oldest first. Raises `LogTrimmed` when they do not follow on `since`.

    That is seen in the rows themselves, which come from one statement and so from one moment of the log: what is trimmed
    before or after it is another reader's affair.
    """
    rows = await connection.fetch(EVENTS_SINCE, board_id=board_id, since=since, count=count)
    if not goes_on(since, rows):
        raise LogTrimmed
    return [event_of(row) for row in rows]


class _Card(Struct, frozen=True):
    id: str | None = None


class _About(Struct):
    """As much of an event's data as says which card it is about."""

    card: _Card = _Card()


_about = msgspec.json.Decoder(_About)


def row_of(event: RawEvent) -> dict[str, Any]:
    """The row of the log that holds `event`."""
    return {
        "board_id": event.board_id,
        "seq": event.seq,
        "type": event.type,
        "at": event.at,
        "actor_id": event.actor.id if event.actor else None,
        "actor_name": event.actor.username if event.actor else None,
        "actor_agent": event.actor.agent if event.actor else None,
        "cause": event.cause,
        "op_id": event.op_id,
        "reverts": event.reverts,
        "card_id": _about.decode(event.data).card.id,
        "data": bytes(event.data).decode(),
    }


def _actor_of(row: Row) -> Actor | None:
    return Actor(id=row["actor_id"], username=row["actor_name"], agent=row["actor_agent"]) if row["actor_id"] else None


def event_of(row: Row) -> RawEvent:
    """The event in a row of the log."""
    return RawEvent(
        seq=row["seq"],
        board_id=row["board_id"],
        type=row["type"],
        at=row["at"],
        actor=_actor_of(row),
        cause=None if row["cause"] is None else msgspec.convert(row["cause"], Cause),
        op_id=row["op_id"],
        reverts=row["reverts"],
        data=msgspec.Raw(row["data"].encode()),
    )
