"""The servers of all faults: two processes of Rego, a Valkey and a PostgreSQL to be killed.

It keeps what it acknowledges. That of the other tests does not, and is no place to kill processes and look for what is lost.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.chaos.faults import Site
from tests.chaos.run import NAIVE, REAL, site
from tests.postgres import OwnPostgres, start_own_postgres
from tests.valkey import OwnValkey, start_own_valkey

SEED = 20_261_126


@pytest.fixture(scope="session")
def durable_postgres() -> Iterator[OwnPostgres]:
    """A cluster with the durability of a real one, to be killed."""
    with start_own_postgres(durable=True) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def mortal_valkey() -> Iterator[OwnValkey]:
    """A Valkey that is killed and comes back."""
    with start_own_valkey() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real(durable_postgres: OwnPostgres, mortal_valkey: OwnValkey) -> AsyncIterator[Site]:
    """Real servers; each fault heals what it broke."""
    async with site(durable_postgres, mortal_valkey, SEED, REAL) as place:
        yield place


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def naive(durable_postgres: OwnPostgres, mortal_valkey: OwnValkey) -> AsyncIterator[Site]:
    """The control's servers."""
    async with site(durable_postgres, mortal_valkey, SEED, NAIVE) as place:
        yield place
