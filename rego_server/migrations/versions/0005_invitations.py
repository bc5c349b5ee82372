"""Invitations to boards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rego_server.core.db import schema

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLE = "invitations"
INDEXED = ("board_id", "created_by", "expires_at")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        TABLE,
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("board_id", schema.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("expires_at", schema.Timestamp(), nullable=False),
        sa.Column("revoked_at", schema.Timestamp(), nullable=True),
        sa.Column("accepted_at", schema.Timestamp(), nullable=True),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_invitations_board_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_invitations_created_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("digest", name=op.f("uq_invitations_digest")),
    )
    for name in INDEXED:
        op.create_index(op.f(f"ix_invitations_{name}"), TABLE, [name], unique=False)


def downgrade() -> None:
    """Drop the table."""
    for name in INDEXED:
        op.drop_index(op.f(f"ix_invitations_{name}"), table_name=TABLE)
    op.drop_table(TABLE)
