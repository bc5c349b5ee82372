"""`/boards/{id}/events/{seq}/revert`: undo."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.event_data import RawEvent
from rego.wire.events import Event
from rego.wire.undo import RevertEvent
from rego_server.domains.undo import actions
from rego_server.web.endpoint import Request, RouteTable

table = RouteTable()


@table.add("POST", "/boards/{board_id}/events/{seq}/revert", needs=Role.MEMBER, answers=list[Event])
async def revert_event(request: Request, body: RevertEvent) -> Sequence[RawEvent]:
    """Take back what an event did, if that is as the event left it; answers the new events."""
    return await request.run(actions.revert_event, request.id("board_id"), request.number("seq"), body)
