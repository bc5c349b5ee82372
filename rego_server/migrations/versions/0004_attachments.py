"""Attachments, and the blobs that they name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rego_server.core.db import schema

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "blobs",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("folder", schema.Id(), nullable=False),
        sa.Column("board_id", schema.Id(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("orphaned_at", schema.Timestamp(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blobs")),
    )
    op.create_index(op.f("ix_blobs_board_id"), "blobs", ["board_id"])
    op.create_table(
        "attachments",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field_versions", schema.Json(), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("updated_at", schema.Timestamp(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.Column("updated_by", schema.Id(), nullable=True),
        sa.Column("card_id", schema.Id(), nullable=False),
        sa.Column("blob_id", schema.Id(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_attachments_created_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_attachments_updated_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_attachments_card_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["blob_id"], ["blobs.id"], name=op.f("fk_attachments_blob_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_card_id"), "attachments", ["card_id"])
    op.create_index(op.f("ix_attachments_blob_id"), "attachments", ["blob_id"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table("attachments")
    op.drop_table("blobs")
