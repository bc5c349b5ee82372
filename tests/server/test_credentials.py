"""What only looks like a right, at every endpoint: a closed account, a token that may read, a token for another board."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

import pytest

from rego.client import boards, tokens
from rego.wire.base import Role
from rego.wire.boards import AddMember, CreateBoard
from rego.wire.tokens import CreateToken, Scope
from rego_server.app import TABLES
from rego_server.web.endpoint import Anyone, LoggedIn, Route
from tests.conftest import Join
from tests.server.furnished import Furnished, furnish
from tests.server.route_samples import SAMPLES, Asking
from tests.server.site import Account, RawAnswer, Site, raw

ROUTES = [route for table in TABLES for route in table.routes if route.needs is not Anyone]

OPEN_TO_TOKENS = ("/auth/me", "/boards", "/search", "/users/{user_id}", "/invitations/accept")
"""What is about more than one board, or says who one is. The account itself is managed by no token."""


Ask = Callable[[str], Awaitable[RawAnswer]]


class World(NamedTuple):
    """A board, and those who come to it with the wrong thing; a disabled member, and the owner's own tokens."""

    desk: Furnished
    disabled: Account
    reader: Account
    elsewhere: Account

    def callers(self) -> dict[str, Account]:
        return {"disabled": self.disabled, "reader": self.reader, "elsewhere": self.elsewhere}


@pytest.fixture
async def world(site: Site, join_site: Join) -> AsyncIterator[World]:
    owner, member, viewer, disabled = [await join_site(name) for name in ("owner", "member", "viewer", "disabled")]
    desk = await furnish(owner, member, viewer)
    await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.OWNER, username=disabled.user.username)))
    await site.execute("UPDATE users SET is_active = ? WHERE id = ?", False, disabled.user.id)
    other = await desk.own(boards.create_board(CreateBoard(title="Other")))
    reader = await desk.own(tokens.create_token(CreateToken(name="reads", scope=Scope.READ)))
    elsewhere = await desk.own(tokens.create_token(CreateToken(name="x", scope=Scope.WRITE, board_ids=[other.id])))
    yield World(
        desk,
        Account(disabled.user, disabled.token),
        Account(owner.user, reader.token),
        Account(owner.user, elsewhere.token),
    )


def _wanted(route: Route, caller: str) -> int:
    """The status of the answer; 200 stands for all that are no refusal."""
    if caller == "disabled":
        return 401
    if isinstance(route.needs, Role):
        if caller == "elsewhere":
            return 404
    elif route.needs is not LoggedIn or not route.path.startswith(OPEN_TO_TOKENS):
        return 403
    of_all_boards = route.path == "/search" and caller == "elsewhere"
    return 200 if route.method == "GET" and not of_all_boards else 403


async def test_every_endpoint_refuses_what_only_looks_like_a_right(site: Site, world: World) -> None:
    samples = {route.path + route.method: await _ask_well(site, world, route) for route in ROUTES}
    before = await world.desk.snapshot(archived=True)
    wrong = {
        f"{route.method} {route.path} by {caller}: {answer.status}, not {_wanted(route, caller)}"
        for route in ROUTES
        for caller, account in world.callers().items()
        if not _fits(answer := await samples[route.path + route.method](account.token), _wanted(route, caller))
    }
    assert wrong == set()
    assert await world.desk.snapshot(archived=True) == before
    print(f"{len(ROUTES) * 3} cells: {len(ROUTES)} endpoints by {', '.join(world.callers())}")


def _fits(answer: RawAnswer, wanted: int) -> bool:
    return answer.status < 300 if wanted == 200 else answer.status == wanted


async def _ask_well(site: Site, world: World, route: Route) -> Ask:
    """A request that only its caller can spoil, as a function of the caller's token."""
    owner = Account(world.desk.owner.user, world.desk.owner.token)
    asking = Asking(site.url, world.desk, owner, site.letters, may=False)
    sample = await SAMPLES[f"{route.method} {route.path}"](asking)

    async def ask(token: str) -> RawAnswer:
        kind = {"Content-Type": sample.content_type}
        body, content = sample.body, sample.content
        return await raw(site.url, route.method, sample.path, token=token, body=body, content=content, headers=kind)

    return ask
