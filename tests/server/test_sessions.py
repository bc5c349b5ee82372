"""Tokens and sessions: how long somebody is in, and what does not open the door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import jwt
import pytest

from rego.client import auth, boards
from rego.wire.boards import CreateBoard
from rego_server.app import EXPIRIES
from rego_server.core.housekeeping import Housekeeping
from tests.conftest import Join
from tests.letters import Letterbox
from tests.running import PASSWORD, Running, Somebody, fast_settings, join, running
from tests.server.hand_clock import HandClock, running_by
from tests.server.site import RawAnswer, Site, raw


async def _log_in(url: str, username: str, password: str, **headers: str) -> RawAnswer:
    body = {"username": username, "password": password}
    return await raw(url, "POST", "/auth/login", body=body, headers=headers)


async def _refresh(url: str, token: str) -> RawAnswer:
    return await raw(url, "POST", "/auth/refresh", body={"refresh_token": token})


# --- tokens -------------------------------------------------------------------------------------------------------------


def _claims(somebody: Somebody, **changes: object) -> dict[str, object]:
    """The claims of a good token, with `changes`; None leaves one out."""
    own = jwt.decode(somebody.token, options={"verify_signature": False})
    return {name: value for name, value in (own | changes).items() if value is not None}


async def test_a_token_that_was_tampered_with_opens_nothing(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    key = bytes.fromhex((site.data_dir / "secret.key").read_text())
    good = jwt.encode(_claims(ann), key, algorithm="HS256")
    assert (await raw(site.url, "GET", "/auth/me", token=good)).status == 200
    head, body, signature = good.split(".")
    past = datetime.now(UTC) - timedelta(hours=1)
    wrong = [
        jwt.encode(_claims(ann), "", algorithm="none"),
        jwt.encode(_claims(ann), b"k" * 32, algorithm="HS256"),
        jwt.encode(_claims(ann), key + b"k" * 32, algorithm="HS512"),
        jwt.encode(_claims(ann), key * 2, algorithm="HS256"),
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-4]}AAAA",
        jwt.encode(_claims(ann, typ="refresh"), key, algorithm="HS256"),
        jwt.encode(_claims(ann, iss="other"), key, algorithm="HS256"),
        jwt.encode(_claims(ann, aud="other"), key, algorithm="HS256"),
        jwt.encode(_claims(ann, exp=int(past.timestamp())), key, algorithm="HS256"),
        *(jwt.encode(_claims(ann, **{claim: None}), key, algorithm="HS256") for claim in _claims(ann)),
    ]
    for token in wrong:
        answer = await raw(site.url, "GET", "/auth/me", token=token)
        assert (answer.status, answer.json["error_type"]) == (401, "NotAuthenticated"), token
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_token_of_the_former_key_is_good_while_it_is_named(tmp_path: Path) -> None:
    old = replace(fast_settings(tmp_path), secret="o" * 32)
    new = replace(old, secret="n" * 32)
    async with running(old) as server:
        ann = await join(server.url, "ann")
        await ann.client.close()
    for settings, status in ((replace(new, previous_secret="o" * 32), 200), (new, 401)):
        async with running(settings) as server:
            assert (await raw(server.url, "GET", "/auth/me", token=ann.token)).status == status
            granted = await _log_in(server.url, "ann", PASSWORD)
            assert (await raw(server.url, "GET", "/auth/me", token=granted.json["access_token"])).status == 200
    names = {jwt.get_unverified_header(token)["kid"] for token in (ann.token, granted.json["access_token"])}
    assert len(names) == 2


async def test_a_header_that_is_no_token_opens_nothing(site: Site) -> None:
    for value in ("", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "Bearer \udcff\udcfe", "Bearer ü", "x" * 5000):
        answer = await raw(site.url, "GET", "/auth/me", headers={"Authorization": value})
        assert (answer.status, answer.json["error_type"]) == (401, "NotAuthenticated"), value


async def test_a_token_for_an_account_that_is_gone_opens_nothing(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    key = bytes.fromhex((site.data_dir / "secret.key").read_text())
    token = jwt.encode(_claims(ann, sub=str(uuid4())), key, algorithm="HS256")
    for method, path in (("GET", "/auth/me"), ("GET", "/boards"), ("POST", "/auth/logout"), ("PATCH", "/auth/me")):
        assert (await raw(site.url, method, path, token=token, body={})).status == 401


async def test_a_token_stands_in_no_url(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    assert (await raw(site.url, "GET", f"/boards?token={ann.token}&access_token={ann.token}")).status == 401


# --- sessions -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def timed(clock: HandClock, database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    """A server whose time the test sets."""
    async with running_by(clock, fast_settings(tmp_path, database_url)) as server:
        await (await join(server.url, "ann")).client.close()
        yield server


async def _tokens(server: Running) -> tuple[str, str]:
    answer = await _log_in(server.url, "ann", PASSWORD)
    return answer.json["access_token"], answer.json["refresh_token"]


async def _status(server: Running, token: str) -> int:
    return (await raw(server.url, "GET", "/auth/me", token=token)).status


async def test_an_access_token_runs_out(timed: Running, clock: HandClock) -> None:
    access, _ = await _tokens(timed)
    clock.advance(minutes=14, seconds=59)
    assert await _status(timed, access) == 200
    clock.advance(seconds=1)
    answer = await raw(timed.url, "GET", "/auth/me", token=access)
    assert answer.status == 401
    assert "expired" in answer.json["detail"]


async def test_a_refresh_token_is_exchanged_for_a_new_one(timed: Running, clock: HandClock) -> None:
    access, first = await _tokens(timed)
    clock.advance(minutes=20)
    answer = await _refresh(timed.url, first)
    assert answer.status == 200
    assert answer.json["refresh_token"] != first
    assert await _status(timed, answer.json["access_token"]) == 200
    assert await _status(timed, access) == 401


async def test_two_processes_may_refresh_within_the_grace(timed: Running, clock: HandClock) -> None:
    _, first = await _tokens(timed)
    answers = [await _refresh(timed.url, first)]
    clock.advance(seconds=10)
    answers.append(await _refresh(timed.url, first))
    assert [answer.status for answer in answers] == [200, 200]
    for answer in answers:
        assert await _status(timed, answer.json["access_token"]) == 200


async def test_a_refresh_token_used_again_after_the_grace_ends_the_session(timed: Running, clock: HandClock) -> None:
    _, first = await _tokens(timed)
    second = (await _refresh(timed.url, first)).json
    clock.advance(seconds=11)
    stolen = await _refresh(timed.url, first)
    assert stolen.status == 401
    assert "used before" in stolen.json["detail"]
    assert await _status(timed, second["access_token"]) == 401
    assert (await _refresh(timed.url, second["refresh_token"])).status == 401
    assert (await _log_in(timed.url, "ann", PASSWORD)).status == 200


async def test_a_session_ends_when_it_is_not_used(timed: Running, clock: HandClock) -> None:
    _, first = await _tokens(timed)
    clock.advance(days=30)
    assert (await _refresh(timed.url, first)).status == 401


async def test_an_expired_session_is_swept_up_and_opens_nothing(
    timed: Running, clock: HandClock, database_url: str, tmp_path: Path
) -> None:
    """Not even with a token that is good by itself, as after a backup was brought back."""
    access, first = await _tokens(timed)
    clock.advance(days=29)
    await _refresh(timed.url, first)
    _, kept = await _tokens(timed)
    clock.advance(days=8)
    await _refresh(timed.url, kept)
    clock.advance(days=23)
    fresh = timed.server.auth.tokens.issue(*_owner_of(access))
    await Housekeeping(timed.server.database, clock, EXPIRIES).round()
    assert await _status(timed, fresh) == 401
    site = Site(timed.url, database_url, tmp_path, Letterbox())
    (left,) = await site.execute("SELECT digest, used_at FROM refresh_tokens")
    assert left[1] is None


def _owner_of(access: str) -> tuple[str, str]:
    claims = jwt.decode(access, options={"verify_signature": False})
    return claims["sub"], claims["sid"]


async def test_a_session_goes_on_while_it_is_used(timed: Running, clock: HandClock) -> None:
    _, token = await _tokens(timed)
    for _ in range(3):
        clock.advance(days=20)
        answer = await _refresh(timed.url, token)
        assert answer.status == 200
        token = answer.json["refresh_token"]


@pytest.mark.parametrize("token", ["", "x", "rego_ref_x", "\ud800", "ü" * 9000])
async def test_a_refresh_token_that_is_none_is_refused(site: Site, token: str) -> None:
    content = f'{{"refresh_token": "{token.encode("ascii", "backslashreplace").decode()}"}}'.encode()
    assert (await raw(site.url, "POST", "/auth/refresh", content=content)).status in (400, 401)


async def test_logging_out_ends_the_session_for_the_very_next_request(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    board = await ann.client.send(boards.create_board(CreateBoard(title="Mine")))
    answer = await raw(site.url, "POST", "/auth/logout", token=ann.token)
    assert (answer.status, answer.json) == (200, {"detail": "Successfully logged out"})
    for method, path, body in (
        ("GET", "/auth/me", None),
        ("PATCH", "/auth/me", {"email": "thief@example.com"}),
        ("POST", "/auth/logout", None),
        ("GET", "/boards", None),
        ("POST", "/boards", {"title": "x"}),
        ("GET", f"/boards/{board.id}", None),
        ("GET", f"/boards/{board.id}/snapshot", None),
        ("POST", f"/boards/{board.id}/columns", {"title": "x"}),
        ("GET", f"/boards/{uuid4()}", None),
        ("DELETE", f"/cards/{uuid4()}", None),
    ):
        answer = await raw(site.url, method, path, token=ann.token, body=body)
        assert (answer.status, answer.json["error_type"]) == (401, "NotAuthenticated"), (method, path)
    refresh_token = ann.client.session.credentials
    assert refresh_token is not None
    assert (await _refresh(site.url, refresh_token.refresh_token or "")).status == 401


async def test_logging_out_ends_no_other_session(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    other = (await _log_in(site.url, ann.user.username, PASSWORD)).json["access_token"]
    await raw(site.url, "POST", "/auth/logout", token=other)
    assert (await ann.client.send(auth.me())).id == ann.user.id


async def test_an_ended_session_does_not_hear_its_own_answers_again(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    key = {"Idempotency-Key": "one"}

    async def create() -> int:
        answer = await raw(site.url, "POST", "/boards", token=ann.token, body={"title": "Mine"}, headers=key)
        return answer.status

    assert await create() == 201
    await raw(site.url, "POST", "/auth/logout", token=ann.token)
    assert await create() == 401


async def test_the_sdk_renews_a_token_that_ran_out(timed: Running, clock: HandClock) -> None:
    somebody = await join(timed.url, "bob")
    clock.advance(hours=1)
    try:
        assert (await somebody.client.send(auth.me())).id == somebody.user.id
        assert await _status(timed, somebody.token) == 401
    finally:
        await somebody.client.close()
