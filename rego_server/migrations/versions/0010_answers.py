"""Answers that are kept for repeats: the board that each is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rego_server.core.db.schema import Id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of the answers that are kept for their day already it is not known."""
    op.add_column("operations", sa.Column("board_id", Id(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("operations", "board_id")
