"""Invitations. Used and revoked ones stay for a while, so that whoever brings one hears what became of it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table

from rego.wire import limits
from rego_server.core.db.schema import Id, Timestamp, metadata

invitations = Table(
    "invitations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("board_id", Id, ForeignKey("boards.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("role", String(10), nullable=False),
    Column("email", String(limits.EMAIL_MAX)),
    Column("created_by", Id, ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False, index=True),
    Column("revoked_at", Timestamp),
    Column("accepted_at", Timestamp),
)

invitation_letters = Table(
    "invitation_letters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("sent_at", Timestamp, nullable=False, index=True),
)
"""Who has mailed an invitation when, for a day: the invitation itself may be gone sooner, with its board."""
