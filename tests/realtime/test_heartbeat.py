"""Heartbeats, silence, and frames that are none."""

from __future__ import annotations

import json

import pytest

from rego.wire import limits
from rego.wire.frames import CloseCode, EventFrame, Ping, Pong
from tests.realtime.stage import Desk, Stage
from tests.realtime.wire import dial
from tests.running import Running, Somebody

BAD_FRAMES = [
    b"\xff",
    "no json",
    "[" * 60_000,
    "null",
    '{"type":"shout"}',
    '{"type":"pong","extra":1}',
    '{"type":"focus","card_id":"OPS-1"}',
    '{"type":"focus","card_id":"../../etc/passwd"}',
    '{"type":"focus","card_id":"00000000-0000-7000-8000-00000000000A"}',
    '{"type":"focus","card_id":"00000000-0000-7000-8000-000000000001\\n"}',
    '{"type":"focus","card_id":"\\u001b]0;owned\\u0007"}',
    '{"type":"focus","editing":"yes"}',
]


@pytest.fixture
async def live(sqlite_stage: Stage) -> Running:
    return await sqlite_stage.server(heartbeat=0.02)


@pytest.fixture
async def ada(sqlite_stage: Stage, live: Running) -> Somebody:
    return await sqlite_stage.person(live, "ada")


@pytest.fixture
async def desk(sqlite_stage: Stage, ada: Somebody) -> Desk:
    return await sqlite_stage.desk(ada)


async def test_a_ping_carries_the_seq_of_the_board(live: Running, desk: Desk, ada: Somebody) -> None:
    async with dial(live.url, desk.board.id, ada.token) as wire:
        assert (await wire.ready()).heartbeat == 0.02
        assert (await wire.the(Ping)).seq == 3
        await desk.add()
        await wire.events(1)
        assert (await wire.the(Ping)).seq == 4


async def test_no_ping_runs_ahead_of_the_events(live: Running, desk: Desk, ada: Somebody) -> None:
    async with dial(live.url, desk.board.id, ada.token) as wire:
        await wire.ready()
        for _ in range(50):
            await desk.add()
        await wire.events(50)
    last = 3
    for frame in wire.heard:
        if isinstance(frame, EventFrame):
            last = frame.event.seq
        if isinstance(frame, Ping):
            assert frame.seq == last


async def test_a_client_that_answers_stays(sqlite_stage: Stage) -> None:
    live = await sqlite_stage.server(heartbeat=0.02, silence=1.5)
    ada = await sqlite_stage.person(live, "ada")
    desk = await sqlite_stage.desk(ada)
    async with dial(live.url, desk.board.id, ada.token) as wire:
        await wire.ready()
        for _ in range(100):
            await wire.the(Ping)
        await desk.add()
        assert [event.seq for event in await wire.events(1)] == [4]


async def test_a_client_that_says_nothing_is_sent_away(sqlite_stage: Stage) -> None:
    live = await sqlite_stage.server(silence=0.1)
    ada = await sqlite_stage.person(live, "ada")
    desk = await sqlite_stage.desk(ada)
    async with dial(live.url, desk.board.id, ada.token) as wire:
        assert (await wire.ending())[0] == CloseCode.SILENT
    assert live.server.hub.total_connections == 0


@pytest.mark.parametrize("frame", BAD_FRAMES, ids=lambda frame: repr(frame[:45]))
async def test_what_is_no_frame_ends_the_socket(live: Running, desk: Desk, ada: Somebody, frame: bytes | str) -> None:
    async with dial(live.url, desk.board.id, ada.token) as wire, dial(live.url, desk.board.id, ada.token) as other:
        await wire.ready()
        await other.ready()
        await wire.say(frame)
        code, reason = await wire.ending()
        assert (code, reason) == (CloseCode.BAD_FRAME, "That was no frame of this protocol.")
        await desk.add()
        await other.events(1)


async def test_an_oversize_frame_ends_the_socket(live: Running, desk: Desk, ada: Somebody) -> None:
    padding = " " * limits.SOCKET_FRAME_MAX_BYTES
    async with dial(live.url, desk.board.id, ada.token) as wire:
        await wire.ready()
        await wire.say(json.dumps({"type": "pong"}) + padding)
        assert (await wire.ending())[0] == 1009
    async with dial(live.url, desk.board.id, ada.token) as wire:
        await wire.ready()
        await wire.say((json.dumps({"type": "pong"}) + padding)[: limits.SOCKET_FRAME_MAX_BYTES])
        await wire.say(Pong())
        await wire.the(Ping)
        await desk.add()
        await wire.events(1)
