"""A server that shares its port with another, and tells in its log each time that it reads a board from the database.

Run by the benchmark as `python -m tests.bench.instance PORT`; 0 is a free one.
"""

from __future__ import annotations

import asyncio
import sys
from time import monotonic

from aiohttp import web

from rego_server.app import open_server
from rego_server.core.settings import load
from rego_server.logs import configure
from rego_server.main import address_of, settle, start, stop_signal
from rego_server.snapshots import COLUMNS_AND_LABELS

READ = "read a board at "


async def main(port: int) -> None:
    """Serve until told to stop."""
    settings = load()
    configure(level=settings.log_level)
    async with open_server(settings) as server:
        snapshot = COLUMNS_AND_LABELS.on(server.database.dialect).sql

        def observe(sql: str) -> None:
            if sql == snapshot:
                print(f"{READ}{monotonic()}", file=sys.stderr, flush=True)

        server.database.observer = observe
        runner = await start(server)
        await web.TCPSite(runner, "127.0.0.1", port, backlog=1_024, reuse_port=True).start()
        settle()
        print(f"The instance is on {address_of(runner)} .", file=sys.stderr, flush=True)
        await stop_signal().wait()
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
