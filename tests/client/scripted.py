"""Servers that do what a test tells them, well or badly, on real sockets."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from msgspec import Struct

from rego.client.server import Server
from rego.wire.base import to_json
from rego.wire.errors import NotFound, RegoError, problem_of
from rego.wire.frames import AnyClientFrame, ServerFrame, decode_client_frame


class FakeTime:
    """A clock that only sleeping moves, for the transports and the live board."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)
        # Pauses cost nothing here, so that a client that never gives up would spin for ever.
        assert len(self.pauses) < 100, "the client asks in a loop"

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)
        await asyncio.sleep(0)


class Reply(Struct, kw_only=True):
    """What to answer; `drop` cuts the connection instead."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = {}
    drop: bool = False


class Seen(Struct, kw_only=True):
    """A request as it arrived."""

    route: str
    query: str
    headers: dict[str, str]
    body: bytes


class ScriptedServer:
    """Answers one reply per request, in order, and keeps the requests."""

    server: Server

    def __init__(self) -> None:
        self.replies: deque[Reply] = deque()
        self.seen: list[Seen] = []

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._answer)
        return app

    def will(self, *replies: Reply | RegoError | Any) -> None:
        """Add to the script: a reply, an error with status 400 unless a reply says more, or a value as JSON."""
        self.replies.extend(reply if isinstance(reply, Reply) else ok(reply) for reply in replies)

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        path, _, query = request.raw_path.partition("?")
        self.seen.append(Seen(route=f"{request.method} {path}", query=query, headers=headers, body=body))
        reply = self.replies.popleft()
        if reply.drop:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=reply.status, body=reply.body, headers=reply.headers)


def ok(value: Any, **headers: str) -> Reply:
    """A value as the server answers it."""
    return Reply(body=to_json(value), headers={name.replace("_", "-"): text for name, text in headers.items()})


def problem(status: int, error: RegoError) -> Reply:
    """An error as the server answers it."""
    headers = {"Retry-After": str(int(error.retry_after))} if error.retry_after is not None else {}
    return Reply(status=status, body=to_json(problem_of(error)), headers=headers)


class Peer:
    """The server's end of one live connection."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self._request = request

    async def say(self, *frames: ServerFrame | str) -> None:
        for frame in frames:
            await self.socket.send_str(frame if isinstance(frame, str) else to_json(frame).decode())

    async def hear(self) -> AnyClientFrame:
        """The client's next frame."""
        return decode_client_frame(await self.socket.receive_str())

    async def close(self, code: int, reason: str = "") -> None:
        await self.socket.close(code=code, message=reason.encode())

    def break_off(self) -> None:
        """Cut the connection without a close frame, as a killed server does."""
        assert self._request.transport is not None
        self._request.transport.abort()

    async def fall_silent(self) -> None:
        """Hold the connection without a word until the client lets go of it."""
        async for _ in self.socket:
            pass


Scene = Callable[[Peer], Awaitable[None]] | Reply


class ScriptedBoard:
    """Plays one scene per connection, in order; a scene that is a `Reply` refuses the handshake."""

    server: Server

    def __init__(self) -> None:
        self.scenes: deque[Scene] = deque()
        self.seen: list[Seen] = []

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._answer)
        return app

    def will(self, *scenes: Scene) -> None:
        self.scenes.extend(scenes)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.seen.append(Seen(route=f"{request.method} {request.path}", query=request.query_string, headers=headers, body=b""))
        scene = self.scenes.popleft() if self.scenes else problem(404, NotFound("The script is over."))
        if isinstance(scene, Reply):
            return web.Response(status=scene.status, body=scene.body, headers=scene.headers)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await scene(Peer(socket, request))
        return socket


@asynccontextmanager
async def listening(app: web.Application, socket_path: Path | None = None) -> AsyncIterator[Server]:
    """Where `app` listens: on a free TCP port of the loopback, or on a unix socket."""
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.UnixSite(runner, str(socket_path)) if socket_path else web.TCPSite(runner, "127.0.0.1", 0)
    try:
        await site.start()
        yield Server.parse(f"unix:{socket_path}" if socket_path else f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()


@asynccontextmanager
async def speaking(answer: bytes) -> AsyncIterator[Server]:
    """A server that reads a little, says `answer` whatever it was asked, and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield Server.parse(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
