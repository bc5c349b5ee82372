"""`/boards/{id}/members`: who is on a board."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.boards import AddMember, Member, UpdateMember
from rego_server.domains.access import actions
from rego_server.web.endpoint import Request, RouteTable

table = RouteTable()


@table.add("GET", "/boards/{board_id}/members", needs=Role.VIEWER)
async def list_members(request: Request) -> Sequence[Member]:
    """Everybody on the board."""
    return await request.read(actions.list_members, request.id("board_id"))


@table.add("POST", "/boards/{board_id}/members", needs=Role.OWNER, status=201)
async def add_member(request: Request, body: AddMember) -> Member:
    """Put a person on the board."""
    return await request.run(actions.add_member, request.id("board_id"), body)


@table.add("PATCH", "/boards/{board_id}/members/{user_id}", needs=Role.OWNER)
async def update_member(request: Request, body: UpdateMember) -> Member:
    """Give a member another role."""
    board_id, user_id = request.id("board_id"), request.id("user_id")
    return await request.run(actions.update_member, board_id, user_id, body)


@table.add("DELETE", "/boards/{board_id}/members/{user_id}", needs=Role.VIEWER)
async def remove_member(request: Request) -> None:
    """Take somebody off the board (owners), or leave it (anybody)."""
    await request.run(actions.remove_member, request.id("board_id"), request.id("user_id"))
