"""Secrets that are good once: for a forgotten password, an address to verify, a socket."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rego_server.core.db import schema

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLE = "one_time_secrets"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        TABLE,
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("user_id", schema.Id(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("session_id", schema.Id(), nullable=True),
        sa.Column("board_id", schema.Id(), nullable=True),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("expires_at", schema.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_one_time_secrets_board_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_one_time_secrets_session_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_one_time_secrets_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_one_time_secrets")),
    )
    for name in ("user_id", "expires_at"):
        op.create_index(op.f(f"ix_one_time_secrets_{name}"), TABLE, [name], unique=False)


def downgrade() -> None:
    """Drop the table."""
    for name in ("expires_at", "user_id"):
        op.drop_index(op.f(f"ix_one_time_secrets_{name}"), table_name=TABLE)
    op.drop_table(TABLE)
