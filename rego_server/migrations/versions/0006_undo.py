"""Undo: which event takes back which, what a deleted card left behind, and the activity of one card."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rego_server.core.db import schema

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CARD_OF = {
    "sqlite": "UPDATE event_log SET card_id = json_extract(data, '$.card.id') WHERE data LIKE '%\"card\":{%'",
    "postgresql": "UPDATE event_log SET card_id = (data::json #>> '{card,id}')::uuid WHERE data LIKE '%\"card\":{%'",
}
"""The card that each event of the log so far is about."""


def upgrade() -> None:
    """Add the two columns of the log with their indexes, and the table of remains."""
    op.add_column("event_log", sa.Column("reverts", sa.BigInteger(), nullable=True))
    op.add_column("event_log", sa.Column("card_id", schema.Id(), nullable=True))
    op.execute(CARD_OF[op.get_context().dialect.name])
    op.create_index("ix_event_log_reverts", "event_log", ["board_id", "reverts"])
    op.create_index("ix_event_log_card", "event_log", ["board_id", "card_id", "seq"])
    op.create_table(
        "card_remains",
        sa.Column("board_id", schema.Id(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id", "seq"],
            ["event_log.board_id", "event_log.seq"],
            name=op.f("fk_card_remains_board_id"),
            ondelete="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("board_id", "seq", name=op.f("pk_card_remains")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("card_remains")
    op.drop_index("ix_event_log_card", table_name="event_log")
    op.drop_index("ix_event_log_reverts", table_name="event_log")
    op.drop_column("event_log", "card_id")
    op.drop_column("event_log", "reverts")
