"""The transport for long-lived clients: aiohttp, many calls at once, and a hook that brings a local server back."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from io import BytesIO
from types import TracebackType
from typing import Any, Protocol, TypeVar

import aiohttp
from yarl import URL

from rego.client import exchange
from rego.client.call import Call
from rego.client.credentials import Credentials
from rego.client.exchange import Answer, Request
from rego.client.files import PIECE, Multipart, Sink
from rego.client.retry import Policy, pause_before_retry
from rego.client.server import Server
from rego.client.session import RENEWALS_MAX, Session
from rego.wire.errors import NotAuthenticated, RegoError

T = TypeVar("T")

_PIECE_MAX_BYTES = 2**20


class Place(Protocol):
    """Where a server is now, and what opens it; `rego.client.local.LocalServer` is one."""

    @property
    def server(self) -> Server: ...

    @property
    def credentials(self) -> Credentials: ...


Revive = Callable[[], Awaitable[Place]]


class Client:
    """Sends calls to one server, any number at a time; an async context manager.

    It repeats what failed in passing within `policy`, gives up on one answer after `timeout` seconds of silence, and
    refreshes an access token that has run out. `revive` is for a server that this machine can start again by itself: see
    `rego.client.local.reviver`.
    """

    def __init__(
        self,
        server: Server,
        credentials: Credentials | None = None,
        *,
        policy: Policy | None = None,
        timeout: float = exchange.ANSWER_TIMEOUT,
        revive: Revive | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.server = server
        self.session = Session(server, credentials)
        self._policy = policy or Policy()
        self._timeout = timeout
        self._revive = revive
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._http: aiohttp.ClientSession | None = None
        self._renewing = asyncio.Lock()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Drop all connections; the next call opens new ones."""
        if self._http is not None:
            http, self._http = self._http, None
            await http.close()

    async def send(self, call: Call[T], op_id: str | None = None) -> T:
        """The answer to `call`; raises a `RegoError`. `op_id` names a change, which is done once however often it is sent."""
        return exchange.read(call, await self._answer(call, op_id), self.server)

    async def pages(self, call: Call[list[T]]) -> AsyncIterator[T]:
        """Everything in a list that the server gives page by page."""
        page: Call[list[T]] | None = call
        while page is not None:
            answer = await self._answer(page, None)
            for item in exchange.read(page, answer, self.server):
                yield item
            page = exchange.next_page(page, answer)

    async def renew(self, refused: str | None) -> bool:
        """Come by another token than the `refused` one; False when only a new login helps. Raises `RegoError` on an outage."""
        async with self._renewing:
            if await asyncio.to_thread(self.session.reread, refused):
                return True
            call = self.session.refresh_call()
            if call is None:
                # A local server that somebody started anew has a new token.
                await self.revive()
                return self.session.token != refused
            try:
                tokens = await self.send(call)
            except NotAuthenticated:
                return await asyncio.to_thread(self.session.reread, refused)
            await asyncio.to_thread(self.session.accept, tokens)
            return True

    async def revive(self) -> None:
        """Bring a local server back if it is gone, and follow it to where it is. Raises `Unreachable` when it cannot start."""
        if self._revive is None:
            return
        place = await self._revive()
        if place.server != self.server:
            await self.close()
        self.server = place.server
        self.session = Session(place.server, place.credentials)

    async def _answer(self, call: Call[Any], op_id: str | None) -> Answer:
        op_id = op_id or (str(uuid.uuid4()) if call.changes_something else None)
        renewals = 0
        while True:
            token = self.session.token
            try:
                return await self._persist(exchange.build(call, token, op_id, self._timeout))
            except NotAuthenticated:
                if not call.authenticated or renewals == RENEWALS_MAX or not await self.renew(token):
                    raise
                renewals += 1

    async def _persist(self, request: Request) -> Answer:
        """A good answer to `request`, after as many attempts as the policy allows."""
        begun, attempt = self._clock(), 0
        while True:
            try:
                return await self._attempt(request)
            except RegoError as error:
                attempt += 1
                pause = pause_before_retry(self._policy, error, attempt, self._clock() - begun, self._jitter)
                if pause is None:
                    raise
                await self._sleep(pause)

    async def _attempt(self, request: Request) -> Answer:
        try:
            answer = await self._round_trip(request)
        except aiohttp.ClientResponseError as error:
            raise exchange.not_http(self.server) from error
        except (aiohttp.ClientError, OSError) as error:
            cause = _cause(error)
            raise exchange.unreachable(self.server, cause) from cause
        if answer.status >= 300:
            raise exchange.failure_of(answer, self.server)
        return answer

    async def _round_trip(self, request: Request) -> Answer:
        self._http = self._http or _http_session(self.server)
        url = URL(self.server.http_base + request.target, encoded=True)
        async with self._http.request(
            request.method,
            url,
            data=_body(request),
            headers=request.headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(sock_connect=exchange.CONNECT_TIMEOUT, sock_read=request.timeout),
        ) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            body = await _received(response, request.into) if request.into and response.status < 300 else await response.read()
            return Answer(status=response.status, headers=headers, body=body)


def _body(request: Request) -> bytes | BytesIO | AsyncIterator[bytes] | None:
    """The body in the form that aiohttp wants: it warns when a large one, such as a file to import, comes in one piece."""
    if isinstance(request.body, Multipart):
        return _pieces(request.body)
    if request.body is None or len(request.body) <= _PIECE_MAX_BYTES:
        return request.body
    return BytesIO(request.body)


async def _pieces(form: Multipart) -> AsyncIterator[bytes]:
    """The pieces of `form`, which are read in a thread."""
    pieces = form.pieces()
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece


async def _received(response: aiohttp.ClientResponse, into: Sink) -> bytes:
    """Put the answer into `into`, in a thread; nothing is left to read."""
    await asyncio.to_thread(into.begin)
    async for piece in response.content.iter_chunked(PIECE):
        await asyncio.to_thread(into.write, piece)
    return b""


def _http_session(server: Server) -> aiohttp.ClientSession:
    path = server.socket_path
    return aiohttp.ClientSession(
        connector=aiohttp.UnixConnector(path=path) if path is not None else aiohttp.TCPConnector(),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=not server.is_on_this_machine,
    )


def _cause(error: aiohttp.ClientError | OSError) -> BaseException:
    """The operating system's error inside aiohttp's, in the terms in which the retry policy thinks."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return error.certificate_error
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError):
        return ConnectionResetError(str(error))
    return error
