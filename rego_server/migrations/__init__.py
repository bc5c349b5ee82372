"""The history of the database's shape, in Alembic revisions."""

from __future__ import annotations

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011")
"""Every revision in order. A database at the last one needs no Alembic; one at an unknown one is of a newer Rego."""
