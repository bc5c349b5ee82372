"""Rate limits of a real server, over HTTP, with a clock that only the tests move."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from rego.client import auth
from rego.client.aio import Client
from rego.client.boards import create_board
from rego.client.credentials import Credentials
from rego.client.server import Server as Address
from rego.wire.boards import CreateBoard
from rego.wire.errors import InvalidInput
from rego.wire.frames import CloseCode
from rego_server.app import open_server
from rego_server.core.rate_limit import MemoryLimiter
from rego_server.core.settings import Settings, load
from rego_server.domains.auth.routes import LocalKey
from rego_server.main import serve, start
from tests.running import PASSWORD, Running, Somebody, fast_settings, join, running
from tests.server.site import RawAnswer, raw

SECOND = 1_000_000_000
LIMITS: dict[str, Any] = {"reads_per_minute": 3, "writes_per_minute": 2, "anonymous_per_minute": 4, "logins_per_minute": 5}


class FakeClock:
    """Nanoseconds, moved by the test alone."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def limited(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Running]:
    """A server with low limits that believes no proxy."""
    async with serving(tmp_path, clock) as server:
        yield server


@pytest.fixture
async def behind_a_proxy(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Running]:
    """The same behind proxies at 127.0.0.1 and in 10.0.0.0/8."""
    async with serving(tmp_path, clock, trusted_proxies="127.0.0.1, 10.0.0.0/8") as server:
        yield server


@asynccontextmanager
async def serving(tmp_path: Path, clock: FakeClock, **settings: Any) -> AsyncIterator[Running]:
    async with running(replace(fast_settings(tmp_path), **LIMITS | settings), limiter=MemoryLimiter(clock)) as server:
        yield server


@pytest.fixture
async def ada(limited: Running) -> AsyncIterator[Somebody]:
    somebody = await join(limited.url, "ada")
    yield somebody
    await somebody.client.close()


