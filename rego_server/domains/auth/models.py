"""Sessions, the rotating refresh tokens that keep them alive, and secrets that are good once."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table

from rego.wire import limits
from rego_server.core.db.schema import Id, Timestamp, metadata

sessions = Table(
    "sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("user_agent", String(200), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    Column("revoked_at", Timestamp),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("session_id", Id, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Timestamp, nullable=False),
    Column("used_at", Timestamp),
)

one_time_secrets = Table(
    "one_time_secrets",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("purpose", String(20), nullable=False),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    # What the secret is bound to beside its owner: the address that it was sent to, or the session and the board of a socket.
    Column("email", String(limits.EMAIL_MAX)),
    Column("session_id", Id, ForeignKey("sessions.id", ondelete="CASCADE")),
    Column("board_id", Id, ForeignKey("boards.id", ondelete="CASCADE")),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False, index=True),
)
