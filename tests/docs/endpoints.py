"""The reference page of the HTTP endpoints, written from the server's route tables."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import ModuleType
from typing import Any, get_args

from msgspec import Struct

from rego.wire import limits
from rego.wire.base import Role
from rego.wire.imports import Plan
from rego.wire.snapshot import Snapshot
from rego.wire.system import Health
from rego_server.app import TABLES
from rego_server.realtime.socket import follow_board
from rego_server.web.endpoint import Anyone, LoggedIn, Right, Route, RouteTable
from tests.docs.shapes import section_of, shape_link, shapes_of

RAW_ANSWERS: dict[str, type[Struct]] = {"get_snapshot": Snapshot, "health": Health, "export_board": Plan}
"""What handlers answer that write their JSON themselves."""

INTRODUCTION = """\
# Endpoints

`{card}` in a path is an id or a reference such as `OPS-12`. Bodies and answers are JSON, times RFC 3339 in UTC, ids UUIDs; a
field that is not named here is refused with 400. In a PATCH body an absent field keeps its value and `null` clears it.
`Idempotency-Key` on a POST, PATCH, PUT or DELETE makes it safe to repeat: the repeat changes nothing and gets the first answer.
A list that goes on has a `Link: <…>; rel="next"` header. What can go wrong is in [errors](errors.md), what is sent over the
socket in [frames](frames.md) and [events](events.md).

Requests count as *read*, *write*, *anonymous*, *login*, *register* or *refresh* ([how many](settings.md)). `RateLimit-Policy`
says what the request counted as, `RateLimit` what is left and in how many seconds all of it is back; `X-RateLimit-Limit`,
`X-RateLimit-Remaining` and `X-RateLimit-Reset` are the same numbers. One too many is answered with 429 and `Retry-After`.

The right is what the caller needs: *anyone*, *an account* (an `Authorization: Bearer` header, or the cookie that
[`POST /auth/cookie/login`](#post-authcookielogin) sets), or a role on the board that is touched; owner includes member, member
includes viewer. For a board that is not the caller's every endpoint answers 404.
A [personal token](#tokens) is a bearer token too, within its scope and for its boards; about the account itself (its fields,
password, sessions and tokens) it gets 403.

With the cookie, anything but a GET needs `Sec-Fetch-Site: same-origin` (or `none`), or an `Origin` that names the host that was
asked, and a socket needs that `Origin`; browsers send them by themselves. Otherwise the answer is 403, because another site's
page may have made the browser send the cookie. An `Authorization` header beside the cookie wins.
"""

_QUERY = {
    "flag": "true or false, false when absent",
    "query_id": "an id",
    "number": "a whole number",
    "utc_offset": "minutes east of UTC: where the days of the query begin, 0 when absent",
    "limit": f"1 to {limits.LIST_MAX}, {limits.LIST_DEFAULT} when absent",
}

_TEXTS = {
    "q": "a [query](query.md); everything when absent",
    "cursor": "where the page begins, from the `Link` of the page before",
}


def routes() -> list[Route]:
    """Every endpoint but the socket."""
    return [route for table in TABLES for route in table.routes]


def page() -> str:
    """The page as Markdown."""
    sections = [section for table in TABLES for section in _table(table)]
    return "\n".join([INTRODUCTION, *sections, _socket()])


def query_of(route: Route) -> dict[str, str]:
    """The query parameters that the handler reads, with what each may be."""
    found: dict[str, str] = {}
    for call in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(route.handler)))):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        kind, arguments = call.func.attr, call.args
        if kind == "choice":
            choices, default = (eval(ast.unparse(each), route.handler.__globals__) for each in arguments[1:3])
            found[_literal(arguments[0])] = f"{' or '.join(f'`{each}`' for each in choices)}, `{default}` when absent"
        elif kind == "text":
            found[_literal(arguments[0])] = _TEXTS[_literal(arguments[0])]
        elif kind in _QUERY:
            found[_literal(arguments[0]) if arguments else kind] = _QUERY[kind]
    return found


def right_of(needs: Right) -> str:
    """A right in words."""
    return needs.value if isinstance(needs, Role) else {Anyone: "anyone", LoggedIn: "an account"}[needs]


def answer_of(route: Route) -> Any:
    """The type of the answer; None when there is none."""
    return RAW_ANSWERS.get(route.handler.__name__, route.answer)


def _table(table: RouteTable) -> Iterator[str]:
    module = inspect.getmodule(table.routes[0].handler)
    assert isinstance(module, ModuleType)
    yield f"## {module.__name__.split('.')[-2].capitalize()}\n\n{' '.join((inspect.getdoc(module) or '').split())}\n"
    for route in table.routes:
        yield _endpoint(route)


def _endpoint(route: Route) -> str:
    lines = [f"### {route.method} {route.path}", "", route.summary, "", f"Right: {right_of(route.needs)}. {_answer(route)}", ""]
    if query := query_of(route):
        lines += ["| query | value |", "|---|---|", *(f"| `{name}` | {value} |" for name, value in query.items()), ""]
    if route.body is not None:
        lines += [section_of(route.body)]
    return "\n".join(lines)


def _answer(route: Route) -> str:
    answer = answer_of(route)
    if answer is type(None):
        return f"Answers {route.status}, without a body."
    shapes = [shape_link(shape) for shape in shapes_of(answer)]
    if not shapes:
        return f"Answers {route.status}."
    return f"Answers {route.status} with {'a list of ' if _is_list(answer) else ''}{shapes[0]}."


def _is_list(answer: Any) -> bool:
    return bool(get_args(answer))


def _socket() -> str:
    return (
        "## Live\n\n### GET /ws/boards/{board_id}\n\n"
        f"{(inspect.getdoc(follow_board) or '').partition(chr(10))[0]}\n\n"
        "Right: viewer. The token comes in the `Authorization` header or in an `auth` frame, never in the address; a browser\n"
        "sends its cookie (and an `Origin` that names this host), or brings a ticket from `POST /auth/ws-ticket`.\n\n"
        "| query | value |\n|---|---|\n"
        "| `since` | the number of the last event that the client has |\n"
        "| `epoch` | the epoch that the number belongs to |\n"
        "| `ticket` | instead of a token: a ticket for this board, good for one socket |\n"
    )


def _literal(node: ast.expr) -> str:
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, str)
    return node.value
