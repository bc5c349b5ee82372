"""Alembic's entry: runs the revisions on the connection that `rego_server.core.db.migrate` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from rego_server.schema import metadata


def _run(connection: Connection) -> None:
    # SQLite cannot alter most of a table in place; batch mode copies it.
    batch = connection.dialect.name == "sqlite"
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=batch, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])
