"""Personal tokens; of the secret there is only a hash, which is enough because it is random and long."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, LargeBinary, String, Table, false

from rego.wire import limits
from rego_server.core.db.schema import Id, Json, Timestamp, metadata

personal_tokens = Table(
    "personal_tokens",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("digest", LargeBinary(32), nullable=False),
    Column("name", String(limits.TOKEN_NAME_MAX), nullable=False),
    Column("scope", String(10), nullable=False),
    # What is done with it is told as an agent's doing.
    Column("agent", Boolean, nullable=False, server_default=false()),
    # Null for all boards. Not a table of its own: a token whose boards are all deleted must not become one for all boards.
    Column("board_ids", Json),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp),
)
