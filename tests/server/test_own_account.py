"""One's own account: changing the password, seeing one's sessions and ending them."""

from __future__ import annotations

from uuid import uuid4

import aiohttp
import pytest

from rego.client import auth, boards
from rego.client.aio import Client
from rego.client.credentials import Credentials
from rego.client.server import Server as Address
from rego.wire.boards import CreateBoard
from rego.wire.errors import InvalidInput, NotAuthenticated, NotFound
from rego.wire.frames import CloseCode
from rego.wire.users import ChangePassword, Tokens
from tests.conftest import Join
from tests.running import PASSWORD, Somebody
from tests.server.site import Site, raw

NEW_PASSWORD = "a longer horse battery"


async def _log_in(site: Site, person: Somebody, password: str = PASSWORD) -> Tokens:
    async with Client(Address.parse(site.url), None) as client:
        return await client.send(auth.login(person.user.username, password))


async def _is_good(site: Site, token: str) -> bool:
    return (await raw(site.url, "GET", "/auth/me", token=token)).status == 200


# --- the password ------------------------------------------------------------------------------------------------


async def test_a_changed_password_ends_all_other_sessions(site: Site, join_site: Join) -> None:
    ann, bob = await join_site("ann"), await join_site("bob")
    other = await _log_in(site, ann)
    await ann.client.send(auth.change_password(ChangePassword(current_password=PASSWORD, new_password=NEW_PASSWORD)))
    assert await _is_good(site, ann.token)
    assert await _is_good(site, bob.token)
    assert not await _is_good(site, other.access_token)
    refreshed = await raw(site.url, "POST", "/auth/refresh", body={"refresh_token": other.refresh_token})
    assert refreshed.status == 401
    assert await _is_good(site, (await _log_in(site, ann, NEW_PASSWORD)).access_token)
    with pytest.raises(NotAuthenticated, match="The username or the password is wrong"):
        await _log_in(site, ann)


async def test_a_wrong_current_password_changes_nothing(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    other = await _log_in(site, ann)
    body = {"current_password": "wrong horse battery", "new_password": NEW_PASSWORD}
    answer = await raw(site.url, "POST", "/auth/change-password", token=ann.token, body=body)
    assert (answer.status, answer.json["field"]) == (400, "current_password")
    assert answer.json["detail"] == "The current password is wrong."
    assert await _is_good(site, other.access_token)
    await _log_in(site, ann)


@pytest.mark.parametrize("password", ["password123", "short", "", "x" * 129])
async def test_a_bad_new_password_is_refused(site: Site, join_site: Join, password: str) -> None:
    ann = await join_site("ann")
    body = {"current_password": PASSWORD, "new_password": password}
    answer = await raw(site.url, "POST", "/auth/change-password", token=ann.token, body=body)
    assert (answer.status, answer.json["field"]) == (400, "new_password")
    await _log_in(site, ann)


async def test_a_repeated_change_is_done_and_leaves_no_trace_of_the_passwords(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    for _ in range(2):
        answer = await raw(
            site.url, "POST", "/auth/change-password", token=ann.token, body=body, headers={"Idempotency-Key": "once"}
        )
        assert answer.status == 204
    assert await site.execute("SELECT op_id FROM operations WHERE user_id = ?", ann.user.id) == []


async def test_only_who_is_logged_in_changes_a_password(site: Site) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert (await raw(site.url, "POST", "/auth/change-password", body=body)).status == 401


# --- sessions ----------------------------------------------------------------------------------------------------


async def test_ones_own_sessions_are_listed_with_the_current_one_marked(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    await join_site("bob")
    agent = {"User-Agent": "Browser 1.0"}
    body = {"username": ann.user.username, "password": PASSWORD}
    other = (await raw(site.url, "POST", "/auth/login", body=body, headers=agent)).json["access_token"]
    newest, first = await ann.client.send(auth.list_sessions())
    assert (newest.current, newest.user_agent, first.current) == (False, "Browser 1.0", True)
    assert first.expires_at > first.created_at
    seen = (await raw(site.url, "GET", "/auth/sessions", token=other)).json
    assert [session["current"] for session in seen] == [True, False]


async def test_an_ended_session_is_listed_no_more_and_opens_nothing(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    other = await _log_in(site, ann)
    ended = next(session for session in await ann.client.send(auth.list_sessions()) if not session.current)
    await ann.client.send(auth.revoke_session(ended.id))
    assert [session.current for session in await ann.client.send(auth.list_sessions())] == [True]
    assert not await _is_good(site, other.access_token)
    with pytest.raises(NotFound):
        await ann.client.send(auth.revoke_session(ended.id))


async def test_a_session_can_end_itself(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    (own,) = await ann.client.send(auth.list_sessions())
    assert (await raw(site.url, "DELETE", f"/auth/sessions/{own.id}", token=ann.token)).status == 204
    assert not await _is_good(site, ann.token)


async def test_the_session_of_another_person_is_not_found(site: Site, join_site: Join) -> None:
    ann, bob = await join_site("ann"), await join_site("bob")
    (hers,) = await ann.client.send(auth.list_sessions())
    for session_id in (hers.id, str(uuid4()), "x"):
        with pytest.raises(NotFound):
            await bob.client.send(auth.revoke_session(session_id))
    assert await _is_good(site, ann.token)


async def test_an_expired_session_is_not_listed(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    await _log_in(site, ann)
    expired = next(session for session in await ann.client.send(auth.list_sessions()) if not session.current)
    await site.execute("UPDATE sessions SET expires_at = created_at WHERE id = ?", expired.id)
    assert [session.current for session in await ann.client.send(auth.list_sessions())] == [True]


async def test_the_sockets_of_an_ended_session_close(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    board = await ann.client.send(boards.create_board(CreateBoard(title="Operations")))
    other = await _log_in(site, ann)
    ended = next(session for session in await ann.client.send(auth.list_sessions()) if not session.current)
    url, headers = f"{site.url}/ws/boards/{board.id}", {"Authorization": f"Bearer {other.access_token}"}
    async with aiohttp.ClientSession() as session, session.ws_connect(url, headers=headers) as socket:
        await socket.receive()
        await ann.client.send(auth.revoke_session(ended.id))
        async for _ in socket:
            pass
        assert socket.close_code == CloseCode.SESSION_ENDED


async def test_the_sdk_says_what_was_wrong(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    body = ChangePassword(current_password="wrong horse battery", new_password=NEW_PASSWORD)
    async with Client(Address.parse(site.url), Credentials(server=site.url, access_token=ann.token)) as client:
        with pytest.raises(InvalidInput, match="The current password is wrong"):
            await client.send(auth.change_password(body))
