"""The databases: one small port, a SQLite and a PostgreSQL that fill it. Nothing outside this package knows which one runs."""

from __future__ import annotations

from rego_server.core.db.port import Connection, Database, Row, UniqueViolation
from rego_server.core.db.statement import Statement, ascii_lower, one_of

__all__ = ["Connection", "Database", "Row", "Statement", "UniqueViolation", "ascii_lower", "one_of"]
