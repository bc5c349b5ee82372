"""The table of cards. A row carries its labels, people and counts, so that a board is read without joins."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from rego.wire import limits
from rego_server.core.db.schema import Id, Json, Timestamp, entity_columns, metadata

cards = Table(
    "cards",
    metadata,
    *entity_columns(),
    Column("board_id", Id, ForeignKey("boards.id", ondelete="CASCADE"), nullable=False),
    Column("column_id", Id, ForeignKey("board_columns.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("title", String(limits.TITLE_MAX), nullable=False),
    Column("rank", BigInteger, nullable=False),
    Column("due_at", Timestamp),
    Column("start_at", Timestamp),
    Column("priority", String(10), nullable=False),
    Column("completed", Boolean, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("has_description", Boolean, nullable=False),
    Column("label_ids", Json, nullable=False),
    Column("assignee_ids", Json, nullable=False),
    Column("checklist_done", Integer, nullable=False),
    Column("checklist_total", Integer, nullable=False),
    Column("comment_count", Integer, nullable=False),
    Column("attachment_count", Integer, nullable=False),
    # Last, so that SQLite reads a board without stepping over long texts.
    Column("description", Text, nullable=False),
    UniqueConstraint("column_id", "rank"),
    UniqueConstraint("board_id", "number"),
)
_dated = cards.c.due_at.is_not(None)
Index("ix_cards_due", cards.c.board_id, cards.c.due_at, postgresql_where=_dated, sqlite_where=_dated)

card_labels = Table(
    "card_labels",
    metadata,
    Column("card_id", Id, ForeignKey("cards.id", ondelete="CASCADE"), primary_key=True),
    Column("label_id", Id, ForeignKey("labels.id", ondelete="CASCADE"), primary_key=True, index=True),
)

card_assignees = Table(
    "card_assignees",
    metadata,
    Column("card_id", Id, ForeignKey("cards.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    # A claim is an assignment that somebody else may take over after this moment.
    Column("claimed_until", Timestamp),
)

card_remains = Table(
    "card_remains",
    metadata,
    Column("board_id", Id, primary_key=True),
    # The number of the event that says that the card was deleted.
    Column("seq", BigInteger, primary_key=True),
    Column("content", Text, nullable=False),
    # Deferred, because it is written together with its event, in whatever order.
    ForeignKeyConstraint(
        ["board_id", "seq"],
        ["event_log.board_id", "event_log.seq"],
        ondelete="CASCADE",
        deferrable=True,
        initially="DEFERRED",
    ),
)
