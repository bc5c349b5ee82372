"""The table of labels."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from rego.wire import limits
from rego_server.core.db.schema import Id, entity_columns, metadata

labels = Table(
    "labels",
    metadata,
    *entity_columns(),
    Column("board_id", Id, ForeignKey("boards.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(limits.NAME_MAX), nullable=False),
    Column("color", String(10), nullable=False),
)
