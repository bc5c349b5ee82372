"""`/admin/users`: the accounts of the server, for superusers. Boards stay closed to them as to everybody who is not on them."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.admin import ListUsers, PasswordToken, UpdateUser
from rego.wire.users import User
from rego_server.domains.admin import actions
from rego_server.web.endpoint import Request, RouteTable, Superuser

table = RouteTable()


@table.add("GET", "/admin/users", needs=Superuser)
async def list_users(request: Request, query: ListUsers) -> Sequence[User]:
    """The accounts, oldest first, or the one of a name."""
    return request.page(await request.read(actions.list_users, query))


@table.add("PATCH", "/admin/users/{user_id}", needs=Superuser)
async def update_user(request: Request, body: UpdateUser) -> User:
    """Let somebody in or keep them out, make them a superuser or no longer; the last superuser stays one."""
    return await request.run(actions.update_user, request.id("user_id"), body)


@table.add("POST", "/admin/users/{user_id}/reset-password", needs=Superuser)
async def reset_password(request: Request) -> PasswordToken:
    """A token with which somebody sets a new password, to be handed over; until then the old one is good."""
    return await request.run(actions.reset_password, request.id("user_id"))
