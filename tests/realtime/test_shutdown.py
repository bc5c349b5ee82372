"""An orderly end: sockets are told to come back, requests under way are answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from rego.client.live import LiveBoard
from rego.client.updates import EventCame, Offline, Update
from rego.wire.frames import CloseCode, Goaway
from rego_server import main
from rego_server.app import open_server
from rego_server.core.db.port import Work
from rego_server.main import address_of, listen, start
from rego_server.web.traffic import TRAFFIC
from tests.ports import free_port
from tests.realtime.connections import eventually
from tests.realtime.stage import Desk, Stage
from tests.realtime.wire import PATIENCE, dial
from tests.running import Running, Somebody, fast_settings
from tests.server.site import raw


@dataclass
class Stoppable:
    """A server that a test stops in its own time."""

    live: Running
    stop: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def stoppable(data_dir: Path, port: int = 0) -> AsyncIterator[Stoppable]:
    """A server on `port`, or on one that stays free when it has stopped; leaving waits until it has."""
    ready: asyncio.Future[Stoppable] = asyncio.get_running_loop().create_future()

    async def serve() -> None:
        async with open_server(fast_settings(data_dir)) as server:
            runner = await start(server)
            await listen(runner, "127.0.0.1", port or free_port())
            it = Stoppable(Running(address_of(runner), server))
            ready.set_result(it)
            await it.stop.wait()
            await runner.cleanup()

    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(serve())
        it = await ready
        yield it
        it.stop.set()


async def people_of(stage: Stage, live: Running) -> tuple[Somebody, Desk]:
    ada = await stage.person(live, "ada")
    return ada, await stage.desk(ada)


async def test_sockets_are_told_to_come_back(sqlite_stage: Stage, tmp_path: Path) -> None:
    async with stoppable(tmp_path / "own") as server:
        ada, desk = await people_of(sqlite_stage, server.live)
        async with (
            dial(server.live.url, desk.board.id, ada.token) as one,
            dial(server.live.url, desk.board.id, ada.token) as two,
        ):
            await one.ready()
            await two.ready()
            server.stop.set()
            for wire in (one, two):
                assert await wire.ending() == (CloseCode.SERVICE_RESTART, "The server is stopping.")
    delays = [frame.delay for wire in (one, two) for frame in wire.heard if isinstance(frame, Goaway)]
    assert len(delays) == 2
    assert all(0 <= delay <= server.live.server.settings.goaway_seconds for delay in delays)
    assert delays[0] != delays[1], "two clients were told to come back at the same moment"


async def test_a_server_that_stops_is_not_ready_and_keeps_no_connection(sqlite_stage: Stage, tmp_path: Path) -> None:
    async with stoppable(tmp_path / "own") as server:
        assert (await raw(server.live.url, "GET", "/health/ready")).status == 200
        server.live.server.app[TRAFFIC].stop()
        answer = await raw(server.live.url, "GET", "/health/ready")
        assert (answer.status, answer.json["detail"]) == (503, "The server is stopping.")
        assert answer.headers["Retry-After"] == "5"
        answer = await raw(server.live.url, "GET", "/health/live")
        assert (answer.status, answer.headers["Connection"]) == (200, "close")


async def test_a_body_that_is_still_arriving_is_waited_for(sqlite_stage: Stage, tmp_path: Path) -> None:
    async with stoppable(tmp_path / "own") as server:
        ada, _ = await people_of(sqlite_stage, server.live)
        body = b'{"title": "In two halves", "key": "HALF"}'
        reader, writer = await half_a_request(server.live, ada.token, body)
        await eventually(lambda: server.live.server.app[TRAFFIC].under_way == 1)
        server.stop.set()
        await eventually(lambda: server.live.server.app[TRAFFIC].stopping)
        writer.write(body[10:])
        answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 201 "), answer
        assert b"In two halves" in answer
        assert b"Connection: close" in answer


async def test_a_peer_that_does_nothing_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch, sqlite_stage: Stage, tmp_path: Path
) -> None:
    """Half a body, a socket whose client answers nothing, and a connection without a request."""
    monkeypatch.setattr(main, "FINISHED_WITHIN", 0.1)
    monkeypatch.setattr(main, "CUT_OFF_WITHIN", 0.1)
    async with stoppable(tmp_path / "own") as server:
        ada, desk = await people_of(sqlite_stage, server.live)
        place = urlsplit(server.live.url)
        _, half = await half_a_request(server.live, ada.token, b'{"title": "Never whole"}')
        _, idle = await asyncio.open_connection(place.hostname, place.port)
        deaf_reader, deaf = await asyncio.open_connection(place.hostname, place.port)
        deaf.write(
            f"GET /ws/boards/{desk.board.id} HTTP/1.1\r\nHost: rego\r\nAuthorization: Bearer {ada.token}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        assert (await deaf_reader.readline()).startswith(b"HTTP/1.1 101 ")
        await eventually(lambda: server.live.server.app[TRAFFIC].under_way == 2)
    for writer in (half, idle, deaf):
        writer.close()


async def half_a_request(live: Running, token: str, body: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which a request to make a board has begun: its headers, and ten bytes of its body."""
    place = urlsplit(live.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(
        f"POST /boards HTTP/1.1\r\nHost: rego\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body[:10]
    )
    return reader, writer


async def test_a_request_under_way_is_answered(monkeypatch: pytest.MonkeyPatch, sqlite_stage: Stage, tmp_path: Path) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    async with stoppable(tmp_path / "own") as server:
        ada, desk = await people_of(sqlite_stage, server.live)
        transaction = server.live.server.database.transaction

        async def slow(work: Work[Any]) -> Any:
            begun.set()
            await go_on.wait()
            return await transaction(work)

        async with dial(server.live.url, desk.board.id, ada.token) as wire:
            await wire.ready()
            monkeypatch.setattr(server.live.server.database, "transaction", slow)
            adding = asyncio.create_task(desk.add("In the last moment"))
            await begun.wait()
            server.stop.set()
            assert (await wire.ending())[0] == CloseCode.SERVICE_RESTART
            go_on.set()
            assert (await adding).title == "In the last moment"
    async with stoppable(tmp_path / "own", urlsplit(server.live.url).port or 0):
        assert [card.title for card in (await desk.snapshot()).cards] == ["In the last moment"]


async def test_the_sdk_comes_back_after_a_restart_and_misses_nothing(sqlite_stage: Stage, tmp_path: Path) -> None:
    pauses: list[float] = []
    back = asyncio.Event()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await back.wait()

    async with stoppable(tmp_path / "own") as server:
        ada, desk = await people_of(sqlite_stage, server.live)
        board = await sqlite_stage.enter(LiveBoard(ada.client, desk.board.id, sleep=pause))
        updates = [await anext(board) for _ in range(3)]
        server.stop.set()
        await take_until(board, updates, lambda update: isinstance(update, Offline))
    async with stoppable(tmp_path / "own", urlsplit(server.live.url).port or 0):
        await desk.add()
        back.set()
        await take_until(board, updates, lambda update: isinstance(update, EventCame))
    last = updates[-1]
    assert isinstance(last, EventCame)
    assert last.raw.seq == 4
    assert pauses, "it came back without a pause, which a thousand others would do at the same moment"


async def take_until(board: LiveBoard, updates: list[Update], is_last: Callable[[Update], bool]) -> None:
    while not is_last(updates[-1]):
        updates.append(await anext(board))
