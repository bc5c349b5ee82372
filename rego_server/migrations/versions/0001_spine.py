"""The spine: people, boards, cards and the event log."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

from rego_server.core.db import schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables, and give this database its life's name."""
    op.create_table(
        "instance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", schema.Id(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_instance_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    op.create_table(
        "users",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field_versions", schema.Json(), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("updated_at", schema.Timestamp(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.Column("updated_by", schema.Id(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("username", sa.String(length=32), nullable=False),
        sa.Column("firstname", sa.String(length=100), nullable=False),
        sa.Column("lastname", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("is_superuser", sa.Boolean(), nullable=False),
        sa.Column("placeholder", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_users_created_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_users_updated_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    real = sa.text("NOT placeholder")
    op.create_index(
        "ux_users_username", "users", [sa.text("lower(username)")], unique=True, postgresql_where=real, sqlite_where=real
    )
    op.create_index("ux_users_email", "users", [sa.text("lower(email)")], unique=True)
    op.create_table(
        "boards",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field_versions", schema.Json(), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("updated_at", schema.Timestamp(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.Column("updated_by", schema.Id(), nullable=True),
        sa.Column("title", sa.String(length=512), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_boards_created_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_boards_updated_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
    )
    op.create_table(
        "operations",
        sa.Column("user_id", schema.Id(), nullable=False),
        sa.Column("op_id", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_operations_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "op_id", name=op.f("pk_operations")),
    )
    op.create_index(op.f("ix_operations_created_at"), "operations", ["created_at"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("user_id", schema.Id(), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("expires_at", schema.Timestamp(), nullable=False),
        sa.Column("revoked_at", schema.Timestamp(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "personal_tokens",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("user_id", schema.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("board_ids", schema.Json(), nullable=True),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("expires_at", schema.Timestamp(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_personal_tokens_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_tokens")),
    )
    op.create_index(op.f("ix_personal_tokens_user_id"), "personal_tokens", ["user_id"], unique=False)
    op.create_table(
        "board_columns",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field_versions", schema.Json(), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("updated_at", schema.Timestamp(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.Column("updated_by", schema.Id(), nullable=True),
        sa.Column("board_id", schema.Id(), nullable=False),
        sa.Column("title", sa.String(length=512), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("wip_limit", sa.Integer(), nullable=True),
        sa.Column("wip_mode", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("color", sa.String(length=10), nullable=True),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_board_columns_board_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_board_columns_created_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_board_columns_updated_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_columns")),
        sa.UniqueConstraint("board_id", "rank", name=op.f("uq_board_columns_board_id_rank")),
    )
    op.create_table(
        "board_heads",
        sa.Column("board_id", schema.Id(), nullable=False),
        sa.Column("key", sa.String(length=6), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_board_heads_board_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("board_id", name=op.f("pk_board_heads")),
        sa.UniqueConstraint("key", name=op.f("uq_board_heads_key")),
    )
    op.create_table(
        "board_members",
        sa.Column("board_id", schema.Id(), nullable=False),
        sa.Column("user_id", schema.Id(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_board_members_board_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_board_members_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("board_id", "user_id", name=op.f("pk_board_members")),
    )
    op.create_index(op.f("ix_board_members_user_id"), "board_members", ["user_id"], unique=False)
    op.create_table(
        "event_log",
        sa.Column("board_id", schema.Id(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("at", schema.Timestamp(), nullable=False),
        sa.Column("actor_id", schema.Id(), nullable=True),
        sa.Column("actor_name", sa.String(length=100), nullable=True),
        sa.Column("cause", schema.Json(), nullable=True),
        sa.Column("op_id", sa.String(length=64), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_event_log_board_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("board_id", "seq", name=op.f("pk_event_log")),
    )
    op.create_index("ix_event_log_op", "event_log", ["board_id", "actor_id", "op_id"], unique=False)
    op.create_table(
        "labels",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field_versions", schema.Json(), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("updated_at", schema.Timestamp(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.Column("updated_by", schema.Id(), nullable=True),
        sa.Column("board_id", schema.Id(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("color", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_labels_board_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_labels_created_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_labels_updated_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
    )
    op.create_index(op.f("ix_labels_board_id"), "labels", ["board_id"], unique=False)
    op.create_table(
        "refresh_tokens",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("session_id", schema.Id(), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("used_at", schema.Timestamp(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_refresh_tokens_session_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(op.f("ix_refresh_tokens_session_id"), "refresh_tokens", ["session_id"], unique=False)
    op.create_table(
        "cards",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field_versions", schema.Json(), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("updated_at", schema.Timestamp(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.Column("updated_by", schema.Id(), nullable=True),
        sa.Column("board_id", schema.Id(), nullable=False),
        sa.Column("column_id", schema.Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=512), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("due_at", schema.Timestamp(), nullable=True),
        sa.Column("start_at", schema.Timestamp(), nullable=True),
        sa.Column("priority", sa.String(length=10), nullable=False),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("has_description", sa.Boolean(), nullable=False),
        sa.Column("label_ids", schema.Json(), nullable=False),
        sa.Column("assignee_ids", schema.Json(), nullable=False),
        sa.Column("checklist_done", sa.Integer(), nullable=False),
        sa.Column("checklist_total", sa.Integer(), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("attachment_count", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_cards_board_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["column_id"], ["board_columns.id"], name=op.f("fk_cards_column_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_cards_created_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_cards_updated_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("board_id", "number", name=op.f("uq_cards_board_id_number")),
        sa.UniqueConstraint("column_id", "rank", name=op.f("uq_cards_column_id_rank")),
    )
    op.create_table(
        "card_assignees",
        sa.Column("card_id", schema.Id(), nullable=False),
        sa.Column("user_id", schema.Id(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_card_assignees_card_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_card_assignees_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("card_id", "user_id", name=op.f("pk_card_assignees")),
    )
    op.create_index(op.f("ix_card_assignees_user_id"), "card_assignees", ["user_id"], unique=False)
    op.create_table(
        "card_labels",
        sa.Column("card_id", schema.Id(), nullable=False),
        sa.Column("label_id", schema.Id(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_card_labels_card_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["label_id"], ["labels.id"], name=op.f("fk_card_labels_label_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("card_id", "label_id", name=op.f("pk_card_labels")),
    )
    op.create_index(op.f("ix_card_labels_label_id"), "card_labels", ["label_id"], unique=False)
    op.create_table(
        "checklists",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field_versions", schema.Json(), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("updated_at", schema.Timestamp(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.Column("updated_by", schema.Id(), nullable=True),
        sa.Column("card_id", schema.Id(), nullable=False),
        sa.Column("title", sa.String(length=512), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_checklists_card_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_checklists_created_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_checklists_updated_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklists")),
        sa.UniqueConstraint("card_id", "rank", name=op.f("uq_checklists_card_id_rank")),
    )
    op.create_table(
        "comments",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field_versions", schema.Json(), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("updated_at", schema.Timestamp(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.Column("updated_by", schema.Id(), nullable=True),
        sa.Column("card_id", schema.Id(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_comments_card_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_comments_created_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_comments_updated_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index("ix_comments_card_id_created_at", "comments", ["card_id", "created_at"], unique=False)
    op.create_table(
        "checklist_items",
        sa.Column("id", schema.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field_versions", schema.Json(), nullable=False),
        sa.Column("created_at", schema.Timestamp(), nullable=False),
        sa.Column("updated_at", schema.Timestamp(), nullable=False),
        sa.Column("created_by", schema.Id(), nullable=True),
        sa.Column("updated_by", schema.Id(), nullable=True),
        sa.Column("checklist_id", schema.Id(), nullable=False),
        sa.Column("text", sa.String(length=512), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("assignee_id", schema.Id(), nullable=True),
        sa.Column("due_at", schema.Timestamp(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["users.id"], name=op.f("fk_checklist_items_assignee_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["checklists.id"], name=op.f("fk_checklist_items_checklist_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_checklist_items_created_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_checklist_items_updated_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_items")),
        sa.UniqueConstraint("checklist_id", "rank", name=op.f("uq_checklist_items_checklist_id_rank")),
    )
    instance = sa.table("instance", sa.column("id", sa.Integer), sa.column("epoch", schema.Id))
    op.bulk_insert(instance, [{"id": 1, "epoch": str(uuid.uuid4())}])


def downgrade() -> None:
    """Drop everything."""
    op.drop_table("checklist_items")
    op.drop_index("ix_comments_card_id_created_at", table_name="comments")
    op.drop_table("comments")
    op.drop_table("checklists")
    op.drop_index(op.f("ix_card_labels_label_id"), table_name="card_labels")
    op.drop_table("card_labels")
    op.drop_index(op.f("ix_card_assignees_user_id"), table_name="card_assignees")
    op.drop_table("card_assignees")
    op.drop_table("cards")
    op.drop_index(op.f("ix_refresh_tokens_session_id"), table_name="refresh_tokens")
    op.drop_table("refresh_tokens")
    op.drop_index(op.f("ix_labels_board_id"), table_name="labels")
    op.drop_table("labels")
    op.drop_index("ix_event_log_op", table_name="event_log")
    op.drop_table("event_log")
    op.drop_index(op.f("ix_board_members_user_id"), table_name="board_members")
    op.drop_table("board_members")
    op.drop_table("board_heads")
    op.drop_table("board_columns")
    op.drop_index(op.f("ix_personal_tokens_user_id"), table_name="personal_tokens")
    op.drop_table("personal_tokens")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("ix_operations_created_at"), table_name="operations")
    op.drop_table("operations")
    op.drop_table("boards")
    op.drop_table("users")
    op.drop_table("instance")
