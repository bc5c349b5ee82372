"""Who may do what: every endpoint asked by everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from rego.client import attachments, boards, cards, checklists, columns, labels
from rego.wire.base import Role
from rego.wire.boards import AddMember, CreateBoard
from rego.wire.cards import CreateCard
from rego.wire.columns import CreateColumn
from rego.wire.errors import NotFound
from rego_server.app import TABLES
from rego_server.web.endpoint import Anyone, LoggedIn, Request, Route, RouteTable, Superuser, install
from tests.conftest import Join
from tests.server.furnished import Furnished, furnish
from tests.server.route_samples import SAMPLES, Asking
from tests.server.site import Account, Site, raw

ROUTES = {f"{route.method} {route.path}": route for table in TABLES for route in table.routes}
ON_BOARDS = {Role.OWNER: "owner", Role.MEMBER: "member", Role.VIEWER: "viewer"}
CALLERS = ("nobody", "stranger", "former", "superuser", *ON_BOARDS.values())

Desks = Callable[[], Awaitable[Furnished]]


@pytest.fixture
async def new_desk(site: Site, cast: list[Account]) -> AsyncIterator[Desks]:
    """Makes boards, each with a former member."""
    people = [account.logged_in(site.url) for account in cast[:3]]
    former = cast[4]

    async def make() -> Furnished:
        desk = await furnish(*people)
        await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.OWNER, username=former.user.username)))
        await desk.own(boards.remove_member(desk.board.id, former.user.id))
        return desk

    yield make
    for somebody in people:
        await somebody.client.close()


def _wanted(route: Route, caller: str) -> int | None:
    """The status of a refusal, or None when the caller is to get through."""
    if route.needs is Anyone:
        return None
    if caller == "nobody":
        return 401
    if route.needs is LoggedIn:
        return None
    if route.needs is Superuser:
        return None if caller == "superuser" else 403
    assert isinstance(route.needs, Role)
    roles = {name: role for role, name in ON_BOARDS.items()}
    if caller not in roles:
        return 404
    return None if roles[caller].allows(route.needs) else 403


@pytest.mark.parametrize("name", ROUTES)
async def test_everybody_gets_what_their_right_allows(site: Site, cast: list[Account], new_desk: Desks, name: str) -> None:
    """First all who are refused, on one board that stays as it is; then the others, each on a board of their own."""
    route = ROUTES[name]
    accounts: dict[str, Account | None] = {"nobody": None}
    accounts |= dict(zip(("owner", "member", "viewer", "stranger", "former", "superuser"), cast, strict=True))
    desk = await new_desk()
    before = await desk.snapshot(archived=True)
    refused = [caller for caller in CALLERS if _wanted(route, caller) is not None]
    for caller in refused:
        status = await _ask(site, route, Asking(site.url, desk, accounts[caller], site.letters, may=False))
        assert status == _wanted(route, caller), f"{caller} got {status}"
    assert await desk.snapshot(archived=True) == before
    for caller in CALLERS:
        if caller not in refused:
            desk = await new_desk() if route.method != "GET" else desk
            status = await _ask(site, route, Asking(site.url, desk, accounts[caller], site.letters, may=True))
            assert 200 <= status < 300, f"{caller} got {status}"
    print(f"{name}: {len(CALLERS)} cells, {len(refused)} of them refused")


async def _ask(site: Site, route: Route, asking: Asking) -> int:
    sample = await SAMPLES[f"{route.method} {route.path}"](asking)
    token = sample.token or (asking.who.token if asking.who else None)
    kind = {"Content-Type": sample.content_type}
    path, body, content = sample.path, sample.body, sample.content
    answer = await raw(site.url, route.method, path, token=token, body=body, content=content, headers=kind)
    return answer.status


def test_every_endpoint_is_in_the_matrix() -> None:
    assert SAMPLES.keys() == ROUTES.keys()
    print(f"{len(ROUTES)} endpoints by {len(CALLERS)} callers = {len(ROUTES) * len(CALLERS)} cells on each database")


def test_every_endpoint_that_names_something_needs_a_role() -> None:
    """But for what is one's own, for people, who are not of one board, and for the files of a page."""
    apart = ("/auth/", "/users/", "/admin/", "/docs/")
    assert all(isinstance(r.needs, Role) for r in ROUTES.values() if "{" in r.path and not r.path.startswith(apart))


async def test_the_answer_to_a_stranger_is_the_one_for_nothing(site: Site, desk: Furnished, cast: list[Account]) -> None:
    stranger = cast[3].token
    nothing = "00000000-0000-7000-8000-000000000000"
    for real, none in (
        (f"/boards/{desk.board.id}", f"/boards/{nothing}"),
        (f"/cards/{desk.one.id}", f"/cards/{nothing}"),
        (f"/cards/{desk.board.key}-1", "/cards/ZZZZZZ-1"),
        (f"/columns/{desk.todo.id}", f"/columns/{nothing}"),
        (f"/attachments/{desk.attachment.id}", f"/attachments/{nothing}"),
        (f"/attachments/{desk.attachment.id}/content", f"/attachments/{nothing}/content"),
    ):
        seen, unseen = [await raw(site.url, "GET", path, token=stranger) for path in (real, none)]
        assert seen.status == unseen.status == 404
        assert seen.json | {"request_id": ""} == unseen.json | {"request_id": ""}


async def test_what_hangs_on_an_unseen_card_is_unseen(desk: Furnished, new_desk: Desks, join_site: Join) -> None:
    """A right on one board opens nothing of another, by whatever id."""
    owner_elsewhere = await join_site("owner")
    own = await owner_elsewhere.client.send(boards.create_board(CreateBoard(title="Own")))
    column = await owner_elsewhere.client.send(columns.create_column(own.id, CreateColumn(title="x")))
    await owner_elsewhere.client.send(cards.create_card(own.id, CreateCard(title="x", column_id=column.id)))
    for call in (
        cards.get_card(desk.one.id),
        columns.get_column(desk.todo.id),
        checklists.list_checklists(desk.one.id),
        attachments.list_attachments(desk.one.id),
        attachments.get_attachment(desk.attachment.id),
        labels.list_labels(desk.board.id),
        cards.list_cards(desk.board.id, column_id=column.id),
        cards.list_cards(own.id, column_id=desk.todo.id),
    ):
        try:
            seen: Any = await owner_elsewhere.client.send(call)
        except NotFound:
            continue
        assert seen == [], call.path


# --- the table itself --------------------------------------------------------------------------------------------


async def _handler(_: Request) -> None:
    """Does nothing."""


@pytest.mark.parametrize("needs", [None, "owner", 1, object(), Request])
def test_an_endpoint_without_a_right_is_not_installed(needs: Any) -> None:
    table = RouteTable()
    table.add("GET", "/open", needs=needs)(_handler)
    with pytest.raises(TypeError, match="does not declare the right"):
        install(web.Application(), [table])


def test_an_endpoint_with_a_right_is_installed() -> None:
    table = RouteTable()
    table.add("GET", "/open", needs=Anyone)(_handler)
    app = web.Application()
    install(app, [table])
    assert [resource.canonical for resource in app.router.resources()] == ["/open"]


def test_a_piece_of_a_path_is_of_a_known_kind() -> None:
    with pytest.raises(TypeError, match="of no known kind"):
        RouteTable().add("GET", "/boards/{board}", needs=Role.VIEWER)(_handler)


def test_a_right_must_be_named() -> None:
    with pytest.raises(TypeError):
        RouteTable().add("GET", "/open")  # type: ignore[call-arg]
