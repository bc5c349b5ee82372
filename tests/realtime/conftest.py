"""Fixtures of the live tests; `stage` comes once with each database, as everything that is built on it does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.realtime.stage import Desk, Stage
from tests.running import Running, Somebody


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        yield Stage(stack, tmp_path / "data", database_url)


@pytest.fixture
async def sqlite_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage on SQLite alone, for what the database has no part in."""
    async with AsyncExitStack() as stack:
        yield Stage(stack, tmp_path / "data", "")


@pytest.fixture
async def live(stage: Stage) -> Running:
    """A server that ticks quickly."""
    return await stage.server()


@pytest.fixture
async def ada(stage: Stage, live: Running) -> Somebody:
    return await stage.person(live, "ada")


@pytest.fixture
async def desk(stage: Stage, ada: Somebody) -> Desk:
    """A board of ada's."""
    return await stage.desk(ada)