async def login(server: Running, username: str, address: str | None = None) -> int:
    """The status of a login with a wrong password."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"} | ({"X-Forwarded-For": address} if address else {})
    answer = await raw(
        server.url, "POST", "/auth/login", content=f"username={username}&password=wrong".encode(), headers=headers
    )
    return answer.status


async def look(server: Running, token: str | None = None, **headers: str) -> RawAnswer:
    return await raw(server.url, "GET", "/auth/me", token=token, headers=headers)


async def test_an_answer_says_what_is_left(limited: Running, ada: Somebody, clock: FakeClock) -> None:
    await look(limited, ada.token)
    clock.now += 5 * SECOND
    headers = (await look(limited, ada.token)).headers
    assert headers["RateLimit-Policy"] == '"read";q=3;w=60'
    assert headers["RateLimit"] == '"read";r=1;t=35'
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"], headers["X-RateLimit-Reset"]) == ("3", "1", "35")
    assert "Retry-After" not in headers


async def test_who_reads_too_often_is_told_when_to_come_back(limited: Running, ada: Somebody, clock: FakeClock) -> None:
    assert [(await look(limited, ada.token)).status for _ in range(3)] == [200] * 3
    clock.now += SECOND // 2
    refused = await look(limited, ada.token)
    assert refused.status == 429
    assert refused.json["error_type"] == "RateLimited"
    assert refused.json["detail"] == "Too many requests: at most 3 in 60 s (read); come back in 20 s."
    assert refused.headers["Retry-After"] == "20"
    assert refused.headers["RateLimit"] == '"read";r=0;t=60'
    clock.now += 20 * SECOND
    assert (await look(limited, ada.token)).status == 200


async def test_reads_and_writes_are_counted_apart(limited: Running, ada: Somebody) -> None:
    made = [await raw(limited.url, "POST", "/boards", token=ada.token, body={"title": "Ops"}) for _ in range(3)]
    assert [each.status for each in made] == [201, 201, 429]
    assert made[0].headers["RateLimit-Policy"] == '"write";q=2;w=60'
    assert (await look(limited, ada.token)).status == 200


async def test_users_are_counted_apart(limited: Running, ada: Somebody) -> None:
    mira = await join(limited.url, "mira")
    await mira.client.close()
    assert [(await look(limited, ada.token)).status for _ in range(4)][-1] == 429
    assert (await look(limited, mira.token)).status == 200


async def test_a_failed_request_counts_and_says_what_is_left(limited: Running, ada: Somebody) -> None:
    missing = await raw(limited.url, "GET", "/boards/00000000-0000-7000-8000-000000000000", token=ada.token)
    assert (missing.status, missing.headers["X-RateLimit-Remaining"]) == (404, "2")


@pytest.mark.parametrize("token", [None, "made up"])
async def test_strangers_are_counted_by_their_address(limited: Running, token: str | None) -> None:
    answers = [await look(limited, token) for _ in range(5)]
    assert [each.status for each in answers] == [401] * 4 + [429]
    assert answers[-1].headers["RateLimit-Policy"] == '"anonymous";q=4;w=60'


async def test_only_a_trusted_proxy_says_where_a_request_comes_from(limited: Running) -> None:
    addresses = [f"198.51.100.{number}" for number in range(5)]
    assert [(await look(limited, **{"X-Forwarded-For": each})).status for each in addresses][-1] == 429


async def test_behind_a_proxy_addresses_are_counted_apart(behind_a_proxy: Running) -> None:
    async def status(forwarded: str) -> int:
        return (await look(behind_a_proxy, **{"X-Forwarded-For": forwarded})).status

    assert [await status("198.51.100.1") for _ in range(5)] == [401] * 4 + [429]
    assert await status("198.51.100.2") == 401
    assert await status("198.51.100.2, 198.51.100.1, 10.1.2.3") == 429, "what the client itself says was believed"


async def test_an_ipv6_network_is_counted_as_one(behind_a_proxy: Running) -> None:
    statuses = [(await look(behind_a_proxy, **{"X-Forwarded-For": f"2001:db8::{each}"})).status for each in range(1, 6)]
    assert statuses == [401] * 4 + [429]
    assert (await look(behind_a_proxy, **{"X-Forwarded-For": "2001:db8:0:1::1"})).status == 401


async def test_logins_are_counted_by_address(limited: Running) -> None:
    assert [await login(limited, f"user{number}") for number in range(6)] == [401] * 5 + [429]


async def test_logins_are_counted_by_account(behind_a_proxy: Running) -> None:
    """One account that is tried from many addresses, in any spelling that the login takes."""
    names = ["ada", "ADA", "Ada", "ada", "aDa", "ada"]
    statuses = [await login(behind_a_proxy, name, f"198.51.100.{number}") for number, name in enumerate(names)]
    assert statuses == [401] * 5 + [429]
    assert await login(behind_a_proxy, "mira", "198.51.100.99") == 401


async def test_the_right_password_too_is_refused_when_it_comes_too_often(behind_a_proxy: Running) -> None:
    await (await join(behind_a_proxy.url, "ada")).client.close()
    for number in range(4):
        await login(behind_a_proxy, "ada", f"198.51.100.{number}")
    answer = await raw(behind_a_proxy.url, "POST", "/auth/login", body={"username": "ada", "password": PASSWORD})
    assert (answer.status, answer.headers["RateLimit"]) == (429, '"login";r=0;t=60')


async def test_registrations_and_refreshes_are_counted(limited: Running) -> None:
    refreshes = [await raw(limited.url, "POST", "/auth/refresh", body={"refresh_token": "made up"}) for _ in range(6)]
    assert [each.status for each in refreshes] == [401] * 5 + [429]
    people = [{"username": f"user{n}", "email": f"u{n}@example.com", "password": PASSWORD} for n in range(6)]
    made = [await raw(limited.url, "POST", "/auth/register", body=each) for each in people]
    assert [each.status for each in made] == [201] * 5 + [429]


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
async def test_health_is_never_refused(limited: Running, path: str) -> None:
    answers = [await raw(limited.url, "GET", path) for _ in range(8)]
    assert {each.status for each in answers} == {200}
    assert "RateLimit" not in answers[-1].headers


async def test_the_owner_of_the_data_is_not_limited(limited: Running, ada: Somebody) -> None:
    limited.server.auth.local = LocalKey("local token", ada.user.id)
    answers = [await look(limited, "local token") for _ in range(8)]
    assert {each.status for each in answers} == {200}


async def test_strangers_on_a_private_unix_socket_are_not_limited(tmp_path: Path, clock: FakeClock) -> None:
    settings = replace(fast_settings(tmp_path / "data"), **LIMITS)
    async with open_server(settings, limiter=MemoryLimiter(clock)) as server:
        runner = await start(server)
        await web.UnixSite(runner, str(tmp_path / "socket")).start()
        async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(tmp_path / "socket"))) as session:
            statuses = [(await session.get("http://rego/auth/me")).status for _ in range(8)]
        await runner.cleanup()
    assert statuses == [401] * 8


async def test_a_socket_counts_as_a_read(limited: Running, ada: Somebody) -> None:
    board = await ada.client.send(create_board(CreateBoard(title="Ops")))
    url, headers = f"{limited.url}/ws/boards/{board.id}", {"Authorization": f"Bearer {ada.token}"}
    async with aiohttp.ClientSession() as session:
        for _ in range(3):
            async with session.ws_connect(url, headers=headers) as socket:
                await socket.receive()
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(url, headers=headers)
    assert refused.value.status == 429
    assert refused.value.headers is not None
    assert refused.value.headers["Retry-After"] == "20"


async def test_a_socket_that_says_later_who_it_is_counts_too(limited: Running, ada: Somebody) -> None:
    board = await ada.client.send(create_board(CreateBoard(title="Ops")))
    for _ in range(3):
        await look(limited, ada.token)
    url = f"{limited.url}/ws/boards/{board.id}"
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            await socket.send_json({"type": "auth", "token": ada.token})
            await socket.receive()
            assert socket.close_code == CloseCode.OVERLOADED
        for _ in range(3):
            async with session.ws_connect(url):
                pass
        with pytest.raises(aiohttp.WSServerHandshakeError, match="429"):
            await session.ws_connect(url)


async def test_without_limits_nothing_is_said_of_them(tmp_path: Path, clock: FakeClock) -> None:
    async with serving(tmp_path, clock, **dict.fromkeys(LIMITS, 0)) as server:
        answers = [await look(server) for _ in range(8)]
    assert {each.status for each in answers} == {401}
    assert "RateLimit" not in answers[-1].headers


async def test_the_defaults(tmp_path: Path, clock: FakeClock) -> None:
    defaults = {name: getattr(Settings(), name) for name in LIMITS}
    async with serving(tmp_path, clock, **defaults) as server:
        ada = await join(server.url, "ada")
        await ada.client.close()
        policies = [
            (await look(server, ada.token)).headers["RateLimit-Policy"],
            (await raw(server.url, "POST", "/boards", token=ada.token, body={})).headers["RateLimit-Policy"],
            (await look(server)).headers["RateLimit-Policy"],
            (await raw(server.url, "POST", "/auth/refresh", body={})).headers["RateLimit-Policy"],
        ]
    assert policies == ['"read";q=600;w=60', '"write";q=180;w=60', '"anonymous";q=60;w=60', '"refresh";q=10;w=60']


async def test_the_sdk_waits_as_it_is_told(tmp_path: Path, clock: FakeClock) -> None:
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        clock.now += round(seconds * SECOND)

    async with serving(tmp_path, clock, reads_per_minute=60) as server:
        ada = await join(server.url, "ada")
        await ada.client.close()
        credentials = Credentials(server=server.url, access_token=ada.token)
        async with Client(Address.parse(server.url), credentials, sleep=wait) as client:
            for _ in range(61):
                await client.send(auth.me())
    assert len(waits) == 1
    assert 1 <= waits[0] < 2


def test_flags_and_variables_are_checked() -> None:
    given = load(
        {"trusted_proxies": "10.0.0.1,10.0.0.2"}, {"REGO_TRUSTED_PROXIES": "nonsense", "REGO_READS_PER_MINUTE": "0"}, None
    )
    assert (given.trusted_proxies, given.reads_per_minute) == ("10.0.0.1,10.0.0.2", 0)
    with pytest.raises(InvalidInput, match="REGO_LOGINS_PER_MINUTE must be 0 or more, not -1"):
        load({}, {"REGO_LOGINS_PER_MINUTE": "-1"}, None)


def test_a_proxy_that_is_no_address_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert serve(data_dir=tmp_path, trusted_proxies="proxy.example.com") == 1
    assert capsys.readouterr().err == (
        "rego: A trusted proxy must be an IP address or a network such as 10.0.0.0/8, not 'proxy.example.com'.\n"
    )
