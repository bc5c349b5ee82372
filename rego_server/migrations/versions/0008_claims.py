"""Claims: until when an assignment lasts that somebody made for themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rego_server.core.db import schema

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment to the assignments; those that are there have no end."""
    op.add_column("card_assignees", sa.Column("claimed_until", schema.Timestamp(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("card_assignees", "claimed_until")
