"""The reference page of the HTTP endpoints, written from the server's route tables."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any, get_args

from rego.wire.base import Role
from rego_server.app import TABLES
from rego_server.realtime.socket import follow_board
from rego_server.web.conditional import is_entity
from rego_server.web.endpoint import Anyone, LoggedIn, Right, Route, RouteTable, Superuser
from rego_server.web.uploads import FIELD
from tests.docs.shapes import parameter_table, section_of, shape_link, shapes_of

INTRODUCTION = """\
# Endpoints

`{card}` in a path is an id or a reference such as `OPS-12`. Bodies and answers are JSON, times RFC 3339 in UTC, ids UUIDs; a
field or a query parameter that is not named here is refused with 400. In a PATCH body an absent field keeps its value and
`null` clears it.
`Idempotency-Key` on a POST, PATCH, PUT or DELETE makes it safe to repeat: the repeat changes nothing and gets the first answer.
A list that goes on has a `Link: <…>; rel="next"` header. What can go wrong is in [errors](errors.md), what is sent over the
socket in [frames](frames.md) and [events](events.md).

Requests count as *read*, *write*, *anonymous*, *login*, *register* or *refresh* ([how many](settings.md)). `RateLimit-Policy`
says what the request counted as, `RateLimit` what is left and in how many seconds all of it is back; `X-RateLimit-Limit`,
`X-RateLimit-Remaining` and `X-RateLimit-Reset` are the same numbers. One too many is answered with 429 and `Retry-After`.

What has a version has an `ETag`, `"<version>-<digest>"`; a snapshot has `"<epoch>-<seq>"`. `If-None-Match` with it is answered
with 304 while nothing at all changed. `If-Match` asks for a version, as `version` in a PATCH body does: the tag, or only
`"<version>"`. When somebody else changed one of the same fields since, the answer is 412 (409 for `version`) with the entity as
it is now in `data`; changes of other fields are merged. A deletion with `If-Match` is refused as soon as the version differs.
`If-Match: *` fits whatever is there. Endpoints that compare no versions refuse the header.

An archived board stands still: what is on it can be read, and every change is refused with 409. Only the board itself can be
changed, restored or deleted, people can leave it or get another role, and invitations be revoked. An archived column takes no
card in, from wherever; the cards in it can be changed and moved out, and come back with it. A column with a `hard` limit that
is full refuses every card that would come into it: new, moved, copied or restored. A `soft` limit is only shown.

The right is what the caller needs: *anyone*, *an account* (an `Authorization: Bearer` header, or the cookie that
[`POST /auth/cookie/login`](#post-authcookielogin) sets), *a superuser* (an account with power over the others, but over no
board), or a role on the board that is touched; owner includes member, member includes viewer. For a board that is not the
caller's every endpoint answers 404.
A [personal token](#tokens) is a bearer token too, within its scope and for its boards; about the account itself (its fields,
password, sessions and tokens) it gets 403.

With the cookie, anything but a GET needs `Sec-Fetch-Site: same-origin` (or `none`), or an `Origin` that names the host that was
asked, and a socket needs that `Origin`; browsers send them by themselves. Otherwise the answer is 403, because another site's
page may have made the browser send the cookie. An `Authorization` header beside the cookie wins.
"""


def routes() -> list[Route]:
    """Every endpoint but the socket."""
    return [route for table in TABLES for route in table.routes]


def page() -> str:
    """The page as Markdown."""
    sections = [section for table in TABLES for section in _table(table)]
    return "\n".join([INTRODUCTION, *sections, _socket()])


_RIGHTS: dict[Right, str] = {Anyone: "anyone", LoggedIn: "an account", Superuser: "a superuser"}


def right_of(needs: Right) -> str:
    """A right in words."""
    return needs.value if isinstance(needs, Role) else _RIGHTS[needs]


def _table(table: RouteTable) -> Iterator[str]:
    module = inspect.getmodule(table.routes[0].handler)
    assert isinstance(module, ModuleType)
    yield f"## {module.__name__.split('.')[-2].capitalize()}\n\n{' '.join((inspect.getdoc(module) or '').split())}\n"
    for route in table.routes:
        yield _endpoint(route, compares=table.compares(route))


def _endpoint(route: Route, *, compares: bool) -> str:
    facts = [f"Right: {right_of(route.needs)}.", _answer(route)]
    facts += ["Has an `ETag`."] if route.method == "GET" and is_entity(route.answer) else []
    facts += ["Heeds `If-Match`."] if compares else []
    lines = [f"### {route.method} {route.path}", "", route.summary, "", " ".join(facts), ""]
    if route.query.__struct_fields__:
        lines += [parameter_table(route.query)]
    if route.body is not None:
        lines += [section_of(route.body)]
    if route.streams:
        lines += [f"The body is `multipart/form-data` with one part, `{FIELD}`, that holds the file and its name.", ""]
    return "\n".join(lines)


def _answer(route: Route) -> str:
    answer = route.answer
    if answer is type(None):
        return f"Answers {route.status}, without a body."
    if answer is bytes:
        return f"Answers {route.status} with the file."
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
