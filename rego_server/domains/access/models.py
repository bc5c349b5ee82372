"""Who is on which board, in which role."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from rego_server.core.db.schema import Id, Timestamp, metadata

board_members = Table(
    "board_members",
    metadata,
    Column("board_id", Id, ForeignKey("boards.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", String(10), nullable=False),
    Column("created_at", Timestamp, nullable=False),
)
