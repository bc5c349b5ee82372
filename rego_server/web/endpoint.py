"""The route table: one entry for each endpoint, with the right that it needs, and the handler that aiohttp calls for it."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast, get_type_hints

import msgspec
from aiohttp import web
from msgspec import UNSET, Struct

from rego.wire import limits
from rego.wire.base import Parameters, Patch, Role, to_json
from rego.wire.errors import InvalidInput, NotAuthenticated, StaleVersion
from rego_server.core.mail import Mailroom
from rego_server.core.paging import Page
from rego_server.core.uow import Caller, Operation, Reading, Runner, UnitOfWork, expecting
from rego_server.web.admission import Admission, Tier
from rego_server.web.bodies import content_of, decoder_of
from rego_server.web.conditional import CAREFUL, expected_version, failed, is_entity, is_known, tag_of
from rego_server.web.parameters import PathKind, kinds_in, piece_of_path, reader_of

P = ParamSpec("P")
T = TypeVar("T")

_OPERATION_ID = re.compile(rf"[\x21-\x7e]{{1,{limits.IDEMPOTENCY_KEY_MAX}}}")


class Anyone:
    """The right that a public endpoint needs: none."""


class LoggedIn:
    """The right of an endpoint about the caller alone: to be somebody."""


class Superuser:
    """The right of an endpoint about all accounts of the server."""


Right = Role | type[Anyone] | type[LoggedIn] | type[Superuser]
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
    mailroom: Mailroom


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

    def __init__(self, route: Route, http: web.Request, caller: Caller, content: bytes, expected: int | None = None) -> None:
        self.http = http
        self.caller = caller
        self.content = content
        self.headers: dict[str, str] = {}
        self.digest = hashlib.sha256(f"{http.method} {http.rel_url.raw_path_qs}\n".encode())
        """Tells a repeat from a mix-up. A handler that streams its body adds what it reads, before it runs its action."""
        self._services = http.app[SERVICES]
        self._tier = route.tier
        self._pieces = route.pieces
        self._expected = expected if route.method == "DELETE" else None
        self._key = None if route.method == "GET" else _key_of(http)

    async def run(self, action: Callable[Concatenate[UnitOfWork, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Carry out an action as the caller, once for each idempotency key.

        A repeated operation answers its first answer, already encoded; handlers pass it on as they would the result.
        """
        if self._expected is not None:
            action = expecting(self._expected, action)
        return cast(T, await self._services.runner.run(action, self.caller, self._operation(), *args, **kwargs))

    async def read(self, query: Callable[Concatenate[Reading, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query as the caller."""
        return await self._services.runner.read(query, self.caller, *args, **kwargs)

    async def admit_account(self, name: str) -> None:
        """Count the request against the account that it names, beside its address. Raises `RateLimited`."""
        await self._services.admission.admit_account(self.http, self._tier, name)

    @property
    def mailroom(self) -> Mailroom:
        """Where letters are posted."""
        return self._services.mailroom

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
        if self._key is None:
            return None
        digest = self.digest.copy()
        digest.update(self.content)
        return Operation(self._key, digest.hexdigest())


def _key_of(http: web.Request) -> str | None:
    """The request's idempotency key. Raises `InvalidInput` for one that is none, even where nothing could be repeated."""
    key = http.headers.get("Idempotency-Key")
    if key is not None and not _OPERATION_ID.fullmatch(key):
        raise InvalidInput(f"Idempotency-Key must be 1 to {limits.IDEMPOTENCY_KEY_MAX} printable ASCII characters.")
    return key


Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """One endpoint. `body` is the struct that is read from JSON, if any; a handler that answers None answers 204.

    `query` is the struct of the query string, `pieces` are the named pieces of the path. `reads` says for a body that the
    handler reads itself what each media type holds (a struct, or bytes); `media` are the types of the answer. Without a
    `body_max` the handler reads the body piece by piece, as `rego_server.web.uploads` does.
    """

    method: str
    path: str
    handler: Handler
    needs: Right
    status: int
    pieces: Mapping[str, PathKind]
    query: type[Parameters]
    body: type[Struct] | None
    reads: Mapping[str, Any]
    answer: Any
    media: tuple[str, ...]
    location: str | None
    body_max: int | None
    tier: Tier

    @property
    def streams(self) -> bool:
        """Whether the handler reads the body itself."""
        return self.body_max is None

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
        media: tuple[str, ...] = ("application/json",),
        reads: Mapping[str, Any] | None = None,
        body_max: int | None = limits.BODY_MAX_BYTES,
        tier: Tier | None = None,
    ) -> Callable[[Handler], Handler]:
        """Register a handler. Its parameters `query` and `body` say what is read, its return type what is answered.

        `answers` and `media` say so for a handler that writes the answer itself, `reads` for one that reads the body itself;
        with `body_max` None it does so piece by piece. `tier` is what the request counts as; without it the right and the
        method say so.
        """

        def register(handler: Handler) -> Handler:
            self.routes.append(
                Route(
                    method=method,
                    path=path,
                    handler=handler,
                    needs=needs,
                    pieces=kinds_in(path),
                    reads=reads or {},
                    media=media,
                    location=location,
                    body_max=body_max,
                    tier=tier or _tier(method, needs),
                    **_signature_of(handler, status, answers),
                )
            )
            return handler

        return register

    def compares(self, route: Route) -> bool:
        """Whether the endpoint heeds a version in `If-Match`: what changes an entity field by field, and what deletes it."""
        changed = {each.path for each in self.routes if each.method == "PATCH" and each.body and issubclass(each.body, Patch)}
        return route.method in ("PATCH", "DELETE") and route.path in changed


def _signature_of(handler: Handler, status: int, answers: Any) -> dict[str, Any]:
    """What the handler reads and answers."""
    hints = get_type_hints(handler)
    answer = answers or hints.get("return", Any)
    return {
        "query": hints.get("query", Parameters),
        "body": hints.get("body"),
        "answer": answer,
        "status": 204 if answer is type(None) else status,
    }


def _tier(method: str, needs: Right) -> Tier:
    if needs is Anyone:
        return Tier.ANONYMOUS
    return Tier.READ if method in ("GET", "HEAD") else Tier.WRITE


def install(app: web.Application, tables: Sequence[RouteTable]) -> None:
    """Give aiohttp every route of `tables`. Raises `TypeError` for one that does not say what right it needs."""
    for table in tables:
        for route in table.routes:
            if not isinstance(route.needs, Role) and route.needs not in (Anyone, LoggedIn, Superuser):
                raise TypeError(f"{route.method} {route.path} does not declare the right that it needs.")
            app.router.add_route(route.method, route.path, _adapter(route, compares=table.compares(route)))


def _adapter(route: Route, *, compares: bool) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    parameters = reader_of(route.query)
    takes_query = route.query is not Parameters
    decode = decoder_of(route.body) if route.body else None

    async def handle(http: web.Request) -> web.StreamResponse:
        caller = await admitted(http, route.tier, anyone=route.needs is Anyone)
        query = parameters(http.query)
        expected = expected_version(http, compares=compares)
        content = await content_of(http, route.body_max)
        request = Request(route, http, caller, content, expected)
        read: dict[str, Any] = {"query": query} if takes_query else {}
        if decode is not None:
            read["body"] = _asking_for(expected, decode(http, content))
        try:
            answer = await route.handler(request, **read)
        except StaleVersion as error:
            raise error if expected is None else failed(error) from error
        return answer if isinstance(answer, web.StreamResponse) else _response(route, answer, request)

    return handle


def _asking_for(expected: int | None, body: Struct) -> Struct:
    """`body` with the version that `If-Match` names."""
    if expected is not None and isinstance(body, Patch):
        if body.version not in (UNSET, expected):
            raise InvalidInput("version and If-Match name different versions; give one of the two.", field="version")
        body.version = expected
    return body


def _response(route: Route, answer: Any, request: Request) -> web.Response:
    headers = request.headers
    if answer is None or route.status == 204:
        return web.Response(status=204, headers=headers)
    body = to_json(answer)
    if route.location is not None:
        made = msgspec.json.decode(body, type=_Made)
        headers["Location"] = route.location.format(id=made.id)
    if route.method in ("GET", "PATCH") and is_entity(route.answer):
        tag = tag_of(answer, body)
        headers |= {"ETag": tag, **CAREFUL}
        if route.method == "GET" and is_known(request.http, tag):
            return web.Response(status=304, headers=headers)
    return web.Response(body=body, status=route.status, content_type="application/json", headers=headers)


class _Made(Struct):
    id: str
