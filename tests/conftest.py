"""What all tests share: both databases as a parameter, a real server on each, and people on it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from hypothesis import settings
from redis.asyncio import Redis

from rego_server.core.db.migrate import migrate_postgres
from tests.postgres import Postgres, start_postgres
from tests.running import Running, Somebody, fast_settings, join, running, server_thread
from tests.valkey import OwnValkey, Valkey, start_own_valkey, start_valkey

# A busy machine is no bug, so an example may take its time. This is on top of the profile that Hypothesis chose itself, which
# in CI tries the same examples each time.
settings.register_profile("rego", parent=settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("rego")

TEMPLATE = f"rego_template_{uuid4().hex}"
"""Of this process: several may share a borrowed server."""

Join = Callable[[str], Awaitable[Somebody]]


NEW_OBJECTS = 20_000
"""How many more objects than before make Python look for garbage."""


def pytest_collection_finish() -> None:
    """What is loaded for the tests is no garbage, as in `rego_server.main`; to search it again and again would take a sixth of
    their time. Garbage of the tests themselves is still found, and at the end all of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _quiet_logs() -> None:
    structlog.configure(processors=[_drop])


def _drop(_logger: object, _method: str, _event: structlog.types.EventDict) -> structlog.types.EventDict:
    raise structlog.DropEvent


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A cluster with a migrated template database, for the whole session."""
    # In a thread, because an event loop may be running here: an async fixture asked for this one.
    with start_postgres() as cluster, ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_make_template(cluster))).result()
        yield cluster
        thread.submit(lambda: asyncio.run(cluster.drop_database(TEMPLATE))).result()


async def _make_template(cluster: Postgres) -> None:
    await migrate_postgres(await cluster.create_database(TEMPLATE))


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """A Valkey for the whole session; nobody may harm it."""
    with start_valkey() as server:
        yield server


@pytest.fixture
async def redis_url(valkey: Valkey) -> str:
    """An empty Redis database."""
    async with Redis.from_url(valkey.url) as redis:
        await redis.flushdb()
    return valkey.url


@pytest.fixture
def own_valkey() -> Iterator[OwnValkey]:
    """A Valkey of the test's own, to kill and to hold up."""
    with start_own_valkey() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """An empty database: of SQLite (in the server's data directory), then of PostgreSQL."""
    if request.param == "sqlite":
        yield ""
        return
    cluster: Postgres = request.getfixturevalue("postgres")
    name = f"rego_{uuid4().hex}"
    yield await cluster.create_database(name, template=TEMPLATE)
    await cluster.drop_database(name)


@pytest.fixture
async def server(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    """A real server in this test's event loop, once on each database."""
    async with running(fast_settings(tmp_path / "data", database_url)) as server:
        yield server


@pytest.fixture
async def people(server: Running) -> AsyncIterator[Join]:
    """Makes accounts on the server, logged in through the SDK."""
    joined: list[Somebody] = []

    async def make(username: str) -> Somebody:
        joined.append(await join(server.url, username))
        return joined[-1]

    yield make
    for somebody in joined:
        await somebody.client.__aexit__(None, None, None)


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on SQLite in a thread, shared by all tests that block; each makes its own people and boards."""
    with server_thread(fast_settings(tmp_path_factory.mktemp("server"))) as url:
        yield url
