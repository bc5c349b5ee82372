"""The tables of checklists and their items."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, String, Table, UniqueConstraint

from rego.wire import limits
from rego_server.core.db.schema import Id, Timestamp, entity_columns, metadata

checklists = Table(
    "checklists",
    metadata,
    *entity_columns(),
    Column("card_id", Id, ForeignKey("cards.id", ondelete="CASCADE"), nullable=False),
    Column("title", String(limits.TITLE_MAX), nullable=False),
    Column("rank", BigInteger, nullable=False),
    UniqueConstraint("card_id", "rank"),
)

checklist_items = Table(
    "checklist_items",
    metadata,
    *entity_columns(),
    Column("checklist_id", Id, ForeignKey("checklists.id", ondelete="CASCADE"), nullable=False),
    Column("text", String(limits.TITLE_MAX), nullable=False),
    Column("rank", BigInteger, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("assignee_id", Id, ForeignKey("users.id", ondelete="SET NULL")),
    Column("due_at", Timestamp),
    UniqueConstraint("checklist_id", "rank"),
)
