"""The session cookie of browsers: how it is set, what it opens, and that no other site can use it."""

from __future__ import annotations

from http.cookies import Morsel, SimpleCookie
from urllib.parse import urlencode

import aiohttp
import jwt
import pytest

from rego.client import auth
from tests.conftest import Join
from tests.running import PASSWORD, Somebody
from tests.server.furnished import Furnished
from tests.server.site import RawAnswer, Site, raw

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def _log_in(site: Site, person: Somebody, password: str = PASSWORD, **headers: str) -> RawAnswer:
    form = urlencode({"username": person.user.username, "password": password}).encode()
    return await raw(site.url, "POST", "/auth/cookie/login", content=form, headers={**FORM, **headers})


def _cookie_in(answer: RawAnswer) -> Morsel[str]:
    return SimpleCookie(answer.headers["Set-Cookie"])["rego_auth"]


async def _cookie(site: Site, person: Somebody) -> dict[str, str]:
    return {"Cookie": f"rego_auth={_cookie_in(await _log_in(site, person)).value}"}


def _own(site: Site) -> dict[str, str]:
    return {"Origin": site.url}


# --- setting and clearing ------------------------------------------------------------------------------------------------


async def test_a_login_sets_a_cookie_that_scripts_and_other_sites_do_not_get(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    answer = await _log_in(site, ann)
    assert (answer.status, answer.body) == (204, b"")
    cookie = _cookie_in(answer)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert int(cookie["max-age"]) == 30 * 24 * 3600
    assert not cookie["secure"]


@pytest.mark.parametrize("host", ["rego.example.com", "192.168.1.5:8000", "[2001:db8::1]:8000", "localhost.example.com"])
async def test_outside_loopback_it_travels_encrypted_only(site: Site, join_site: Join, host: str) -> None:
    assert _cookie_in(await _log_in(site, await join_site("ann"), Host=host))["secure"] is True


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:80", "rego.localhost"])
async def test_on_loopback_it_needs_no_encryption(site: Site, join_site: Join, host: str) -> None:
    assert not _cookie_in(await _log_in(site, await join_site("ann"), Host=host))["secure"]


async def test_a_wrong_password_sets_none(site: Site, join_site: Join) -> None:
    answer = await _log_in(site, await join_site("ann"), "wrong horse battery")
    assert (answer.status, answer.json["detail"]) == (401, "The username or the password is wrong.")
    assert "Set-Cookie" not in answer.headers


async def test_logging_out_clears_it_and_ends_the_session(site: Site, join_site: Join) -> None:
    cookie = await _cookie(site, await join_site("ann"))
    answer = await raw(site.url, "POST", "/auth/cookie/logout", headers=cookie | _own(site))
    assert answer.status == 204
    cleared = _cookie_in(answer)
    assert (cleared.value, cleared["max-age"], cleared["path"]) == ("", "0", "/")
    assert (await raw(site.url, "GET", "/auth/me", headers=cookie)).status == 401


# --- what it opens -------------------------------------------------------------------------------------------------------


async def test_it_stands_for_the_header_and_is_a_session_like_others(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    cookie = await _cookie(site, ann)
    assert (await raw(site.url, "GET", "/auth/me", headers=cookie)).json["id"] == ann.user.id
    made = await raw(site.url, "POST", "/boards", body={"title": "x"}, headers=cookie | _own(site))
    assert made.status == 201
    newest, _ = await ann.client.send(auth.list_sessions())
    await ann.client.send(auth.revoke_session(newest.id))
    assert (await raw(site.url, "GET", "/auth/me", headers=cookie)).status == 401


async def test_a_header_wins_over_it(site: Site, join_site: Join) -> None:
    ann, bob = await join_site("ann"), await join_site("bob")
    cookie = await _cookie(site, ann)
    assert (await raw(site.url, "GET", "/auth/me", token=bob.token, headers=cookie)).json["id"] == bob.user.id
    assert (await raw(site.url, "GET", "/auth/me", token="nonsense", headers=cookie)).status == 401
    foreign = cookie | {"Origin": "https://evil.example"}
    assert (await raw(site.url, "POST", "/boards", body={"title": "x"}, token=bob.token, headers=foreign)).status == 201


async def test_cookie_and_access_token_do_not_stand_for_each_other(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    value = _cookie_in(await _log_in(site, ann)).value
    assert (await raw(site.url, "GET", "/auth/me", token=value)).status == 401
    assert (await raw(site.url, "GET", "/auth/me", headers={"Cookie": f"rego_auth={ann.token}"})).status == 401


async def test_a_cookie_that_was_tampered_with_opens_nothing(site: Site, join_site: Join) -> None:
    value = _cookie_in(await _log_in(site, await join_site("ann"))).value
    claims = jwt.decode(value, options={"verify_signature": False})
    forged = ["", "x", value[:-4] + "AAAA", jwt.encode(claims, "", algorithm="none"), jwt.encode(claims, b"k" * 32), "a" * 4000]
    for each in forged:
        answer = await raw(site.url, "GET", "/auth/me", headers={"Cookie": f"rego_auth={each}"})
        assert (answer.status, answer.json["error_type"]) == (401, "NotAuthenticated"), each


# --- other sites ---------------------------------------------------------------------------------------------------------

FOREIGN: list[dict[str, str]] = [
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Referer": "http://127.0.0.1/"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_a_change_from_elsewhere_is_refused(site: Site, join_site: Join, headers: dict[str, str]) -> None:
    cookie = await _cookie(site, await join_site("ann"))
    for method, path in (
        ("POST", "/boards"),
        ("PATCH", "/auth/me"),
        ("POST", "/auth/cookie/logout"),
        ("DELETE", "/auth/tokens/x"),
    ):
        answer = await raw(site.url, method, path, body={}, headers=cookie | headers)
        assert (answer.status, answer.json["error_type"]) == (403, "Forbidden"), (method, path)
        assert "Origin header" in answer.json["detail"]
    assert (await raw(site.url, "GET", "/boards", headers=cookie | headers)).json == []


async def test_a_look_alike_origin_is_foreign(site: Site, join_site: Join) -> None:
    cookie = await _cookie(site, await join_site("ann"))
    for origin in (site.url + ".evil.example", "http://127.0.0.1", site.url + "/", "ftp" + site.url.removeprefix("http")):
        answer = await raw(site.url, "POST", "/boards", body={"title": "x"}, headers=cookie | {"Origin": origin})
        assert answer.status == 403, origin


@pytest.mark.parametrize("site_word", ["same-origin", "none"])
async def test_a_change_from_here_passes(site: Site, join_site: Join, site_word: str) -> None:
    cookie = await _cookie(site, await join_site("ann"))
    answer = await raw(site.url, "POST", "/boards", body={"title": "x"}, headers=cookie | {"Sec-Fetch-Site": site_word})
    assert answer.status == 201


@pytest.mark.parametrize("headers", FOREIGN[1:-1], ids=str)
async def test_no_other_site_logs_its_reader_in_here(site: Site, join_site: Join, headers: dict[str, str]) -> None:
    answer = await _log_in(site, await join_site("ann"), **headers)
    assert answer.status == 403
    assert "Set-Cookie" not in answer.headers


# --- sockets -------------------------------------------------------------------------------------------------------------


async def test_a_socket_with_a_cookie_needs_this_servers_origin(site: Site, desk: Furnished) -> None:
    cookie = await _cookie(site, desk.member)
    url = f"{site.url}/ws/boards/{desk.board.id}"
    async with aiohttp.ClientSession() as session:
        for headers in (*FOREIGN, {"Sec-Fetch-Site": "same-origin"}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(url, headers=cookie | headers)
            assert refused.value.status == 403, headers
        async with session.ws_connect(url, headers=cookie | _own(site)) as socket:
            assert (await socket.receive_json())["type"] == "hello"


async def test_a_socket_with_a_dead_cookie_is_refused(site: Site, desk: Furnished) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{site.url}/ws/boards/{desk.board.id}", headers={"Cookie": "rego_auth=x"} | _own(site))
    assert refused.value.status == 401
