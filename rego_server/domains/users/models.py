"""The table of people."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, String, Table, func, not_

from rego.wire import limits
from rego_server.core.db.schema import entity_columns, metadata

users = Table(
    "users",
    metadata,
    *entity_columns(),
    Column("email", String(limits.EMAIL_MAX)),
    Column("username", String(limits.USERNAME_MAX), nullable=False),
    Column("firstname", String(limits.NAME_MAX), nullable=False),
    Column("lastname", String(limits.NAME_MAX), nullable=False),
    Column("password_hash", String(200)),
    Column("is_active", Boolean, nullable=False),
    Column("is_verified", Boolean, nullable=False),
    Column("is_superuser", Boolean, nullable=False),
    # Stands for somebody whom an import named; it cannot log in, and its username need not be unique.
    Column("placeholder", Boolean, nullable=False),
)

# A named expression, so that the placeholder rule is written once for both databases.
_REAL = not_(users.c.placeholder)

Index("ux_users_username", func.lower(users.c.username), unique=True, postgresql_where=_REAL, sqlite_where=_REAL)
Index("ux_users_email", func.lower(users.c.email), unique=True)
