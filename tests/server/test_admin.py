"""Superusers: whom they see, let in and keep out, and that one of them always stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from rego.client import admin, auth, boards, tokens
from rego.client.aio import Client
from rego.client.server import Server as Address
from rego.wire.admin import UpdateUser
from rego.wire.base import Role
from rego.wire.boards import AddMember
from rego.wire.errors import Conflict, Forbidden, NotAuthenticated, NotFound, Unavailable
from rego.wire.tokens import CreateToken, Scope
from rego.wire.users import ResetPassword, User
from rego_server.bootstrap import promote
from rego_server.core.uow import Caller
from rego_server.domains.admin.actions import make_superuser
from rego_server.domains.users.queries import FIRST_SUPERUSER
from tests.conftest import Join
from tests.running import PASSWORD, Running, Somebody, fast_settings, running
from tests.server.furnished import Furnished
from tests.server.site import Account, Site, raw


@pytest.fixture
async def root(site: Site, cast: list[Account]) -> AsyncIterator[Somebody]:
    """A superuser of the shared server, on no board."""
    somebody = cast[-1].logged_in(site.url)
    yield somebody
    await somebody.client.close()


async def _set(root: Somebody, user: User, **changes: bool) -> User:
    return await root.client.send(admin.update_user(user.id, UpdateUser(**changes)))


async def _log_in(url: str, user: User, password: str = PASSWORD) -> str:
    async with Client(Address.parse(url), None) as client:
        return (await client.send(auth.login(user.username, password))).access_token


# --- who there is --------------------------------------------------------------------------------------------------------


async def test_a_superuser_sees_every_account_in_pages(root: Somebody, join_site: Join) -> None:
    ann, bob = await join_site("ann"), await join_site("bob")
    seen = [user async for user in root.client.pages(admin.list_users(limit=2))]
    assert [user.id for user in seen] == sorted({user.id for user in seen})
    assert {root.user.id, ann.user.id, bob.user.id} <= {user.id for user in seen}
    assert next(user for user in seen if user.id == ann.user.id) == ann.user


@pytest.mark.parametrize("of", ["username", "email"])
async def test_an_account_is_found_by_its_whole_name(root: Somebody, join_site: Join, of: str) -> None:
    ann = await join_site("ann")
    name = str(getattr(ann.user, of))
    assert await root.client.send(admin.list_users(name.upper())) == [ann.user]
    assert await root.client.send(admin.list_users(name[:-1])) == []


async def test_people_of_an_import_are_no_accounts(site: Site, root: Somebody, join_site: Join) -> None:
    ann = await join_site("ann")
    await site.execute("UPDATE users SET placeholder = ? WHERE id = ?", True, ann.user.id)
    assert await root.client.send(admin.list_users(ann.user.username)) == []
    for call in (admin.update_user(ann.user.id, UpdateUser(is_active=False)), admin.reset_password(ann.user.id)):
        with pytest.raises(NotFound, match="no account"):
            await root.client.send(call)


# --- in and out ----------------------------------------------------------------------------------------------------------


async def test_who_is_deactivated_is_out_at_once_and_comes_back_by_a_login(site: Site, root: Somebody, join_site: Join) -> None:
    ann = await join_site("ann")
    out = await _set(root, ann.user, is_active=False)
    assert (out.is_active, out.version, out.updated_by) == (False, ann.user.version + 1, root.user.id)
    assert (await raw(site.url, "GET", "/auth/me", token=ann.token)).status == 401
    refresh_token = ann.client.session.credentials and ann.client.session.credentials.refresh_token
    assert (await raw(site.url, "POST", "/auth/refresh", body={"refresh_token": refresh_token})).status == 401
    with pytest.raises(NotAuthenticated):
        await _log_in(site.url, ann.user)
    assert (await _set(root, ann.user, is_active=True)).is_active
    assert (await raw(site.url, "GET", "/auth/me", token=ann.token)).status == 401
    assert (await raw(site.url, "GET", "/auth/me", token=await _log_in(site.url, ann.user))).status == 200


async def test_a_mailed_token_does_not_outlive_the_account(site: Site, root: Somebody, join_site: Join) -> None:
    ann = await join_site("ann")
    await ann.client.send(auth.forgot_password(str(ann.user.email)))
    token = await site.letters.secret_to(str(ann.user.email))
    await _set(root, ann.user, is_active=False)
    await _set(root, ann.user, is_active=True)
    body = {"token": token, "password": f"{PASSWORD} too"}
    assert (await raw(site.url, "POST", "/auth/reset-password", body=body)).status == 400


async def test_whoever_is_out_is_given_no_board(root: Somebody, desk: Furnished, join_site: Join) -> None:
    ann = await join_site("ann")
    await _set(root, ann.user, is_active=False)
    with pytest.raises(NotFound):
        await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.MEMBER, username=ann.user.username)))


async def test_a_superuser_sees_no_board(root: Somebody, desk: Furnished) -> None:
    with pytest.raises(NotFound):
        await root.client.send(boards.get_board(desk.board.id))
    assert await root.client.send(boards.list_boards()) == []


# --- passwords -----------------------------------------------------------------------------------------------------------


async def test_a_token_from_a_superuser_sets_a_password_once(site: Site, root: Somebody, join_site: Join) -> None:
    ann = await join_site("ann")
    first = await root.client.send(admin.reset_password(ann.user.id))
    made = await root.client.send(admin.reset_password(ann.user.id))
    assert made.expires_in == 3_600
    assert (await ann.client.send(auth.me())).id == ann.user.id
    new = f"{PASSWORD} too"
    for token, status in ((first.token, 400), (made.token, 200), (made.token, 400)):
        answer = await raw(site.url, "POST", "/auth/reset-password", body={"token": token, "password": new})
        assert answer.status == status
    assert (await raw(site.url, "GET", "/auth/me", token=ann.token)).status == 401
    assert await _log_in(site.url, ann.user, new)


async def test_it_is_good_whatever_the_address_is_by_then(site: Site, root: Somebody, join_site: Join) -> None:
    ann = await join_site("ann")
    made = await root.client.send(admin.reset_password(ann.user.id))
    await site.execute("UPDATE users SET email = NULL WHERE id = ?", ann.user.id)
    await ann.client.send(auth.reset_password(ResetPassword(token=made.token, password=f"{PASSWORD} too")))


async def test_a_token_is_in_no_table_and_a_repeat_gets_another(site: Site, root: Somebody, join_site: Join) -> None:
    ann = await join_site("ann")
    path, headers = f"/admin/users/{ann.user.id}/reset-password", {"Idempotency-Key": uuid4().hex}
    answers = [await raw(site.url, "POST", path, token=root.token, headers=headers) for _ in range(2)]
    first, second = [answer.json["token"] for answer in answers]
    assert first != second
    for table in ("one_time_secrets", "operations"):
        rows = await site.execute(f"SELECT * FROM {table}")
        assert rows
        assert not any(token in " ".join(map(str, row)) for row in rows for token in (first, second))


async def test_who_is_out_is_let_in_first(root: Somebody, join_site: Join) -> None:
    ann = await join_site("ann")
    await _set(root, ann.user, is_active=False)
    with pytest.raises(Conflict, match="activate it first"):
        await root.client.send(admin.reset_password(ann.user.id))


# --- who may ------------------------------------------------------------------------------------------------------------


async def test_power_is_read_at_each_request(site: Site, root: Somebody, join_site: Join) -> None:
    ann = await join_site("ann")
    await _set(root, ann.user, is_superuser=True)
    assert await ann.client.send(admin.list_users(root.user.username))
    await _set(root, ann.user, is_superuser=False)
    with pytest.raises(Forbidden, match="Only a superuser"):
        await ann.client.send(admin.list_users())


async def test_no_personal_token_has_power(site: Site, root: Somebody, join_site: Join) -> None:
    ann = await join_site("ann")
    made = await root.client.send(tokens.create_token(CreateToken(name=uuid4().hex, scope=Scope.WRITE)))
    for method, path, body in (
        ("GET", "/admin/users", None),
        ("PATCH", f"/admin/users/{ann.user.id}", {"is_active": False}),
        ("POST", f"/admin/users/{ann.user.id}/reset-password", None),
    ):
        assert (await raw(site.url, method, path, token=made.token, body=body)).status == 403
    await root.client.send(tokens.revoke_token(made.id))


async def test_nobody_makes_themselves_a_superuser(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    body = {"username": "x", "email": "x@example.com", "password": PASSWORD, "is_superuser": True}
    assert (await raw(site.url, "POST", "/auth/register", body=body)).status == 400
    assert (await raw(site.url, "PATCH", "/auth/me", token=ann.token, body={"is_superuser": True})).status == 400
    assert (
        await raw(site.url, "PATCH", f"/admin/users/{ann.user.id}", token=ann.token, body={"is_superuser": True})
    ).status == 403
    assert not (await ann.client.send(auth.me())).is_superuser


async def test_changes_merge_and_repeat_as_those_of_other_things_do(site: Site, root: Somebody, join_site: Join) -> None:
    ann = await join_site("ann")
    path = f"/admin/users/{ann.user.id}"
    headers = {"Idempotency-Key": uuid4().hex}
    once, again = [
        await raw(site.url, "PATCH", path, token=root.token, body={"is_active": False}, headers=headers) for _ in range(2)
    ]
    assert once.status == again.status == 200
    assert once.json == again.json
    merged = await raw(site.url, "PATCH", path, token=root.token, body={"is_superuser": True, "version": 1})
    assert (merged.status, merged.json["version"]) == (200, 3)
    stale = await raw(site.url, "PATCH", path, token=root.token, body={"is_active": True, "version": 1})
    assert (stale.status, stale.json["data"]["version"]) == (409, 3)
    assert (await _set(root, ann.user, is_superuser=False)).version == 4


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "?name=", None, 400),
        ("GET", "?name=%00", None, 400),
        ("GET", "?name=" + "x" * 300, None, 400),
        ("GET", "?limit=0", None, 400),
        ("GET", "?limit=1000", None, 400),
        ("GET", "?cursor=x", None, 400),
        ("GET", "?cursor=WyJ4Il0", None, 400),
        ("GET", "?user=x", None, 400),
        ("PATCH", "/{id}", {"is_active": None}, 400),
        ("PATCH", "/{id}", {"is_active": "no"}, 400),
        ("PATCH", "/{id}", {"is_superuser": 1}, 400),
        ("PATCH", "/{id}", {"is_verified": True}, 400),
        ("PATCH", "/{id}", {"password_hash": "x"}, 400),
        ("PATCH", "/{id}", {"version": 2**70}, 400),
        ("PATCH", "/{id}", [], 400),
        ("PATCH", "/{id}", {"is_active": False, "version": 99}, 409),
        ("PATCH", "/00000000-0000-7000-8000-000000000000", {"is_active": False}, 404),
        ("PATCH", "/x", {"is_active": False}, 404),
        ("POST", "/00000000-0000-7000-8000-000000000000/reset-password", None, 404),
        ("POST", "/%00/reset-password", None, 404),
    ],
    ids=str,
)
async def test_what_makes_no_sense_changes_nothing(
    site: Site, root: Somebody, cast: list[Account], method: str, path: str, body: Any, status: int
) -> None:
    before = await root.client.send(admin.list_users(cast[0].user.username))
    address = f"/admin/users{path.format(id=cast[0].user.id)}"
    answer = await raw(site.url, method, address, token=root.token, body=body)
    assert (answer.status, bool(answer.json["detail"])) == (status, True)
    assert await root.client.send(admin.list_users(cast[0].user.username)) == before


# --- the first and the last ----------------------------------------------------------------------------------------------


async def _promote(server: Running, somebody: Somebody) -> None:
    await server.server.runner.run(make_superuser, Caller(), None, somebody.user.username)


async def test_the_last_superuser_stays_one(server: Running, people: Join) -> None:
    ann, bob = await people("ann"), await people("bob")
    await _promote(server, ann)
    for change in ({"is_superuser": False}, {"is_active": False}):
        with pytest.raises(Conflict, match="last superuser"):
            await _set(ann, ann.user, **change)
    await _promote(server, bob)
    await _set(ann, bob.user, is_active=False)
    with pytest.raises(Conflict, match="last superuser"):
        await _set(ann, ann.user, is_superuser=False)
    await _set(ann, bob.user, is_active=True)
    assert not (await _set(ann, ann.user, is_superuser=False)).is_superuser


async def test_the_owner_of_the_data_is_never_somebody_who_is_out(server: Running, people: Join) -> None:
    """Otherwise there would be no way in from the server's own machine."""
    ann, bob = await people("ann"), await people("bob")
    for each, out in ((ann, False), (bob, True)):
        await _promote(server, each)
        await _set(bob if out else ann, ann.user, is_active=not out)
        row = await server.server.database.glance(lambda connection: connection.fetch_one(FIRST_SUPERUSER))
        assert row is not None
        assert row["id"] == (bob if out else ann).user.id


