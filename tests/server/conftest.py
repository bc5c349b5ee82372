"""Fixtures of the server's tests: one server per database for all tests that need nothing of its insides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.conftest import TEMPLATE, Join
from tests.letters import Letterbox
from tests.postgres import Postgres
from tests.running import Somebody, fast_settings, join, server_thread
from tests.server.furnished import Furnished, furnish
from tests.server.site import Account, Site


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server in a thread, once on each database; tests make their own people and boards on it."""
    data_dir = tmp_path_factory.mktemp("site")
    url = "" if request.param == "sqlite" else _new_database(request.getfixturevalue("postgres"))
    letters = Letterbox()
    with server_thread(fast_settings(data_dir, url), letters) as address:
        yield Site(address, url, data_dir, letters)


def _new_database(cluster: Postgres) -> str:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(
            lambda: asyncio.run(cluster.create_database(f"rego_site_{uuid4().hex}", template=TEMPLATE))
        ).result()


@pytest.fixture
async def join_site(site: Site) -> AsyncIterator[Join]:
    """Makes people on the shared server; their usernames begin with the given name."""
    joined: list[Somebody] = []

    async def make(name: str) -> Somebody:
        joined.append(await join(site.url, f"{name}-{uuid4().hex[:10]}"))
        return joined[-1]

    yield make
    for somebody in joined:
        await somebody.client.close()


@pytest.fixture(scope="session")
def cast(site: Site) -> list[Account]:
    """Accounts of the shared server that no test changes: an owner, a member, a viewer, a stranger, a former member, and a
    superuser who is on no board."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_make_cast(site))).result()


async def _make_cast(site: Site) -> list[Account]:
    accounts = []
    for name in ("owner", "member", "viewer", "stranger", "former", "superuser"):
        somebody = await join(site.url, f"{name}-{uuid4().hex[:10]}")
        await somebody.client.close()
        accounts.append(Account(somebody.user, somebody.token))
    await site.execute("UPDATE users SET is_superuser = ? WHERE id = ?", True, accounts[-1].user.id)
    return accounts


@pytest.fixture
async def desk(site: Site, cast: list[Account]) -> AsyncIterator[Furnished]:
    """A board of its own on the shared server, with the shared people and something of every kind on it."""
    people = [account.logged_in(site.url) for account in cast[:3]]
    try:
        yield await furnish(*people)
    finally:
        for somebody in people:
            await somebody.client.close()
