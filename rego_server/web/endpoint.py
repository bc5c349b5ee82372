"""The route table: one entry for each endpoint, with the right that it needs, and the handler that aiohttp calls for it."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast, get_type_hints

import msgspec
from aiohttp import web
from msgspec import Struct

from rego.wire import limits
from rego.wire.base import Role, to_json
from rego.wire.errors import InvalidInput, NotAuthenticated, NotFound, TooLarge, UnsupportedMedia
from rego_server.core.uow import Caller, Operation, Reading, Runner, UnitOfWork
from rego_server.web.admission import Admission, Tier
from rego_server.web.problems import invalid

P = ParamSpec("P")
T = TypeVar("T")

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_OPERATION_ID = re.compile(rf"[\x21-\x7e]{{1,{limits.IDEMPOTENCY_KEY_MAX}}}")
UTC_OFFSET_MAX = 900
"""Minutes; no zone is or was farther from UTC."""

BODY_STALLS_MAX = 30.0
"""Seconds without a byte of a body that is not whole, after which the request is given up."""

_FLAGS = {"true": True, "1": True, "false": False, "0": False}


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


def id_in_path(http: web.Request, name: str) -> str:
    """A piece of the path that must be an id. Raises `NotFound` for anything else, because it names nothing."""
    value = http.match_info[name]
    if not _ID.fullmatch(value):
        raise NotFound("There is no such thing here, or it is not yours to see.")
    return value.lower()


class Request:
    """One request under way, as handlers see it."""

    def __init__(self, route: Route, http: web.Request, caller: Caller, content: bytes) -> None:
        self.http = http
        self.caller = caller
        self.content = content
        self.headers: dict[str, str] = {}
        self._services = http.app[SERVICES]
        self._tier = route.tier

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
        """A piece of the path, as it came."""
        return self.http.match_info[name]

    def id(self, name: str) -> str:
        """A piece of the path that must be an id; anything else names nothing."""
        return id_in_path(self.http, name)

    def query_id(self, name: str) -> str | None:
        """An id from the query string."""
        value = self.http.query.get(name)
        if value is not None and not _ID.fullmatch(value):
            raise InvalidInput(f"{name} must be an id.", field=name)
        return value.lower() if value else None

    def text(self, name: str) -> str | None:
        """A text from the query string, as it came."""
        return self.http.query.get(name)

    def utc_offset(self) -> timezone:
        """Where the reader's days begin: minutes east of UTC."""
        text = self.http.query.get("utc_offset", "0")
        if not re.fullmatch(r"-?[0-9]{1,3}", text) or abs(int(text)) > UTC_OFFSET_MAX:
            raise InvalidInput(
                f"utc_offset must be minutes east of UTC, from -{UTC_OFFSET_MAX} to {UTC_OFFSET_MAX}.", field="utc_offset"
            )
        return timezone(timedelta(minutes=int(text)))

    def now(self, zone: tzinfo) -> datetime:
        """The present moment, as clocks in `zone` show it."""
        return self._services.runner.clock.now().astimezone(zone)

    def number(self, name: str, default: int | None, *, lowest: int = 0, highest: int = 2**53) -> int | None:
        """A whole number from the query string."""
        text = self.http.query.get(name)
        if text is None:
            return default
        if not re.fullmatch(r"[0-9]{1,16}", text) or not lowest <= int(text) <= highest:
            raise InvalidInput(f"{name} must be a whole number from {lowest} to {highest}.", field=name)
        return int(text)

    def limit(self) -> int:
        """How many entries of a list to answer."""
        wanted = self.number("limit", limits.LIST_DEFAULT, lowest=1, highest=limits.LIST_MAX)
        assert wanted is not None
        return wanted

    def flag(self, name: str) -> bool:
        """A yes or no from the query string; absent is no."""
        text = self.http.query.get(name, "false").lower()
        if text not in _FLAGS:
            raise InvalidInput(f"{name} must be true or false.", field=name)
        return _FLAGS[text]

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        """One of a few words from the query string; absent is `default`."""
        text = self.http.query.get(name, default)
        if text not in choices:
            raise InvalidInput(f"{name} must be one of {', '.join(choices)}.", field=name)
        return text

    def page(self, found: Sequence[T], cursor: Callable[[T], object]) -> Sequence[T]:
        """At most `limit` of what was found; when there is one more, the answer links to the page after it."""
        shown = found[: self.limit()]
        if len(found) > len(shown):
            self.link_next(str(cursor(shown[-1])))
        return shown

    def link_next(self, cursor: str) -> None:
        """Say in the answer that the list goes on at `cursor`."""
        following = self.http.rel_url.update_query(cursor=cursor)
        self.headers["Link"] = f'<{following}>; rel="next"'

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
    """One endpoint. `body` is the struct that is read from JSON, if any; a handler that answers None answers 204."""

    method: str
    path: str
    handler: Handler
    needs: Right
    status: int
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
        body_max: int = limits.BODY_MAX_BYTES,
        tier: Tier | None = None,
    ) -> Callable[[Handler], Handler]:
        """Register a handler. Its parameter `body`, if it has one, says what is read; its return type what is answered.

        `tier` is what the request counts as; without it the right and the method say so.
        """

        def register(handler: Handler) -> Handler:
            hints = get_type_hints(handler)
            answer = hints.get("return", Any)
            code = 204 if answer is type(None) else status
            body, counts_as = hints.get("body"), tier or _tier(method, needs)
            self.routes.append(Route(method, path, handler, needs, code, body, answer, location, body_max, counts_as))
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
    decoder = msgspec.json.Decoder(route.body, strict=True) if route.body else None

    async def handle(http: web.Request) -> web.StreamResponse:
        caller = await admitted(http, route.tier, anyone=route.needs is Anyone)
        content = await _content(http, route.body_max)
        request = Request(route, http, caller, content)
        if decoder is None:
            answer = await route.handler(request)
        else:
            answer = await route.handler(request, body=_decode(decoder, http, content))
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


def _decode(decoder: msgspec.json.Decoder[Any], http: web.Request, content: bytes) -> Any:
    if content and http.content_type not in ("application/json", "application/octet-stream"):
        raise UnsupportedMedia("Send the body as application/json.")
    try:
        return decoder.decode(content or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid(error) from error


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
