"""What each endpoint costs: `python -m tests.bench.api` prints its latency and its statements, on both databases.

The endpoints are those of the route table, asked with the samples of the permission matrix by the owner of a small board, one
request at a time. Each change has a board of its own, since a sample may use it up.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import aiohttp
import msgspec

from rego_server.app import TABLES
from rego_server.core.uow import Caller
from rego_server.domains.admin.actions import make_superuser
from rego_server.logs import configure
from rego_server.web.endpoint import Route, Superuser
from tests.letters import Letterbox
from tests.postgres import start_postgres
from tests.running import Running, Somebody, fast_settings, join, running
from tests.server.furnished import furnish
from tests.server.route_samples import SAMPLES, Asking, Sample
from tests.server.site import Account

ROUTES = [route for table in TABLES for route in table.routes]


@dataclass
class Cost:
    """What the requests to an endpoint took, in seconds, and the statements of each."""

    seconds: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)

    def line(self, name: str) -> str:
        """The endpoint as a row of the table."""
        worst, median = max(self.seconds) * 1000, statistics.median(self.seconds) * 1000
        return f"{name:<58}{median:>9.1f}{worst:>9.1f}{statistics.median(self.statements):>12.0f}"


class Bench:
    """A server under measurement, and the people on it."""

    def __init__(self, server: Running, letters: Letterbox, people: list[Somebody], session: aiohttp.ClientSession) -> None:
        self._server = server
        self._letters = letters
        self._people = people
        self._session = session

    async def cost_of(self, route: Route, changes: int, reads: int) -> Cost:
        """What the endpoint takes, after a first request that counts for nothing."""
        cost = Cost()
        asking = await self._asking(route)
        for turn in range(1 + (reads if route.method == "GET" else changes)):
            if turn and route.method != "GET":
                asking = await self._asking(route)
            sample = await SAMPLES[f"{route.method} {route.path}"](asking)
            took, statements = await self._ask(route, sample, asking)
            if turn:
                cost.seconds.append(took)
                cost.statements.append(statements)
        return cost

    async def _asking(self, route: Route) -> Asking:
        owner, member, viewer, root = self._people
        who = root if route.needs is Superuser else owner
        desk = await furnish(owner, member, viewer)
        return Asking(self._server.url, desk, Account(who.user, who.token), self._letters, may=True)

    async def _ask(self, route: Route, sample: Sample, asking: Asking) -> tuple[float, int]:
        token = sample.token or (asking.who.token if asking.who else "")
        headers = {"Authorization": f"Bearer {token}", "Content-Type": sample.content_type}
        content = sample.content if sample.body is None else msgspec.json.encode(sample.body)
        database = self._server.server.database
        seen: list[str] = []
        database.observer = seen.append
        data = BytesIO(content) if content is not None else None
        started = time.perf_counter()
        async with self._session.request(route.method, self._server.url + sample.path, data=data, headers=headers) as response:
            body = await response.read()
        took = time.perf_counter() - started
        database.observer = None
        assert response.status < 300, (route.method, route.path, response.status, body)
        return took, len(seen)


@asynccontextmanager
async def benches(folder: Path, database_url: str) -> AsyncIterator[Bench]:
    """A server on an empty database, whose chores rest, with an owner, a member, a viewer and a superuser."""
    letters = Letterbox()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running(fast_settings(folder, database_url), carrier=letters))
        for chore in server.server.chores:
            await chore.stop()
        people = [await join(server.url, name) for name in ("owner", "member", "viewer", "root")]
        for somebody in people:
            stack.push_async_callback(somebody.client.close)
        await server.server.runner.run(make_superuser, Caller(), None, "root")
        yield Bench(server, letters, people, await stack.enter_async_context(aiohttp.ClientSession()))


async def measure(folder: Path, database_url: str, routes: Sequence[Route], *, changes: int, reads: int) -> list[str]:
    """The table for one database."""
    lines = [f"{'SQLite' if not database_url else 'PostgreSQL':<58}{'ms':>9}{'worst':>9}{'statements':>12}"]
    async with benches(folder, database_url) as bench:
        for route in routes:
            cost = await bench.cost_of(route, changes, reads)
            lines.append(cost.line(f"{route.method} {route.path}"))
    return lines


def main(arguments: list[str]) -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.api", description=__doc__)
    parser.add_argument("--reads", type=int, default=20, help="requests to each GET endpoint")
    parser.add_argument("--changes", type=int, default=5, help="requests to each other endpoint")
    asked = parser.parse_args(arguments)
    configure()
    with tempfile.TemporaryDirectory() as folder, start_postgres() as cluster:
        for name in ("", "rego_bench"):
            url = asyncio.run(cluster.create_database(name)) if name else ""
            table = measure(Path(folder) / (name or "sqlite"), url, ROUTES, changes=asked.changes, reads=asked.reads)
            print("\n".join(asyncio.run(table)), end="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
