"""`/openapi.json`: the route table and the wire structs as an OpenAPI 3.1 document."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Any

from msgspec.structs import fields

from rego import __version__
from rego.wire import limits
from rego.wire.base import Paged
from rego.wire.errors import HTTP_STATUS, Problem
from rego_server.web.admission import Tier
from rego_server.web.conditional import is_entity
from rego_server.web.endpoint import Anyone, Route, RouteTable
from rego_server.web.parameters import PathKind
from rego_server.web.schemas import AS_THEY_ARE_READ, Schema, parameters_of, schemas_of
from rego_server.web.uploads import FIELD

JSON = "application/json"

INTRODUCTION = """\
A kanban board for people who live in a terminal. The live protocol is a WebSocket at `/ws/boards/{board_id}`, which OpenAPI
cannot describe; the reference pages `frames.md` and `events.md` do. A board that is not the caller's is answered as one that is
not there: 404.
"""

_PIECES: dict[PathKind, Schema] = {
    PathKind.ID: {"type": "string", "format": "uuid"},
    PathKind.CARD: {
        "anyOf": [{"type": "string", "format": "uuid"}, {"type": "string", "pattern": "^[A-Z]{2,6}-[1-9][0-9]{0,8}$"}],
        "description": "an id, or a reference such as OPS-12",
    },
    PathKind.FILE: {"type": "string", "pattern": f"^{PathKind.FILE.value.pattern}$"},
    PathKind.NUMBER: {"type": "integer", "minimum": 0, "maximum": 2**53},
}

_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes the request safe to repeat: the repeat changes nothing and gets the first answer.",
    "schema": {"type": "string", "pattern": f"^[!-~]{{1,{limits.IDEMPOTENCY_KEY_MAX}}}$"},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The version that the change is about: an ETag, only its version in quotes, or `*`.",
    "schema": {"type": "string", "pattern": r'^(\*|"[1-9][0-9]{0,8}(-[0-9a-f]{1,32})?")$'},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of the answer that the client has.",
    "schema": {"type": "string"},
}


_RANGE = {
    "name": "Range",
    "in": "header",
    "description": "The bytes that are wanted, as one range; several, and what is none, count as no range.",
    "schema": {"type": "string", "examples": ["bytes=0-1023"]},
}
_FILE = {"type": "string", "format": "binary"}


def _header(description: str, kind: str = "string") -> Schema:
    return {"description": description, "schema": {"type": kind}}


_HEADERS = {
    "X-Request-ID": _header("Names the request in the log; the client may choose it."),
    "ETag": _header("The version and a digest of the answer."),
    "Location": _header("The address of what was made."),
    "Link": _header('The next page, as `<…>; rel="next"`; absent on the last one.'),
    "Retry-After": _header("When to come back, in seconds.", "integer"),
    "RateLimit": _header("What is left of the quota, and in how many seconds all of it is back."),
    "RateLimit-Policy": _header("The quota that the request counted against."),
    "X-RateLimit-Limit": _header("The size of the quota.", "integer"),
    "X-RateLimit-Remaining": _header("What is left of it.", "integer"),
    "X-RateLimit-Reset": _header("In how many seconds all of it is back.", "integer"),
}
_ALWAYS = ("X-Request-ID",)
_COUNTED = tuple(name for name in _HEADERS if "RateLimit" in name)

_LICENSE = {"name": "MIT", "identifier": "MIT"}
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An access token, or a personal token `rego_pat_…`."},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "rego_auth", "description": "Set by `POST /auth/cookie/login`."},
}


def document(tables: Sequence[RouteTable]) -> dict[str, Any]:
    """The whole document."""
    routes = [(table, route) for table in tables for route in table.routes]
    _, schemas = schemas_of([*(kind for _, route in routes for kind in _kinds_of(route)), Problem, *AS_THEY_ARE_READ.values()])
    paths: dict[str, dict[str, Any]] = {}
    for table, route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, compares=table.compares(route))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rego",
            "version": __version__,
            "description": INTRODUCTION,
            "license": _LICENSE,
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag_of(table.routes[0]), "description": _about(table)} for table in tables],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "headers": _HEADERS,
            "responses": {str(status): _problem(status) for status in sorted(set(HTTP_STATUS.values()))},
            "securitySchemes": _SECURITY,
        },
    }


def tag_of(route: Route) -> str:
    """The domain that the endpoint belongs to."""
    return route.handler.__module__.split(".")[-2]


def _about(table: RouteTable) -> str:
    return " ".join((inspect.getdoc(sys.modules[table.routes[0].handler.__module__]) or "").split())


def _kinds_of(route: Route) -> Iterator[Any]:
    yield from (kind for kind in (route.body, *route.reads.values()) if kind is not None and kind is not bytes)
    yield from (field.type for field in fields(route.query))
    if route.answer is not type(None) and route.media[0] == JSON:
        yield route.answer


def _operation(route: Route, *, compares: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": f"{tag_of(route)}.{route.handler.__name__}",
        "tags": [tag_of(route)],
        "summary": route.summary.rstrip("."),
        "description": inspect.getdoc(route.handler),
        "parameters": [*_parameters(route, compares=compares)],
        "responses": _responses(route, compares=compares),
        "security": [] if route.needs is Anyone else [{name: []} for name in _SECURITY],
    }
    if route.body is not None or route.reads:
        found["requestBody"] = _body(route)
    return found


def _parameters(route: Route, *, compares: bool) -> Iterator[dict[str, Any]]:
    for name, kind in route.pieces.items():
        yield {"name": name, "in": "path", "required": True, "schema": _PIECES[kind]}
    for name, schema in parameters_of(route.query).items():
        yield {"name": name, "in": "query", "schema": schema}
    if route.method != "GET":
        yield _KEY
    if compares:
        yield _IF_MATCH
    if _is_tagged(route):
        yield _IF_NONE_MATCH
    if _is_file(route):
        yield _RANGE


def _is_tagged(route: Route) -> bool:
    return route.method == "GET" and (is_entity(route.answer) or _is_file(route))


def _is_file(route: Route) -> bool:
    """Whether the answer is a stored file, which may be asked for in part."""
    return route.answer is bytes


def _body(route: Route) -> dict[str, Any]:
    kinds = {JSON: route.body} if route.body is not None else route.reads
    content = {media: _content(media, kind) for media, kind in kinds.items()}
    return {"required": _is_required(kinds.values()), "content": content}


def _content(media: str, kind: Any) -> dict[str, Any]:
    if media == "multipart/form-data":
        return {"schema": {"type": "object", "properties": {FIELD: _FILE}, "required": [FIELD], "additionalProperties": False}}
    return {} if kind is bytes else {"schema": _schema_of(kind)}


def _is_required(kinds: Iterable[Any]) -> bool:
    """Whether an empty body is refused: it stands for an object without fields."""
    return any(kind is bytes or any(field.required for field in fields(kind)) for kind in kinds)


def _schema_of(kind: Any) -> Schema:
    (schema,), _ = schemas_of([kind])
    return schema


def _responses(route: Route, *, compares: bool) -> dict[str, Any]:
    found: dict[str, Any] = {str(route.status): _success(route)}
    if _is_tagged(route):
        found["304"] = {"description": HTTPStatus(304).phrase, "headers": _refer(*_ALWAYS, *_counted(route), "ETag")}
    if _is_file(route):
        found["206"] = {**found["200"], "description": HTTPStatus(206).phrase}
        found["416"] = {"description": HTTPStatus(416).phrase, "headers": _refer(*_ALWAYS, *_counted(route), "ETag")}
    for status in sorted(_refusals(route, compares=compares)):
        found[str(status)] = {"$ref": f"#/components/responses/{status}"}
    return found


def _success(route: Route) -> dict[str, Any]:
    names = [*_ALWAYS, *_counted(route)]
    names += ["ETag"] if _is_tagged(route) else []
    names += ["Location"] if route.location else []
    names += ["Link"] if issubclass(route.query, Paged) else []
    found: dict[str, Any] = {"description": HTTPStatus(route.status).phrase, "headers": _refer(*names)}
    if route.answer is not type(None):
        text: Schema = {"schema": {"type": "string"}}
        found["content"] = dict.fromkeys(route.media, {"schema": _FILE} if _is_file(route) else text)
        if route.media[0] == JSON:
            found["content"][JSON] = {"schema": _schema_of(route.answer)}
    return found


def _counted(route: Route) -> tuple[str, ...]:
    return () if route.tier is Tier.FREE else _COUNTED


def _refusals(route: Route, *, compares: bool) -> Iterator[int]:
    """Every status that a refusal of the endpoint may have."""
    yield from (400, 500, 503)
    if route.needs is not Anyone or route.tier in (Tier.LOGIN, Tier.REFRESH):
        yield 401
    if route.needs is not Anyone or route.method != "GET":
        yield 403
    if route.pieces or route.method != "GET":
        yield 404
    if route.method != "GET":
        yield from (409, 413, 422)
    if compares:
        yield 412
    if route.body is not None or route.reads:
        yield 415
    if route.tier is not Tier.FREE:
        yield 429


def _problem(status: int) -> dict[str, Any]:
    names = [error.__name__ for error, each in HTTP_STATUS.items() if each == status]
    headers = (*_ALWAYS, "Retry-After") if status in (429, 503) else _ALWAYS
    return {
        "description": f"{HTTPStatus(status).phrase}: {', '.join(names)}",
        "headers": _refer(*headers),
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _refer(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
