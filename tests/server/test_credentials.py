"""What somebody who has every right on a board comes with: every endpoint asked with credentials that are not good for it."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from rego.client import auth, boards, tokens
from rego.wire.base import Role
from rego.wire.boards import AddMember, CreateBoard
from rego.wire.tokens import CreateToken, Scope
from rego_server.app import TABLES
from rego_server.web.endpoint import Anyone, Route
from tests.conftest import Join
from tests.running import PASSWORD
from tests.server.furnished import Furnished
from tests.server.route_samples import SAMPLES, Asking
from tests.server.site import Account, Site, raw

ROUTES = {f"{route.method} {route.path}": route for table in TABLES for route in table.routes if route.needs is not Anyone}


class Credentials(NamedTuple):
    """Bearer tokens: of an account that is disabled, of a session that is over, and two personal ones."""

    disabled: str
    ended: str
    reading: str
    elsewhere: str


@pytest.fixture
async def credentials(site: Site, desk: Furnished, join_site: Join) -> Credentials:
    """All of them of owners of the furnished board."""
    out = await join_site("out")
    await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.OWNER, username=out.user.username)))
    await site.execute("UPDATE users SET is_active = ? WHERE id = ?", False, out.user.id)
    ended = (await desk.own(auth.login(desk.owner.user.username, PASSWORD))).access_token
    await raw(site.url, "POST", "/auth/logout", token=ended)
    other = await desk.own(boards.create_board(CreateBoard(title="Elsewhere")))
    reading = await desk.own(tokens.create_token(CreateToken(name="x", scope=Scope.READ)))
    elsewhere = await desk.own(tokens.create_token(CreateToken(name="x", scope=Scope.WRITE, board_ids=[other.id])))
    return Credentials(out.token, ended, reading.token, elsewhere.token)


def _wanted(route: Route) -> dict[str, int]:
    """The status by credential; one that is missing is asked about elsewhere."""
    wanted = {"disabled": 401, "ended": 401}
    if route.method != "GET":
        wanted |= {"reading": 403, "elsewhere": 403}
    if isinstance(route.needs, Role):
        wanted["elsewhere"] = 404
    return wanted


async def test_rights_are_worth_nothing_without_good_credentials(
    site: Site, desk: Furnished, cast: list[Account], credentials: Credentials
) -> None:
    """One board is enough for all endpoints, because it stays as it is."""
    before = await desk.snapshot(archived=True)
    got = {name: await _ask(site, desk, cast[0], credentials, name) for name in ROUTES}
    assert got == {name: _wanted(route) for name, route in ROUTES.items()}
    assert await desk.snapshot(archived=True) == before
    print(f"{sum(map(len, got.values()))} cells")


async def _ask(site: Site, desk: Furnished, owner: Account, credentials: Credentials, name: str) -> dict[str, int]:
    route = ROUTES[name]
    sample = await SAMPLES[name](Asking(site.url, desk, owner, site.letters, may=False))
    kind = {"Content-Type": sample.content_type}
    got = {}
    for each in _wanted(route):
        token, body, content = getattr(credentials, each), sample.body, sample.content
        answer = await raw(site.url, route.method, sample.path, token=token, body=body, content=content, headers=kind)
        got[each] = answer.status
    return got
