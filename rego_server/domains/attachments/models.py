"""The tables of attachments and of the blobs that they name."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from rego_server.core.db.schema import Id, Timestamp, entity_columns, metadata

# A blob outlives what names it, so that a deletion can be undone: neither its board nor its card takes it along.
blobs = Table(
    "blobs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("folder", Id, nullable=False),
    Column("board_id", Id, nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("content_type", String(100), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("orphaned_at", Timestamp),
)

attachments = Table(
    "attachments",
    metadata,
    *entity_columns(),
    Column("card_id", Id, ForeignKey("cards.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("blob_id", Id, ForeignKey("blobs.id"), nullable=False, index=True),
    Column("filename", String(255), nullable=False),
)
