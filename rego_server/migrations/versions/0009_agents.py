"""Agents: which personal tokens are theirs, and which events they made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark and the name; no token and no event so far is an agent's."""
    op.add_column("personal_tokens", sa.Column("agent", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("event_log", sa.Column("actor_agent", sa.String(length=100), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("event_log", "actor_agent")
    op.drop_column("personal_tokens", "agent")
