"""Letters with invitations, counted by who had them sent, whatever becomes of the board."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rego_server.core.db import schema

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = "invitation_letters"
INDEXED = ("user_id", "sent_at")


def upgrade() -> None:
    """Make the table, and count the letters of the invitations that are there."""
    op.create_table(
        TABLE,
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("user_id", schema.Id(), nullable=False),
        sa.Column("sent_at", schema.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_invitation_letters_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_letters")),
    )
    for name in INDEXED:
        op.create_index(op.f(f"ix_invitation_letters_{name}"), TABLE, [name], unique=False)
    op.execute(
        "INSERT INTO invitation_letters (id, user_id, sent_at) SELECT id, created_by, created_at FROM invitations "
        "WHERE email IS NOT NULL AND created_by IS NOT NULL"
    )


def downgrade() -> None:
    """Drop the table."""
    for name in INDEXED:
        op.drop_index(op.f(f"ix_invitation_letters_{name}"), table_name=TABLE)
    op.drop_table(TABLE)
