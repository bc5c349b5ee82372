"""`/users/{id}`: people, as others see them."""

from __future__ import annotations

from rego.wire.users import Profile
from rego_server.domains.users import actions
from rego_server.web.endpoint import LoggedIn, Request, RouteTable

table = RouteTable()


@table.add("GET", "/users/{user_id}", needs=LoggedIn)
async def get_profile(request: Request) -> Profile:
    """Somebody who is on a board of the caller's, or the caller: name and username, never an e-mail address."""
    return await request.read(actions.get_profile, request.id("user_id"))
