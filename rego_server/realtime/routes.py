"""`/boards/{id}/snapshot` and `/boards/{id}/presence`: the board as it is now, and who is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from aiohttp import web
from msgspec.structs import replace

from rego.wire.base import Role
from rego.wire.boards import BoardGlance
from rego.wire.presence import Person
from rego.wire.snapshot import GetSnapshot, Snapshot
from rego_server.core.uow import Reading
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import look
from rego_server.domains.boards.actions import count_cards
from rego_server.realtime.socket import LIVE
from rego_server.web.conditional import CAREFUL, is_known
from rego_server.web.endpoint import LoggedIn, Request, RouteTable

table = RouteTable()


@table.add("GET", "/boards/{board_id}/snapshot", needs=Role.VIEWER, answers=Snapshot)
async def get_snapshot(request: Request, query: GetSnapshot) -> web.Response:
    """The whole board at one sequence number, without long texts; `archived=true` adds the archived cards."""
    snapshots = request.http.app[LIVE].snapshots
    encoded = await snapshots.get(request.caller, request.id("board_id"), archived=query.archived)
    headers = {"ETag": encoded.etag, **CAREFUL}
    if is_known(request.http, encoded.etag):
        return web.Response(status=304, headers=headers)
    return web.Response(body=encoded.body, content_type="application/json", headers=headers)


@table.add("GET", "/boards/glances", needs=LoggedIn)
async def list_glances(request: Request) -> Sequence[BoardGlance]:
    """Of each board that you are on and that is not archived: how many cards are open, done, overdue, and who is there."""
    glances = await request.read(count_cards, request.now(UTC))
    hub = request.http.app[LIVE].hub
    if hub.degraded:
        request.headers["X-Rego-Degraded"] = "presence"
    crowds = await hub.crowds([glance.board_id for glance in glances])
    return [replace(glance, people=crowds[glance.board_id]) for glance in glances]


@table.add("GET", "/boards/{board_id}/presence", needs=Role.VIEWER)
async def get_presence(request: Request) -> Sequence[Person]:
    """Who is on the board right now, and on which card; `X-Rego-Degraded` says when people of other servers may be missing."""
    await request.read(_see, request.id("board_id"))
    hub = request.http.app[LIVE].hub
    if hub.degraded:
        request.headers["X-Rego-Degraded"] = "presence"
    return await hub.people(request.id("board_id"))


async def _see(reading: Reading, board_id: str) -> None:
    await look(reading, access.BOARD, board_id=board_id)
