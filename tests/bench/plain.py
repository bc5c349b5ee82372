"""The floor of fan-out: what one would write with aiohttp and nothing else, a loop over the sockets that sends to each in turn.

No log, no resume, no rights, and nobody is sent away for being slow. Run by the benchmark as `python -m tests.bench.plain`.
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web

from rego_server.main import address_of, listen, stop_signal


class Room:
    """Everybody who listens."""

    def __init__(self) -> None:
        self._sockets: set[web.WebSocketResponse] = set()

    async def follow(self, request: web.Request) -> web.WebSocketResponse:
        """Let one in, and tell it so as the server does."""
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self._sockets.add(socket)
        await socket.send_str('{"type":"presence"}')
        async for _ in socket:
            pass
        self._sockets.discard(socket)
        return socket

    async def tell(self, request: web.Request) -> web.Response:
        """Send the body to everybody."""
        text = await request.text()
        for socket in tuple(self._sockets):
            await socket.send_str(text)
        return web.Response(body=b"{}", content_type="application/json")


async def main() -> None:
    """Serve until told to stop."""
    room, app = Room(), web.Application()
    app.router.add_get("/follow", room.follow)
    app.router.add_post("/tell", room.tell)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await listen(runner, "127.0.0.1", 0)
    print(f"The floor is on {address_of(runner)} .", file=sys.stderr, flush=True)
    await stop_signal().wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
