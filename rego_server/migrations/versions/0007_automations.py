"""Automations: rules, their runs, the due times that set them off, and what a board's head says of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rego_server.core.db import schema

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the columns and the index that rules need on others."""
    op.add_column("board_heads", sa.Column("triggers", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("comments", sa.Column("rule", sa.String(length=100), nullable=True))
    dated = sa.text("due_at IS NOT NULL")
    op.create_index("ix_cards_due", "cards", ["board_id", "due_at"], postgresql_where=dated, sqlite_where=dated)
    _make_rules()
    op.create_table(
        "automation_runs",
        sa.Column("automation_id", schema.Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", schema.Timestamp(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("cause", schema.Json(), nullable=False),
        sa.Column("changes", schema.Json(), nullable=False),
        sa.Column("duration_ms", sa.Float(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        _gone_with("automation_runs", "automation_id", "automations"),
        sa.PrimaryKeyConstraint("automation_id", "number", name=op.f("pk_automation_runs")),
    )
    op.create_table(
        "automation_firings",
        sa.Column("automation_id", schema.Id(), nullable=False),
        sa.Column("card_id", schema.Id(), nullable=False),
        sa.Column("due_at", schema.Timestamp(), nullable=False),
        sa.Column("fired_at", schema.Timestamp(), nullable=False),
        _gone_with("automation_firings", "automation_id", "automations"),
        sa.PrimaryKeyConstraint("automation_id", "card_id", "due_at", name=op.f("pk_automation_firings")),
    )


def _make_rules() -> None:
    op.create_table(
        "automations",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field_versions", schema.Json(), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("updated_at", schema.Timestamp(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.Column("updated_by", schema.Id(), nullable=True),
        sa.Column("board_id", schema.Id(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("trigger_type", sa.String(length=40), nullable=False),
        sa.Column("trigger", schema.Json(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("actions", schema.Json(), nullable=False),
        sa.Column("due_offset", sa.Integer(), nullable=True),
        sa.Column("due_after", schema.Timestamp(), nullable=True),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("last_run_at", schema.Timestamp(), nullable=True),
        sa.Column("last_outcome", sa.String(length=10), nullable=True),
        _gone_with("automations", "board_id", "boards"),
        _left_without("created_by"),
        _left_without("updated_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automations")),
    )
    op.create_index(op.f("ix_automations_board_id"), "automations", ["board_id"])
    timed = sa.text("due_offset IS NOT NULL")
    op.create_index("ix_automations_due_offset", "automations", ["due_offset"], postgresql_where=timed, sqlite_where=timed)


def _gone_with(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def _left_without(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["users.id"], name=op.f(f"fk_automations_{column}"), ondelete="SET NULL")


def downgrade() -> None:
    """Drop what was made."""
    op.drop_table("automation_firings")
    op.drop_table("automation_runs")
    op.drop_table("automations")
    op.drop_index("ix_cards_due", table_name="cards")
    op.drop_column("comments", "rule")
    op.drop_column("board_heads", "triggers")