async def test_of_two_who_demote_each_other_one_stays(server: Running, people: Join) -> None:
    ann, bob = await people("ann"), await people("bob")
    for each in (ann, bob):
        await _promote(server, each)
    outcomes = await asyncio.gather(
        _set(ann, bob.user, is_superuser=False), _set(bob, ann.user, is_active=False), return_exceptions=True
    )
    assert [isinstance(outcome, User) for outcome in outcomes].count(True) == 1
    left = [await each.client.send(auth.me()) for each in (ann, bob) if isinstance(outcomes[each is ann], Exception)]
    assert [user.is_superuser for user in left] == [True]


async def test_the_first_one_is_made_on_the_database(database_url: str, tmp_path: Path) -> None:
    """While a server runs on PostgreSQL; with SQLite, where only one process may write, while none does."""
    settings = fast_settings(tmp_path, database_url or f"sqlite:///{tmp_path}/rego.db")
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running(settings))
        async with Client(Address.parse(server.url), None) as client:
            body = {"email": "ann@example.com", "username": "ann", "password": PASSWORD}
            assert (await raw(server.url, "POST", "/auth/register", body=body)).status == 201
            with pytest.raises(NotAuthenticated):
                await client.send(admin.list_users())
        if not database_url:
            with pytest.raises(Unavailable, match="stop it"):
                await asyncio.to_thread(promote, settings, "ann")
            await stack.aclose()
        with pytest.raises(NotFound, match="Nobody here is called bob"):
            await asyncio.to_thread(promote, settings, "bob")
        promoted = await asyncio.to_thread(promote, settings, "ANN@example.com")
    assert (promoted.username, promoted.is_superuser, promoted.updated_by) == ("ann", True, None)
    assert (await asyncio.to_thread(promote, settings, "ann")).version == promoted.version + 1
