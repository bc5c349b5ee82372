"""A forgotten password and an address to verify: tokens that were mailed, good once, for a while, for their account alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from rego.client import auth
from rego.client.aio import Client
from rego.client.server import Server as Address
from rego.wire.errors import InvalidInput, NotAuthenticated
from rego.wire.users import ChangePassword, ResetPassword, UpdateMe
from tests.conftest import Join
from tests.letters import Letterbox
from tests.running import PASSWORD, Running, Somebody, fast_settings, join
from tests.server.hand_clock import HandClock, running_by
from tests.server.site import RawAnswer, Site, raw

NEW_PASSWORD = "a longer horse battery"
NOT_VALID = "This token is not valid: it was used, has expired or was replaced by a newer one"


@pytest.fixture
async def client(site: Site) -> AsyncIterator[Client]:
    """Somebody who is not logged in."""
    async with Client(Address.parse(site.url), None) as client:
        yield client


async def _reset_token(site: Site, client: Client, person: Somebody, count: int = 1) -> str:
    address = str(person.user.email)
    await client.send(auth.forgot_password(address))
    return await site.letters.secret_to(address, count)


async def _reset(client: Client, token: str) -> None:
    await client.send(auth.reset_password(ResetPassword(token=token, password=NEW_PASSWORD)))


# --- a forgotten password ------------------------------------------------------------------------------------------------


async def test_a_token_by_mail_sets_a_new_password_and_ends_all_sessions(site: Site, client: Client, join_site: Join) -> None:
    ann, bob = await join_site("ann"), await join_site("bob")
    other = await client.send(auth.login(ann.user.username, PASSWORD))
    token = await _reset_token(site, client, ann)
    letter = await site.letters.to(str(ann.user.email))
    assert (letter.subject, ann.user.username in letter.text) == ("Your new Rego password", True)
    await _reset(client, token)
    for access in (ann.token, other.access_token):
        assert (await raw(site.url, "GET", "/auth/me", token=access)).status == 401
    assert (await raw(site.url, "POST", "/auth/refresh", body={"refresh_token": other.refresh_token})).status == 401
    assert (await raw(site.url, "GET", "/auth/me", token=bob.token)).status == 200
    await client.send(auth.login(ann.user.username, NEW_PASSWORD))
    with pytest.raises(NotAuthenticated):
        await client.send(auth.login(ann.user.username, PASSWORD))


async def test_a_token_is_good_once_even_for_two_at_once(site: Site, client: Client, join_site: Join) -> None:
    token = await _reset_token(site, client, await join_site("ann"))
    outcomes = await asyncio.gather(*(_reset(client, token) for _ in range(4)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome] == [InvalidInput] * 3
    with pytest.raises(InvalidInput, match=NOT_VALID):
        await _reset(client, token)


async def test_a_newer_token_replaces_the_older(site: Site, client: Client, join_site: Join) -> None:
    ann = await join_site("ann")
    older, newer = await _reset_token(site, client, ann), await _reset_token(site, client, ann, 2)
    with pytest.raises(InvalidInput, match=NOT_VALID):
        await _reset(client, older)
    await _reset(client, newer)


async def test_a_token_to_a_former_address_or_before_a_new_password_is_worth_nothing(
    site: Site, client: Client, join_site: Join
) -> None:
    ann, bob = await join_site("ann"), await join_site("bob")
    tokens = [await _reset_token(site, client, person) for person in (ann, bob)]
    await ann.client.send(auth.update_me(UpdateMe(email=f"{uuid4().hex}@example.com")))
    await bob.client.send(auth.change_password(ChangePassword(current_password=PASSWORD, new_password="yet another one")))
    for token in tokens:
        with pytest.raises(InvalidInput, match=NOT_VALID):
            await _reset(client, token)


async def test_a_weak_password_does_not_use_the_token_up(site: Site, client: Client, join_site: Join) -> None:
    token = await _reset_token(site, client, await join_site("ann"))
    for password in ("password123", "short", "x" * 129):
        answer = await raw(site.url, "POST", "/auth/reset-password", body={"token": token, "password": password})
        assert (answer.status, answer.json["field"]) == (400, "password")
    await _reset(client, token)


async def test_false_tokens_are_refused_with_one_sentence(site: Site, join_site: Join) -> None:
    for path in ("/auth/reset-password", "/auth/verify"):
        body = {"password": NEW_PASSWORD} if "reset" in path else {}
        for token in ("x", "rego_reset_" + "A" * 43, "é" * 50, "\x00", "a" * 200):
            answer = await raw(site.url, "POST", path, body={"token": token, **body})
            assert (answer.status, answer.json["field"]) == (400, "token"), (path, token)
            assert answer.json["detail"].startswith(NOT_VALID)
        for wrong in ("", "a" * 201, None, 3):
            answer = await raw(site.url, "POST", path, body={"token": wrong, **body})
            assert (answer.status, answer.json["error_type"]) == (400, "InvalidInput"), (path, wrong)


async def test_the_answer_does_not_tell_whether_there_is_an_account(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    for path in ("/auth/forgot-password", "/auth/request-verify-token"):
        known, unknown = [
            await raw(site.url, "POST", path, body={"email": email}) for email in (ann.user.email, "nobody@example.com")
        ]
        assert known.status == unknown.status == 202
        assert known.body == unknown.body
        assert (await raw(site.url, "POST", path, body={"email": "no address"})).status == 400


async def test_nothing_is_asked_of_the_database_before_the_answer(database_url: str, tmp_path: Path) -> None:
    """So its time cannot tell either: the look-up begins when the answer is on its way."""
    box = Letterbox()
    async with running_by(HandClock(), fast_settings(tmp_path, database_url), carrier=box) as server:
        ann = await join(server.url, "ann")
        await ann.client.close()
        gate = asyncio.Event()
        original = server.server.database.transaction

        async def held(work: object) -> object:
            await gate.wait()
            return await original(work)  # type: ignore[arg-type]

        server.server.database.transaction = held  # type: ignore[method-assign, assignment]
        answer = await raw(server.url, "POST", "/auth/forgot-password", body={"email": ann.user.email})
        assert (answer.status, box.letters) == (202, [])
        gate.set()
        await box.to(str(ann.user.email))


async def test_who_may_not_come_in_gets_no_letter(site: Site, client: Client, join_site: Join) -> None:
    """The letter to somebody else that is asked for later shows that none is still on its way."""
    gone, ann = await join_site("gone"), await join_site("ann")
    await site.execute("UPDATE users SET is_active = ? WHERE id = ?", False, gone.user.id)
    await client.send(auth.forgot_password(str(gone.user.email)))
    await _reset_token(site, client, ann)
    assert str(gone.user.email) not in {letter.to for letter in site.letters.letters}


async def test_a_secret_is_kept_as_a_hash_alone(site: Site, client: Client, join_site: Join) -> None:
    token = await _reset_token(site, client, await join_site("ann"))
    for row in await site.execute("SELECT * FROM one_time_secrets"):
        assert token not in map(str, row)
    assert await site.execute("SELECT 1 FROM operations WHERE answer LIKE '%rego_reset_%'") == []


# --- an address to verify ------------------------------------------------------------------------------------------------


async def _verify_token(site: Site, client: Client, address: str) -> str:
    await client.send(auth.request_verification(address))
    return await site.letters.secret_to(address)


async def test_a_token_by_mail_verifies_the_address(site: Site, client: Client, join_site: Join) -> None:
    ann = await join_site("ann")
    assert not ann.user.is_verified
    token = await _verify_token(site, client, str(ann.user.email))
    assert (await client.send(auth.verify(token))).is_verified
    assert (await ann.client.send(auth.me())).is_verified
    with pytest.raises(InvalidInput, match=NOT_VALID):
        await client.send(auth.verify(token))


async def test_a_new_address_is_to_be_verified_again(site: Site, client: Client, join_site: Join) -> None:
    ann = await join_site("ann")
    old = await _verify_token(site, client, str(ann.user.email))
    address = f"{uuid4().hex}@example.com"
    await ann.client.send(auth.update_me(UpdateMe(email=address)))
    with pytest.raises(InvalidInput, match=NOT_VALID):
        await client.send(auth.verify(old))
    assert (await client.send(auth.verify(await _verify_token(site, client, address)))).is_verified
    changed = await ann.client.send(auth.update_me(UpdateMe(email=f"{uuid4().hex}@example.com")))
    assert not changed.is_verified


async def test_a_token_for_one_purpose_is_not_good_for_another(site: Site, client: Client, join_site: Join) -> None:
    ann = await join_site("ann")
    token = await _verify_token(site, client, str(ann.user.email))
    with pytest.raises(InvalidInput, match=NOT_VALID):
        await _reset(client, token)
    assert (await client.send(auth.verify(token))).is_verified


# --- time ----------------------------------------------------------------------------------------------------------------


async def test_tokens_run_out_and_are_swept_up(database_url: str, tmp_path: Path) -> None:
    clock, box = HandClock(), Letterbox()
    async with running_by(clock, fast_settings(tmp_path, database_url), carrier=box) as server:
        ann = await join(server.url, "ann")
        await ann.client.close()
        address = str(ann.user.email)

        async def spend(path: str, count: int, **body: str) -> RawAnswer:
            token = await box.secret_to(address, count)
            return await raw(server.url, "POST", path, body={"token": token, **body})

        await _ask_by(server, "/auth/forgot-password", address)
        await box.to(address)
        clock.advance(hours=1)
        late = await spend("/auth/reset-password", 1, password=NEW_PASSWORD)
        assert (late.status, late.json["field"]) == (400, "token")
        await _ask_by(server, "/auth/request-verify-token", address)
        await box.to(address, 2)
        clock.advance(hours=23, minutes=59)
        assert (await spend("/auth/verify", 2)).status == 200


async def _ask_by(server: Running, path: str, address: str) -> None:
    assert (await raw(server.url, "POST", path, body={"email": address})).status == 202
