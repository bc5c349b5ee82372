"""The table of comments."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from rego.wire import limits
from rego_server.core.db.schema import Id, Json, entity_columns, metadata

comments = Table(
    "comments",
    metadata,
    *entity_columns(),
    Column("card_id", Id, ForeignKey("cards.id", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("mentions", Json, nullable=False),
    # The automation rule that wrote it, if no person did.
    Column("rule", String(limits.NAME_MAX)),
)
Index("ix_comments_card_id_created_at", comments.c.card_id, comments.c.created_at)
