"""Comments know whom they mention."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rego_server.core.db import schema

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was written before mentions nobody: it was not looked up, and nobody shall be told of it now."""
    op.add_column("comments", sa.Column("mentions", schema.Json(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Forget them."""
    op.drop_column("comments", "mentions")
