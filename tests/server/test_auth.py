"""Accounts and logins: who gets in."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from rego.client import auth, boards
from rego.client.aio import Client
from rego.client.server import Server as Address
from rego.wire.boards import CreateBoard
from rego.wire.errors import Taken
from rego.wire.users import Register, UpdateMe, User
from tests.conftest import Join
from tests.letters import Letterbox
from tests.running import PASSWORD, Somebody, fast_settings, join, running
from tests.server.site import RawAnswer, Site, raw


def _registration(name: str) -> Register:
    return Register(email=f"{name}@example.com", username=name, password=PASSWORD)


def _new_name() -> str:
    return f"new-{uuid4().hex[:10]}"


async def _register(site: Site, body: Register) -> User:
    async with Client(Address.parse(site.url), None) as client:
        return await client.send(auth.register(body))


async def _log_in(url: str, username: str, password: str, **headers: str) -> RawAnswer:
    body = {"username": username, "password": password}
    return await raw(url, "POST", "/auth/login", body=body, headers=headers)


# --- accounts -----------------------------------------------------------------------------------------------------------


async def test_a_new_account_answers_no_secret(site: Site) -> None:
    name = _new_name()
    body = {"email": f"{name}@example.com", "username": name, "password": PASSWORD, "firstname": "Ann"}
    answer = await raw(site.url, "POST", "/auth/register", body=body)
    assert answer.status == 201
    assert "password" not in answer.body.decode()
    assert "argon2" not in answer.body.decode()
    assert {key: answer.json[key] for key in ("username", "firstname", "lastname", "is_active", "is_superuser")} == {
        "username": name,
        "firstname": "Ann",
        "lastname": "",
        "is_active": True,
        "is_superuser": False,
    }


@pytest.mark.parametrize("field", ["username", "email"])
async def test_a_taken_name_or_address_is_refused_in_any_case(site: Site, field: str) -> None:
    first = _registration(_new_name())
    await _register(site, first)
    second = _registration(_new_name())
    setattr(second, field, getattr(first, field).upper())
    with pytest.raises(Taken) as refused:
        await _register(site, second)
    assert refused.value.field == field


async def test_of_many_at_once_one_gets_the_name(site: Site) -> None:
    name = _new_name()
    bodies = [Register(email=f"{name}{n}@example.com", username=name, password=PASSWORD) for n in range(6)]
    outcomes = await asyncio.gather(*(_register(site, body) for body in bodies), return_exceptions=True)
    assert sum(isinstance(outcome, User) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Taken) for outcome in outcomes) == 5


REFUSED_REGISTRATIONS: list[tuple[dict[str, Any], str]] = [
    ({"password": "short"}, "password"),
    ({"password": "x" * 129}, "password"),
    ({"password": "password1"}, "password"),
    ({"username": "a"}, "username"),
    ({"username": "x" * 33}, "username"),
    ({"username": "two words"}, "username"),
    ({"username": "a@b"}, "username"),
    ({"username": "ann\n"}, "username"),
    ({"username": "änn"}, "username"),
    ({"email": "nobody"}, "email"),
    ({"email": "a@b"}, "email"),
    ({"email": "a\x00@example.com"}, "email"),
    ({"firstname": "\x1b[31m"}, "firstname"),
    ({"is_superuser": True}, "is_superuser"),
    ({"is_active": False}, "is_active"),
    ({"id": str(uuid4())}, "id"),
]


async def test_an_account_that_cannot_be_is_refused(site: Site) -> None:
    for wrong, field in REFUSED_REGISTRATIONS:
        name = _new_name()
        body = {"email": f"{name}@example.com", "username": name, "password": "a fine passphrase", **wrong}
        answer = await raw(site.url, "POST", "/auth/register", body=body)
        assert (answer.status, answer.json.get("field")) == (400, field), wrong
        assert "a fine passphrase" not in answer.body.decode()


async def test_a_server_can_be_closed_to_strangers(tmp_path: Path) -> None:
    async with running(replace(fast_settings(tmp_path), registration=False)) as server:
        answer = await raw(
            server.url,
            "POST",
            "/auth/register",
            body={"email": "a@example.com", "username": "ann", "password": PASSWORD},
        )
    assert (answer.status, answer.json["error_type"]) == (403, "Forbidden")


async def test_an_account_changes_its_own_fields(join_site: Join) -> None:
    ann, bob = await join_site("ann"), await join_site("bob")
    changed = await ann.client.send(auth.update_me(UpdateMe(firstname="Ann", username=ann.user.username.upper())))
    assert (changed.firstname, changed.username, changed.version) == ("Ann", ann.user.username.upper(), 2)
    assert await ann.client.send(auth.me()) == changed
    with pytest.raises(Taken):
        await ann.client.send(auth.update_me(UpdateMe(username=bob.user.username.upper())))
    with pytest.raises(Taken):
        await ann.client.send(auth.update_me(UpdateMe(email=bob.user.email or "")))


async def test_changes_of_one_account_at_once_are_all_counted(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    changes = [UpdateMe(firstname=f"Ann {n}") if n % 2 else UpdateMe(lastname=f"Lee {n}") for n in range(8)]
    answers = await asyncio.gather(*(ann.client.send(auth.update_me(change)) for change in changes))
    assert sorted(answer.version for answer in answers) == list(range(2, 10))
    last = max(answers, key=lambda answer: answer.version)
    assert await ann.client.send(auth.me()) == last


async def test_two_stale_changes_of_one_field_do_not_both_pass(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    bodies = [UpdateMe(firstname=name, version=1) for name in ("Ann", "Anna")]
    outcomes = await asyncio.gather(*(ann.client.send(auth.update_me(body)) for body in bodies), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["StaleVersion", "User"]


async def test_a_repeated_change_of_an_account_is_done_once(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    key = {"Idempotency-Key": "one"}
    first, again = [
        await raw(site.url, "PATCH", "/auth/me", token=ann.token, body={"firstname": "Ann"}, headers=key) for _ in range(2)
    ]
    assert (first.status, first.body) == (again.status, again.body)
    assert first.json["version"] == 2


# --- logging in ---------------------------------------------------------------------------------------------------------


async def test_login_takes_the_name_or_the_address_in_any_case(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    assert ann.user.email is not None
    for name in (ann.user.username, ann.user.username.upper(), ann.user.email, ann.user.email.upper()):
        answer = await _log_in(site.url, name, PASSWORD)
        assert answer.status == 200
        assert answer.json["token_type"] == "bearer"
        assert answer.json["expires_in"] == 15 * 60
        me = await raw(site.url, "GET", "/auth/me", token=answer.json["access_token"])
        assert me.json["id"] == ann.user.id


async def test_login_reads_a_form(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    content = f"username={ann.user.username}&password={PASSWORD.replace(' ', '+')}".encode()
    assert (await raw(site.url, "POST", "/auth/login", content=content, headers=form)).status == 200


async def test_a_wrong_password_and_an_unknown_name_look_the_same(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    answers = [
        await _log_in(site.url, name, password)
        for name, password in (
            (ann.user.username, "something else"),
            (_new_name(), PASSWORD),
            (f"{_new_name()}@example.com", PASSWORD),
            (ann.user.username, PASSWORD.upper()),
        )
    ]
    for answer in answers:
        assert answer.status == 401
        assert answer.json | {"request_id": ""} == answers[0].json | {"request_id": ""}


@pytest.mark.parametrize(
    "form",
    [
        b"",
        b"username=ann",
        b"password=x",
        b"username=&password=x",
        b"username=a&username=b&password=x",
        b"username=a%00b&password=x",
        b"username=%1b&password=x",
        b"username=" + b"x" * 300 + b"&password=x",
        b"\xff\xfe",
        b"&".join(b"f=1" for _ in range(50)),
    ],
)
async def test_a_form_that_is_none_is_refused(site: Site, form: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await raw(site.url, "POST", "/auth/login", content=form, headers=headers)
    assert (answer.status, answer.json["error_type"]) == (400, "InvalidInput")


async def test_a_login_from_a_program_with_a_strange_name_works(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    for agent in ("\udcff\udcfe", "ü" * 300, "\t"):
        assert (await _log_in(site.url, ann.user.username, PASSWORD, **{"User-Agent": agent})).status == 200


async def test_a_disabled_account_neither_logs_in_nor_acts(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    board = await ann.client.send(boards.create_board(CreateBoard(title="Mine")))
    await site.execute("UPDATE users SET is_active = FALSE WHERE id = ?", ann.user.id)
    assert (await _log_in(site.url, ann.user.username, PASSWORD)).status == 401
    for path in ("/auth/me", "/boards", f"/boards/{board.id}", f"/boards/{board.id}/snapshot"):
        assert (await raw(site.url, "GET", path, token=ann.token)).status == 401


async def test_a_hash_of_an_outdated_cost_is_renewed_at_login(database_url: str, tmp_path: Path) -> None:
    settings = fast_settings(tmp_path, database_url)
    async with running(settings) as server:
        ann = await join(server.url, "ann")
        await ann.client.close()
    site = Site("", database_url, tmp_path, Letterbox())
    before = await _hash_of(site, ann)
    async with running(replace(settings, argon2_time_cost=2)) as server:
        assert (await _log_in(server.url, "ann", PASSWORD)).status == 200
        renewed = await _hash_of(site, ann)
        assert (await _log_in(server.url, "ann", PASSWORD)).status == 200
    assert "t=1" in before
    assert "t=2" in renewed
    assert await _hash_of(site, ann) == renewed


async def _hash_of(site: Site, somebody: Somebody) -> str:
    ((stored,),) = await site.execute("SELECT password_hash FROM users WHERE id = ?", somebody.user.id)
    return str(stored)
