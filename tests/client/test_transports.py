"""Both transports, over real sockets, against servers that answer well, badly, late or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from rego.client import aio, auth, blocking, boards, cards, system
from rego.client.call import Call
from rego.client.credentials import Credentials, CredentialStore
from rego.client.paths import Paths
from rego.client.retry import ONCE
from rego.client.server import Server
from rego.wire import errors
from rego.wire.base import to_json
from rego.wire.cards import MoveCard
from rego.wire.users import Tokens
from tests.client.scripted import FakeTime, Reply, ScriptedServer, listening, ok, problem, speaking
from tests.unit.samples import a_board, a_card

T = TypeVar("T")

EXPIRED = problem(401, errors.NotAuthenticated("The token has run out."))
MOVED = ok(a_card("k", "a", 1))


class Transport:
    """One of the two clients behind the same awaitable interface, with a clock that only its pauses move."""

    def __init__(self, client: blocking.Client | aio.Client) -> None:
        self.client = client

    async def send(self, call: Call[T], op_id: str | None = None) -> T:
        if isinstance(self.client, aio.Client):
            return await self.client.send(call, op_id)
        return await asyncio.to_thread(self.client.send, call, op_id)

    async def pages(self, call: Call[list[T]]) -> list[T]:
        if isinstance(self.client, aio.Client):
            return [item async for item in self.client.pages(call)]
        pages = self.client.pages
        return await asyncio.to_thread(lambda: list(pages(call)))


class Opener:
    """Makes clients of one kind."""

    def __init__(self, kind: str, time: FakeTime) -> None:
        self.kind = kind
        self.time = time

    @asynccontextmanager
    async def __call__(
        self, server: Server, credentials: Credentials | None = None, jitter: float = 0.0, **options: Any
    ) -> AsyncIterator[Transport]:
        options |= {"clock": self.time.clock, "jitter": lambda: jitter}
        if self.kind == "blocking":
            with blocking.Client(server, credentials, sleep=self.time.sleep, **options) as client:
                yield Transport(client)
        else:
            async with aio.Client(server, credentials, sleep=self.time.sleep_async, **options) as client_:
                yield Transport(client_)


@pytest.fixture(params=["blocking", "aio"])
def opened(request: pytest.FixtureRequest, time: FakeTime) -> Opener:
    return Opener(request.param, time)


def a_login(server: Server, **fields: Any) -> Credentials:
    return Credentials(**{"server": server.url, "access_token": "old", "refresh_token": "r1", **fields})


def some_tokens(access: str = "new", refresh: str = "r2") -> Reply:
    return ok(Tokens(access_token=access, refresh_token=refresh, expires_in=900))


async def test_a_request_arrives_and_its_answer_comes_back(opened: Opener, rest: ScriptedServer) -> None:
    rest.will(MOVED)
    async with opened(rest.server, a_login(rest.server)) as client:
        card = await client.send(cards.move_card("OPS/3 ü", MoveCard(column_id=None)), "op-1")
    [seen] = rest.seen
    assert card == a_card("k", "a", 1)
    assert seen.route == "POST /cards/OPS%2F3%20%C3%BC/move"
    assert seen.body == b"{}"
    assert (seen.headers["authorization"], seen.headers["idempotency-key"]) == ("Bearer old", "op-1")
    assert seen.headers["host"] == rest.server.authority


async def test_a_unix_socket_works_the_same(opened: Opener, tmp_path: Path) -> None:
    script = ScriptedServer()
    script.will([a_board()], [])
    async with listening(script.app(), tmp_path / "s") as server, opened(server) as client:
        assert await client.send(boards.list_boards()) == [a_board()]
        assert await client.send(boards.list_boards()) == []
    assert script.seen[0].headers["host"] == "localhost"


async def test_the_query_arrives_once_encoded(opened: Opener, rest: ScriptedServer) -> None:
    rest.will([])
    async with opened(rest.server) as client:
        await client.send(cards.list_cards("b", column_id='a&b "c" 100%'))
    assert rest.seen[0].query == "column_id=a%26b+%22c%22+100%25"


async def test_each_change_gets_a_key_of_its_own(opened: Opener, rest: ScriptedServer) -> None:
    rest.will(MOVED, MOVED, [])
    async with opened(rest.server) as client:
        await client.send(cards.move_card("k", MoveCard()))
        await client.send(cards.move_card("k", MoveCard()))
        await client.send(boards.list_boards())
    keys = [seen.headers.get("idempotency-key") for seen in rest.seen]
    assert keys[0] != keys[1]
    assert all(key and len(key) == 36 for key in keys[:2])
    assert keys[2] is None


async def test_a_change_is_repeated_under_the_same_key(opened: Opener, rest: ScriptedServer) -> None:
    busy = problem(503, errors.Unavailable("Soon.", retry_after=2))
    rest.will(Reply(drop=True), busy, problem(429, errors.RateLimited("Slow.", retry_after=1)), MOVED)
    async with opened(rest.server) as client:
        await client.send(cards.move_card("k", MoveCard()))
    assert len({seen.headers["idempotency-key"] for seen in rest.seen}) == 1
    assert opened.time.pauses == [0.0, 2.0, 1.0]


async def test_a_connection_that_was_kept_too_long_is_replaced(opened: Opener, rest: ScriptedServer) -> None:
    rest.will([], Reply(body=b"[]", headers={"Connection": "close"}), [], Reply(drop=True), [])
    async with opened(rest.server) as client:
        for _ in range(4):
            assert await client.send(boards.list_boards()) == []


async def test_an_error_is_not_repeated(opened: Opener, rest: ScriptedServer) -> None:
    rest.will(problem(409, errors.StaleVersion("Changed since.", data={"id": "k"})))
    async with opened(rest.server) as client:
        with pytest.raises(errors.StaleVersion) as caught:
            await client.send(cards.get_card("k"))
    assert caught.value.data == {"id": "k"}
    assert opened.time.pauses == []


async def test_nobody_there(opened: Opener, nobody: Server) -> None:
    async with opened(nobody, jitter=1.0) as client:
        with pytest.raises(errors.Unreachable, match="is the server running"):
            await client.send(system.health())
    assert 1.0 < sum(opened.time.pauses) <= 3.0


async def test_no_socket_there(opened: Opener, tmp_path: Path) -> None:
    async with opened(Server.parse(f"unix:{tmp_path}/none"), policy=ONCE) as client:
        with pytest.raises(errors.Unreachable, match="is the server running"):
            await client.send(system.health())


async def test_a_socket_path_that_is_too_long(opened: Opener) -> None:
    async with opened(Server.parse("unix:/" + "x" * 200)) as client:
        with pytest.raises(errors.Unreachable):
            await client.send(system.health())


async def test_a_name_that_does_not_exist_is_final(opened: Opener) -> None:
    async with opened(Server.parse("http://no-such-host.invalid")) as client:
        with pytest.raises(errors.Unreachable):
            await client.send(system.health())
    assert opened.time.pauses == []


async def test_a_server_that_does_not_answer_in_time(opened: Opener) -> None:
    asked = asyncio.Event()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked.wait()
        writer.close()

    silent = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with silent:
        server = Server.parse(f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}")
        async with opened(server, policy=ONCE, timeout=0.05) as client:
            with pytest.raises(errors.Unreachable, match="took too long"):
                await client.send(system.health())
        asked.set()


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x15\x03\x01\x00\x02\x02\x16" * 9, b"HTTP/1.1 abc\r\n\r\n"])
async def test_something_that_speaks_no_http(opened: Opener, answer: bytes) -> None:
    async with speaking(answer) as server, opened(server, policy=ONCE) as client:
        with pytest.raises(errors.NotRego):
            await client.send(system.health())


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n["])
async def test_an_answer_that_ends_early(opened: Opener, answer: bytes) -> None:
    async with speaking(answer) as server, opened(server, policy=ONCE) as client:
        with pytest.raises(errors.Unreachable):
            await client.send(boards.list_boards())


async def test_tls_that_is_none(opened: Opener, rest: ScriptedServer) -> None:
    server = Server.parse(f"https://127.0.0.1:{rest.server.port}")
    async with opened(server) as client:
        with pytest.raises(errors.Unreachable):
            await client.send(system.health())
    assert opened.time.pauses == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=200, body=b"<html>Welcome"),
        Reply(status=404, body=b"Not Found"),
        Reply(status=302, headers={"Location": "https://elsewhere.example/"}),
    ],
)
async def test_a_web_server_that_is_not_rego(opened: Opener, rest: ScriptedServer, reply: Reply) -> None:
    rest.will(reply)
    async with opened(rest.server, a_login(rest.server)) as client:
        with pytest.raises(errors.NotRego):
            await client.send(boards.list_boards())
    assert len(rest.seen) == 1


async def test_pages_are_followed_to_the_end(opened: Opener, rest: ScriptedServer) -> None:
    first, second = a_card("k1", "a", 1), a_card("k2", "a", 2)
    rest.will(ok([first], Link='</boards/b/cards?limit=1&cursor=x>; rel="next"'), ok([second]))
    async with opened(rest.server) as client:
        assert await client.pages(cards.list_cards("b", limit=1)) == [first, second]
    assert [seen.query for seen in rest.seen] == ["limit=1", "limit=1&cursor=x"]


# --- tokens ------------------------------------------------------------------------------------------------------------


async def test_an_expired_token_is_refreshed_kept_and_the_change_sent_again(
    opened: Opener, rest: ScriptedServer, paths: Paths
) -> None:
    store = CredentialStore(paths, environ={})
    rest.will(EXPIRED, some_tokens(), MOVED)
    async with opened(rest.server, store.save(a_login(rest.server))) as client:
        await client.send(cards.move_card("k", MoveCard()))
    assert [seen.route for seen in rest.seen] == ["POST /cards/k/move", "POST /auth/refresh", "POST /cards/k/move"]
    assert [seen.headers.get("authorization") for seen in rest.seen] == ["Bearer old", None, "Bearer new"]
    assert rest.seen[1].body == b'{"refresh_token":"r1"}'
    assert rest.seen[0].headers["idempotency-key"] == rest.seen[2].headers["idempotency-key"]
    kept = store.load(rest.server)
    assert kept is not None
    assert (kept.access_token, kept.refresh_token) == ("new", "r2")


async def test_tokens_that_another_process_refreshed_are_taken_over(opened: Opener, rest: ScriptedServer, paths: Paths) -> None:
    store = CredentialStore(paths, environ={})
    mine = store.save(a_login(rest.server))
    store.save(a_login(rest.server, access_token="theirs", refresh_token="r9"))
    rest.will(EXPIRED, [])
    async with opened(rest.server, mine) as client:
        await client.send(boards.list_boards())
    assert [seen.headers["authorization"] for seen in rest.seen] == ["Bearer old", "Bearer theirs"]


async def test_tokens_of_another_process_that_have_run_out_too_are_refreshed(
    opened: Opener, rest: ScriptedServer, paths: Paths
) -> None:
    store = CredentialStore(paths, environ={})
    mine = store.save(a_login(rest.server))
    store.save(a_login(rest.server, access_token="theirs", refresh_token="r9"))
    rest.will(EXPIRED, EXPIRED, some_tokens(), [])
    async with opened(rest.server, mine) as client:
        await client.send(boards.list_boards())
    assert rest.seen[2].body == b'{"refresh_token":"r9"}'


async def test_a_refresh_that_another_process_won_meanwhile_is_no_lost_login(
    opened: Opener, rest: ScriptedServer, paths: Paths
) -> None:
    store = CredentialStore(paths, environ={})
    mine = store.save(a_login(rest.server))

    class Overtaken(CredentialStore):
        """The other process saves its tokens just after this one has looked."""

        def load(self, server: Server) -> Credentials | None:
            loaded = super().load(server)
            store.save(a_login(rest.server, access_token="theirs", refresh_token="r9"))
            return loaded

    mine = Overtaken(paths, environ={}).save(mine)
    rest.will(EXPIRED, problem(401, errors.NotAuthenticated("Spent.")), [])
    async with opened(rest.server, mine) as client:
        assert await client.send(boards.list_boards()) == []
    assert rest.seen[2].headers["authorization"] == "Bearer theirs"


async def test_a_session_that_is_over_needs_a_login(opened: Opener, rest: ScriptedServer) -> None:
    rest.will(EXPIRED, problem(401, errors.NotAuthenticated("The session is over.")))
    async with opened(rest.server, a_login(rest.server)) as client:
        with pytest.raises(errors.NotAuthenticated, match="run out"):
            await client.send(boards.list_boards())
    assert len(rest.seen) == 2


async def test_a_server_that_refuses_every_token_is_not_asked_for_ever(opened: Opener, rest: ScriptedServer) -> None:
    rest.will(EXPIRED, some_tokens("n1"), EXPIRED, some_tokens("n2"), EXPIRED)
    async with opened(rest.server, a_login(rest.server)) as client:
        with pytest.raises(errors.NotAuthenticated):
            await client.send(boards.list_boards())
    assert not rest.replies


async def test_a_fixed_token_is_not_refreshed(opened: Opener, rest: ScriptedServer) -> None:
    rest.will(EXPIRED)
    async with opened(rest.server, a_login(rest.server, refresh_token=None)) as client:
        with pytest.raises(errors.NotAuthenticated):
            await client.send(boards.list_boards())
    assert len(rest.seen) == 1


async def test_a_wrong_password_is_no_reason_to_refresh(opened: Opener, rest: ScriptedServer) -> None:
    rest.will(problem(401, errors.NotAuthenticated("Wrong name or password.")))
    async with opened(rest.server, a_login(rest.server)) as client:
        with pytest.raises(errors.NotAuthenticated, match="Wrong name"):
            await client.send(auth.login("ada", "guess"))
    assert len(rest.seen) == 1


async def test_a_store_that_cannot_be_written_does_not_fail_the_request(
    opened: Opener, rest: ScriptedServer, paths: Paths
) -> None:
    store = CredentialStore(paths, environ={})
    login = store.save(a_login(rest.server))
    paths.credentials_file.unlink()
    (paths.config / "credentials.lock").unlink()
    (paths.config / "credentials.lock").mkdir()
    rest.will(EXPIRED, some_tokens(), [])
    async with opened(rest.server, login) as client:
        assert await client.send(boards.list_boards()) == []
        assert client.client.session.notice is not None


async def test_many_requests_with_an_expired_token_refresh_once(rest: ScriptedServer) -> None:
    async with aio.Client(rest.server, a_login(rest.server)) as client:
        rest.will(EXPIRED, EXPIRED, EXPIRED, some_tokens(), [], [], [])
        await asyncio.gather(*(client.send(boards.list_boards()) for _ in range(3)))
    assert [seen.route for seen in rest.seen].count("POST /auth/refresh") == 1


async def test_a_client_follows_a_revived_server(rest: ScriptedServer, nobody: Server) -> None:
    class Place:
        server = rest.server
        credentials = a_login(rest.server, access_token="fresh")

    async def revive() -> Place:
        return Place()

    async with aio.Client(nobody, None, policy=ONCE, revive=revive) as client:
        with pytest.raises(errors.Unreachable):
            await client.send(boards.list_boards())
        await client.revive()
        rest.will([])
        await client.send(boards.list_boards())
    assert rest.seen[0].headers["authorization"] == "Bearer fresh"


async def test_a_local_server_that_another_client_revived_has_a_new_token(rest: ScriptedServer) -> None:
    class Place:
        server = rest.server
        credentials = a_login(rest.server, access_token="fresh", refresh_token=None)

    async def revive() -> Place:
        return Place()

    async with aio.Client(rest.server, a_login(rest.server, refresh_token=None), revive=revive) as client:
        rest.will(EXPIRED, [], EXPIRED)
        assert await client.send(boards.list_boards()) == []
        with pytest.raises(errors.NotAuthenticated):
            await client.send(boards.list_boards())
    assert [seen.headers["authorization"] for seen in rest.seen] == ["Bearer old", "Bearer fresh", "Bearer fresh"]


async def test_an_answer_of_several_megabytes(opened: Opener, rest: ScriptedServer) -> None:
    many = [a_card(f"card-{number}", "a", number) for number in range(5000)]
    rest.will(Reply(body=to_json(many)))
    async with opened(rest.server) as client:
        assert await client.send(cards.list_cards("b")) == many
