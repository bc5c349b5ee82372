"""The servers of all faults: two processes of Rego, a Valkey to be killed, and a PostgreSQL that keeps what it acknowledges.

The other tests' PostgreSQL does without that, which is no place to kill processes and look for what is lost.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.chaos.faults import Site
from tests.chaos.run import NAIVE, REAL, site
from tests.postgres import Postgres, start_postgres
from tests.valkey import OwnValkey, start_own_valkey

SEED = 20_261_126


@pytest.fixture(scope="session")
def durable_postgres() -> Iterator[Postgres]:
    """A cluster with the durability of a real one."""
    with start_postgres(durable=True) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def mortal_valkey() -> Iterator[OwnValkey]:
    """A Valkey that is killed and comes back."""
    with start_own_valkey() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real(durable_postgres: Postgres, mortal_valkey: OwnValkey) -> AsyncIterator[Site]:
    """Real servers; each fault heals what it broke."""
    async with _site(durable_postgres, mortal_valkey, REAL) as place:
        yield place


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def naive(durable_postgres: Postgres, mortal_valkey: OwnValkey) -> AsyncIterator[Site]:
    """The control's servers."""
    async with _site(durable_postgres, mortal_valkey, NAIVE) as place:
        yield place


@asynccontextmanager
async def _site(postgres: Postgres, valkey: OwnValkey, command: tuple[str, ...]) -> AsyncIterator[Site]:
    name = f"rego_{uuid4().hex}"
    async with AsyncExitStack() as stack:
        url = await postgres.create_database(name)
        stack.push_async_callback(postgres.drop_database, name)
        yield await stack.enter_async_context(site(url, valkey, SEED, command))
