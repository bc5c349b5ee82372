"""Bringing a database to the current shape at start-up. Alembic is loaded only when there is something to do."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rego.wire.errors import Unavailable
from rego_server.core.db.facts import connect_postgres
from rego_server.migrations import REVISIONS

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parents[2] / "migrations"
ADVISORY_LOCK = 0x7265676F
"""Holds back a second server that starts at the same moment; the number spells "rego"."""


class NewerDatabase(Unavailable):
    """The database was made by a newer Rego than this one."""


async def migrate_sqlite(path: Path) -> None:
    """Bring the file to the current shape. The caller holds the lock of its directory.

    Raises `Unavailable` when the file is no SQLite database or cannot be written.
    """
    try:
        await asyncio.to_thread(_migrate_sqlite, path)
    except sqlite3.Error as error:
        raise Unavailable(f"The database {path} cannot be used: {error}.") from error


async def migrate_postgres(url: str) -> None:
    """Bring the PostgreSQL database at `url` to the current shape, one server at a time.

    Raises `Unavailable` when there is no PostgreSQL or the URL is none.
    """
    connection = await connect_postgres(url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
        exists = await connection.fetchval("SELECT to_regclass('alembic_version')")
        found = await connection.fetchval("SELECT version_num FROM alembic_version") if exists else None
        if _is_behind(found):
            await _upgrade_postgres(url)
    finally:
        await connection.close()


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Run the revisions that `connection`'s database has not seen."""
    from alembic import command

    command.upgrade(alembic_config(connection), "head")


def _migrate_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as probe:
        exists = probe.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        row: Any = probe.execute("SELECT version_num FROM alembic_version").fetchone() if exists else None
    if _is_behind(row[0] if row else None):
        _upgrade_sqlite(path)


def _upgrade_sqlite(path: Path) -> None:
    from sqlalchemy import create_engine, event

    engine = create_engine(f"sqlite:///{path}", connect_args={"isolation_level": None})
    # Python's module begins no transaction before DDL, and half a migration could never be finished.
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            upgrade(connection)
    finally:
        engine.dispose()


async def _upgrade_postgres(url: str) -> None:
    import asyncpg
    from sqlalchemy.ext.asyncio import create_async_engine

    # By asyncpg's own reading of the URL: SQLAlchemy's knows no `sslmode` and the like.
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
    finally:
        await engine.dispose()


def _is_behind(found: str | None) -> bool:
    if found is not None and found not in REVISIONS:
        raise NewerDatabase(
            f"This database was made by a newer Rego (revision {found}; this one knows up to {REVISIONS[-1]}). "
            "Update Rego, or choose another database."
        )
    return found != REVISIONS[-1]
