"""`/boards/{id}/activity`: what happened on a board, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.activity import Activity, ListActivity
from rego.wire.base import Role
from rego_server.domains.activity import actions
from rego_server.web.endpoint import Request, RouteTable

table = RouteTable()


@table.add("GET", "/boards/{board_id}/activity", needs=Role.VIEWER)
async def list_activity(request: Request, query: ListActivity) -> Sequence[Activity]:
    """What happened on the board, newest first: each event as a sentence."""
    return request.page(await request.read(actions.list_activity, request.id("board_id"), query))
