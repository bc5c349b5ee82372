"""Migrations: they make what the metadata says, on both databases, once, whole, and never on a newer database."""

from __future__ import annotations

import asyncio
import sqlite3
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.exc import SAWarning
from sqlalchemy.ext.asyncio import create_async_engine

from rego.client import system
from rego.client.aio import Client
from rego.client.server import Server as Address
from rego_server.app import open_server
from rego_server.core.db import migrate
from rego_server.core.db.migrate import NewerDatabase, alembic_config, migrate_postgres, migrate_sqlite, upgrade
from rego_server.core.db.sqlite import SqliteDatabase, connect
from rego_server.migrations import REVISIONS
from rego_server.schema import metadata
from tests.letters import Letterbox
from tests.postgres import Postgres
from tests.running import fast_settings, running
from tests.server.site import Site

T = TypeVar("T")


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    """A database that nobody migrated yet, and the data directory of a server that would."""
    if request.param == "sqlite":
        yield Site("", "", tmp_path, Letterbox())
        return
    cluster: Postgres = request.getfixturevalue("postgres")
    name = f"rego_{uuid4().hex}"
    yield Site("", await cluster.create_database(name), tmp_path, Letterbox())
    await cluster.drop_database(name)


async def _migrated(site: Site) -> None:
    if site.database_url:
        await migrate_postgres(site.database_url)
    else:
        await migrate_sqlite(site.data_dir / "rego.db")


async def _with_connection(site: Site, work: Callable[[Connection], T]) -> T:
    """Run `work` with SQLAlchemy's connection to the database, in a transaction."""
    if site.database_url:
        engine = create_async_engine("postgresql+asyncpg://" + site.database_url.partition("://")[2])
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()
    own = create_engine(f"sqlite:///{site.data_dir / 'rego.db'}")
    try:
        with own.begin() as connection:
            return work(connection)
    finally:
        own.dispose()


def _differences(connection: Connection) -> list[Any]:
    with warnings.catch_warnings():
        # SQLite cannot say what an index on an expression is of; those are compared by name below.
        warnings.simplefilter("ignore", SAWarning)
        warnings.filterwarnings("ignore", "autogenerate skipping", UserWarning)
        options = {"compare_type": True, "include_object": lambda _, name, kind, *__: not _is_on_expression(name)}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _is_on_expression(name: str | None) -> bool:
    return bool(name and name.startswith("ux_"))


async def test_migrations_make_what_the_metadata_says(empty: Site) -> None:
    await _migrated(empty)
    assert await _with_connection(empty, _differences) == []


async def test_indexes_on_expressions_are_there_and_unique(empty: Site) -> None:
    await _migrated(empty)
    if empty.database_url:
        found = await empty.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'ux_%'")
    else:
        found = await empty.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name LIKE 'ux_%'")
    declared = {index.name for table in metadata.tables.values() for index in table.indexes if _is_on_expression(index.name)}
    assert {name for name, _ in found} == declared == {"ux_users_username", "ux_users_email"}
    for name, definition in found:
        assert definition.upper().startswith("CREATE UNIQUE INDEX")
        assert ("placeholder" in definition) == (name == "ux_users_username")


async def test_comparing_finds_a_difference(empty: Site) -> None:
    """The control: a column too many is found."""
    await _migrated(empty)
    await empty.execute("ALTER TABLE labels ADD COLUMN shade INTEGER")
    ((kind, *_),) = await _with_connection(empty, _differences)
    assert kind == "remove_column"


def test_the_list_of_revisions_is_alembics_history() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    history = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(history)) == REVISIONS
    assert script.get_heads() == [REVISIONS[-1]]


async def test_migrating_twice_changes_nothing(empty: Site) -> None:
    await _migrated(empty)
    ((epoch,),) = await empty.execute("SELECT epoch FROM instance")
    await _migrated(empty)
    assert await empty.execute("SELECT epoch FROM instance") == [(epoch,)]
    assert await empty.execute("SELECT version_num FROM alembic_version") == [(REVISIONS[-1],)]


async def test_down_and_up_again(empty: Site) -> None:
    await _migrated(empty)
    await _with_connection(empty, lambda connection: command.downgrade(alembic_config(connection), "base"))
    assert await _with_connection(empty, lambda connection: inspect(connection).get_table_names()) == ["alembic_version"]
    await _migrated(empty)
    assert await _with_connection(empty, _differences) == []


async def test_a_database_of_a_newer_rego_is_left_alone(empty: Site) -> None:
    await _migrated(empty)
    await empty.execute("UPDATE alembic_version SET version_num = 'f00d'")
    with pytest.raises(NewerDatabase, match=r"made by a newer Rego \(revision f00d; this one knows up to \d+\)"):
        async with open_server(fast_settings(empty.data_dir, empty.database_url)):
            pytest.fail("the server started")
    assert await empty.execute("SELECT version_num FROM alembic_version") == [("f00d",)]


async def test_a_migration_that_breaks_off_leaves_nothing_and_can_be_done_again(
    empty: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the first start is killed: half the tables would make every later start fail."""

    def broken(connection: Connection) -> None:
        upgrade(connection)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(migrate, "upgrade", broken)
        await _migrated(empty)
    assert await _with_connection(empty, lambda connection: inspect(connection).get_table_names()) == []
    await _migrated(empty)
    assert await _with_connection(empty, _differences) == []


async def test_servers_that_start_at_once_on_an_empty_database_all_work(postgres: Postgres, tmp_path: Path) -> None:
    """Two share a data directory, and so a signing key; the third has its own."""
    name = f"rego_{uuid4().hex}"
    url = await postgres.create_database(name)
    directories = [tmp_path / "shared", tmp_path / "shared", tmp_path / "own"]
    async with AsyncExitStack() as stack:
        servers = await asyncio.gather(
            *(stack.enter_async_context(running(fast_settings(directory, url))) for directory in directories)
        )
        assert len({server.server.epoch for server in servers}) == 1
        for server in servers:
            async with Client(Address.parse(server.url), None) as client:
                assert (await client.send(system.health())).status == "healthy"
        first, second = (server.server.auth.tokens for server in servers[:2])
        token = first.issue(str(uuid4()), str(uuid4()))
        assert second.verify(token) == first.verify(token)
    await postgres.drop_database(name)


async def test_a_url_with_options_is_read_as_asyncpg_reads_it(postgres: Postgres, tmp_path: Path) -> None:
    name = f"rego_{uuid4().hex}"
    url = await postgres.create_database(name)
    await migrate_postgres(f"{url}?sslmode=prefer&application_name=rego%20test")
    connection = await asyncpg.connect(url)
    try:
        assert await connection.fetchval("SELECT version_num FROM alembic_version") == REVISIONS[-1]
    finally:
        await connection.close()
    await postgres.drop_database(name)


async def test_sqlite_keeps_what_it_acknowledged_and_its_references(tmp_path: Path) -> None:
    await migrate_sqlite(tmp_path / "rego.db")
    database = await SqliteDatabase.open(tmp_path / "rego.db")
    with closing(connect(tmp_path / "rego.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("INSERT INTO board_members VALUES ('x', 'y', 'owner', 'z')")
    await database.close()
