"""The table of boards."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Table, Text

from rego.wire import limits
from rego_server.core.db.schema import entity_columns, metadata

boards = Table(
    "boards",
    metadata,
    *entity_columns(),
    Column("title", String(limits.TITLE_MAX), nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("description", Text, nullable=False),
)
