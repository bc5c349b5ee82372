"""What the SDK's tests share: directories of their own, servers that follow a script, and a clock that sleeping advances."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rego.client.paths import Paths
from rego.client.server import Server
from tests.client.scripted import FakeTime, ScriptedBoard, ScriptedServer, listening
from tests.client.watching import Watcher
from tests.ports import free_port


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(config=tmp_path / "config", data=tmp_path / "data", cache=tmp_path / "cache")


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def watch(time: FakeTime) -> Watcher:
    return Watcher(time)


@pytest.fixture
async def rest() -> AsyncIterator[ScriptedServer]:
    """A server on TCP that answers requests by script."""
    script = ScriptedServer()
    async with listening(script.app()) as server:
        script.server = server
        yield script


@pytest.fixture
async def board() -> AsyncIterator[ScriptedBoard]:
    """A server on TCP that holds live connections by script."""
    script = ScriptedBoard()
    async with listening(script.app()) as server:
        script.server = server
        yield script


@pytest.fixture
def nobody() -> Server:
    """An address where nobody listens."""
    return Server.parse(f"http://127.0.0.1:{free_port()}")
