"""The route table: one entry for each endpoint, with the right that it needs, and the handler that aiohttp calls for it."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast, get_type_hints

import msgspec
from aiohttp import web
from msgspec import Struct

from rego.wire import limits
from rego.wire.base import Parameters, Role, to_json
from rego.wire.errors import InvalidInput, NotAuthenticated, TooLarge, UnsupportedMedia
from rego_server.core.paging import Page
from rego_server.core.uow import Caller, Operation, Reading, Runner, UnitOfWork
from rego_server.web.admission import Admission, Tier
from rego_server.web.parameters import PathKind, kinds_in, piece_of_path, reader_of
from rego_server.web.problems import invalid

P = ParamSpec("P")
T = TypeVar("T")

_OPERATION_ID = re.compile(rf"[\x21-\x7e]{{1,{limits.IDEMPOTENCY_KEY_MAX}}}")

BODY_STALLS_MAX = 30.0
"""Seconds without a byte of a body that is not whole, after which the request is given up."""


class Anyone:
    """The right that a public endpoint needs: none."""


class LoggedIn:
    """The right of an endpoint about the caller alone: to be somebody."""


Right = Role | type[Anyone] | type[LoggedIn]
"""What an endpoint needs: a role on the board that it touches, or no board at all."""


class Authenticator(Protocol):
    """Finds out who asks."""

    def caller_of(self, request: web.Request) -> Caller:
        """Raises `NotAuthenticated` for credentials that are missing or wrong."""


@dataclass(frozen=True)
class Services:
    """What a request needs of the server around it."""

    runner: Runner
    authenticator: Authenticator
    admission: Admission


SERVICES: web.AppKey[Services] = web.AppKey("services", Services)
REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)


async def admitted(http: web.Request, tier: Tier, *, anyone: bool = False) -> Caller:
    """Who asks, once that is known not to ask too often; a stranger when `anyone` may.

    Raises `NotAuthenticated` and `RateLimited`.
    """
    services = http.app[SERVICES]
    try:
        caller = Caller() if anyone else services.authenticator.caller_of(http)
    except NotAuthenticated:
        # Guesses are counted too, as what they are: requests of a stranger.
        await services.admission.admit(http, Caller(), Tier.ANONYMOUS)
        raise
    await services.admission.admit(http, caller, tier)
    return caller


class Request:
    """One request under way, as handlers see it."""

    def __init__(self, route: Route, http: web.Request, caller: Caller, content: bytes) -> None:
        self.http = http
        self.caller = caller
        self.content = content
        self.headers: dict[str, str] = {}
        self._services = http.app[SERVICES]
        self._tier = route.tier
        self._pieces = route.pieces

    async def run(self, action: Callable[Concatenate[UnitOfWork, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Carry out an action as the caller, once for each idempotency key.

        A repeated operation answers its first answer, already encoded; handlers pass it on as they would the result.
        """
        return cast(T, await self._services.runner.run(action, self.caller, self._operation(), *args, **kwargs))

    async def read(self, query: Callable[Concatenate[Reading, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query as the caller."""
        return await self._services.runner.read(query, self.caller, *args, **kwargs)

    async def admit_account(self, name: str) -> None:
        """Count the request against the account that it names, beside its address. Raises `RateLimited`."""
        await self._services.admission.admit_account(self.http, self._tier, name)

    def path(self, name: str) -> str:
        """A piece of the path. Raises `NotFound` when it is not of its kind."""
        return piece_of_path(self.http, name, self._pieces[name])

    def id(self, name: str) -> str:
        """A piece of the path that must be an id; anything else names nothing."""
        return piece_of_path(self.http, name, PathKind.ID)

    def now(self, zone: tzinfo) -> datetime:
        """The present moment, as clocks in `zone` show it."""
        return self._services.runner.clock.now().astimezone(zone)

    def number(self, name: str) -> int:
        """A piece of the path that must be a number; anything else names nothing."""
        return int(self.path(name))

    def page(self, page: Page[T]) -> Sequence[T]:
        """The entries of a page; when the list goes on, the answer links to the next one."""
        if page.cursor is not None:
            following = self.http.rel_url.update_query(cursor=page.cursor)
            self.headers["Link"] = f'<{following}>; rel="next"'
        return page.entries

    def _operation(self) -> Operation | None:
        key = self.http.headers.get("Idempotency-Key")
        if key is None:
            return None
        if not _OPERATION_ID.fullmatch(key):
            raise InvalidInput(f"Idempotency-Key must be 1 to {limits.IDEMPOTENCY_KEY_MAX} printable ASCII characters.")
        asked = f"{self.http.method} {self.http.rel_url.raw_path_qs}\n".encode() + self.content
        return Operation(key, hashlib.sha256(asked).hexdigest())


Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """One endpoint. `body` is the struct that is read from JSON, if any; a handler that answers None answers 204.

    `query` is the struct of the query string, `pieces` are the named pieces of the path.
    """

    method: str
    path: str
    handler: Handler
    needs: Right
    status: int
    pieces: Mapping[str, PathKind]
    query: type[Parameters]
    body: type[Struct] | None
    answer: Any
    location: str | None
    body_max: int
    tier: Tier

    @property
    def summary(self) -> str:
        """What the endpoint does, in the first line of its handler's docstring."""
        return (inspect.getdoc(self.handler) or "").partition("\n")[0]


class RouteTable:
    """The endpoints of one domain, in the order of their definition."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def add(
        self,
        method: str,
        path: str,
        *,
        needs: Right,
        status: int = 200,
        location: str | None = None,
        answers: Any = None,
        body_max: int = limits.BODY_MAX_BYTES,
        tier: Tier | None = None,
    ) -> Callable[[Handler], Handler]:
        """Register a handler. Its parameters `query` and `body`, if it has them, say what is read, its return type what is
        answered.

        `answers` says so for a handler that writes the answer itself. `tier` is what the request counts as; without it the
        right and the method say so.
        """

        def register(handler: Handler) -> Handler:
            hints = get_type_hints(handler)
            answer = answers or hints.get("return", Any)
            self.routes.append(
                Route(
                    method=method,
                    path=path,
                    handler=handler,
                    needs=needs,
                    status=204 if answer is type(None) else status,
                    pieces=kinds_in(path),
                    query=hints.get("query", Parameters),
                    body=hints.get("body"),
                    answer=answer,
                    location=location,
                    body_max=body_max,
                    tier=tier or _tier(method, needs),
                )
            )
            return handler

        return register


def _tier(method: str, needs: Right) -> Tier:
    if needs is Anyone:
        return Tier.ANONYMOUS
    return Tier.READ if method in ("GET", "HEAD") else Tier.WRITE


def install(app: web.Application, tables: Sequence[RouteTable]) -> None:
    """Give aiohttp every route of `tables`. Raises `TypeError` for one that does not say what right it needs."""
    for table in tables:
        for route in table.routes:
            if not isinstance(route.needs, Role) and route.needs not in (Anyone, LoggedIn):
                raise TypeError(f"{route.method} {route.path} does not declare the right that it needs.")
            app.router.add_route(route.method, route.path, _adapter(route))


def _adapter(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    parameters = reader_of(route.query)
    takes_query = route.query is not Parameters
    decode = _decoder_of(route.body) if route.body else None

    async def handle(http: web.Request) -> web.StreamResponse:
        caller = await admitted(http, route.tier, anyone=route.needs is Anyone)
        query = parameters(http.query)
        content = await _content(http, route.body_max)
        request = Request(route, http, caller, content)
        read: dict[str, Any] = {"query": query} if takes_query else {}
        if decode is not None:
            read["body"] = decode(http, content)
        answer = await route.handler(request, **read)
        return answer if isinstance(answer, web.StreamResponse) else _response(route, answer, request.headers)

    return handle


async def _content(http: web.Request, most: int) -> bytes:
    if not http.can_read_body:
        return b""
    if (http.content_length or 0) > most:
        raise TooLarge(f"The body may have at most {most} bytes.")
    content = bytearray()
    while not http.content.at_eof():
        try:
            async with asyncio.timeout(BODY_STALLS_MAX):
                content += await http.content.readany()
        except TimeoutError:
            raise InvalidInput(f"The body stopped arriving: nothing came for {BODY_STALLS_MAX:.0f} s.") from None
        if len(content) > most:
            raise TooLarge(f"The body may have at most {most} bytes.")
    return bytes(content)


def _decoder_of(kind: type[Struct]) -> Callable[[web.Request, bytes], Struct]:
    """The function that reads a body as `kind`."""
    decoder = msgspec.json.Decoder(kind, strict=True)

    def decode(http: web.Request, content: bytes) -> Struct:
        if content and http.content_type not in ("application/json", "application/octet-stream"):
            raise UnsupportedMedia("Send the body as application/json.")
        try:
            return decoder.decode(content or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise invalid(error, kind) from error

    return decode


def _response(route: Route, answer: Any, headers: dict[str, str]) -> web.Response:
    if answer is None or route.status == 204:
        return web.Response(status=204, headers=headers)
    body = to_json(answer)
    if route.location is not None:
        made = msgspec.json.decode(body, type=_Made)
        headers["Location"] = route.location.format(id=made.id)
    return web.Response(body=body, status=route.status, content_type="application/json", headers=headers)


class _Made(Struct):
    id: str
