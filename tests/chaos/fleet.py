"""Real server processes on ports of their own, to be killed, frozen and restarted."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp

from tests.ports import free_port

READY_WITHIN = 60.0
ENDS_WITHIN = 20.0


class Ways(NamedTuple):
    """Where a server finds PostgreSQL and Redis."""

    postgres: str
    redis: str


class Node:
    """One server process after the other, always on the same port."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], log: Path) -> None:
        self.port = free_port()
        self.log = log
        self._command = [sys.executable, *command, "--port", str(self.port)]
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it can serve."""
        self._spawn()
        async with asyncio.timeout(READY_WITHIN), aiohttp.ClientSession() as session:
            while not await self._is_ready(session):  # noqa: ASYNC110 - another process sets no event here
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """End it in order."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it as `kill -9` does."""
        await self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it hang, with all its connections."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _spawn(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=self._environment, stderr=log)

    async def _end(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._signal(number)
        await asyncio.to_thread(self._process.wait, ENDS_WITHIN)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def _is_ready(self, session: aiohttp.ClientSession) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        try:
            async with session.get(f"{self.url}/health/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


@asynccontextmanager
async def fleet(ways: Sequence[Ways], command: Sequence[str]) -> AsyncIterator[list[Node]]:
    """A server for each of these ways to the same services, ready; killed at the end."""
    with tempfile.TemporaryDirectory(prefix="rego-chaos-") as place:
        nodes = [Node(command, _environment(Path(place), each), Path(place) / f"{at}.log") for at, each in enumerate(ways)]
        try:
            await asyncio.gather(*(node.start() for node in nodes))
            yield nodes
        finally:
            for node in nodes:
                await node.kill()


def _environment(place: Path, ways: Ways) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("REGO_")}
    unlimited = ("READS_PER_MINUTE", "WRITES_PER_MINUTE", "ANONYMOUS_PER_MINUTE", "LOGINS_PER_MINUTE", "SOCKETS_PER_USER")
    return {
        **inherited,
        **{f"REGO_{name}": "0" for name in unlimited},
        "REGO_DATABASE_URL": ways.postgres,
        "REGO_REDIS_URL": ways.redis,
        "REGO_DATA_DIR": str(place / "data"),
        "REGO_SECRET": "for chaos only, and long enough for a key",
        "REGO_HEARTBEAT_SECONDS": "1",
        "REGO_GOAWAY_SECONDS": "1",
        "REGO_ARGON2_TIME_COST": "1",
        "REGO_ARGON2_MEMORY_KIB": "8",
    }
