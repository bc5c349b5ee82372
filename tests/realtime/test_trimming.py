"""Live followers while the log is trimmed under them: they lose their place in order, and start afresh."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from rego.client.live import LiveBoard
from rego.client.updates import EventCame, Offline, Online, SnapshotCame, Update
from rego.wire.frames import CloseCode, Resume
from rego_server.core.retention import Retention
from tests.realtime.buses import SilentBus
from tests.realtime.stage import Desk, Stage
from tests.realtime.wire import dial
from tests.running import Running, Somebody

NEVER = 3_600.0


class Tomorrow:
    """A clock that is a day ahead."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=1)


async def trim(live: Running) -> None:
    """Keep the last event of each board."""
    await Retention(live.server.database, Tomorrow(), kept=1, days=0)()


@pytest.fixture
async def lagging(stage: Stage) -> Running:
    """A server that looks at the log only when somebody joins."""
    return await stage.server(SilentBus(), tick=NEVER)


async def test_a_hub_that_lags_behind_the_log_sends_everybody_to_start_afresh(stage: Stage, lagging: Running) -> None:
    ada = await stage.person(lagging, "ada")
    desk = await stage.desk(ada)
    async with dial(lagging.url, desk.board.id, ada.token) as old:
        await old.ready()
        for _ in range(3):
            await desk.add()
        await trim(lagging)
        async with dial(lagging.url, desk.board.id, ada.token) as joining:
            for wire in (old, joining):
                assert (await wire.ending())[0] == CloseCode.LOST_SYNC
                assert wire.seqs == []
        async with dial(lagging.url, desk.board.id, ada.token, since=3) as again:
            assert (await again.greeting()).resume is Resume.RESET


async def test_a_log_that_is_trimmed_between_the_look_and_the_replay(
    monkeypatch: pytest.MonkeyPatch, live: Running, desk: Desk, ada: Somebody
) -> None:
    prepare = web.WebSocketResponse.prepare

    async def prepare_late(socket: web.WebSocketResponse, request: web.BaseRequest) -> AbstractStreamWriter:
        await trim(live)
        return await prepare(socket, request)

    await desk.add()
    monkeypatch.setattr(web.WebSocketResponse, "prepare", prepare_late)
    async with dial(live.url, desk.board.id, ada.token, since=1) as wire:
        assert (await wire.greeting()).resume is Resume.REPLAY
        assert (await wire.ending())[0] == CloseCode.LOST_SYNC
        assert wire.seqs == []


async def test_the_sdk_starts_afresh(stage: Stage, lagging: Running) -> None:
    ada = await stage.person(lagging, "ada")
    desk = await stage.desk(ada)
    updates: list[Update] = []
    async with LiveBoard(ada.client, desk.board.id) as board:
        while not any(isinstance(update, SnapshotCame) for update in updates):
            updates.append(await anext(board))
        for _ in range(3):
            await desk.add()
        await trim(lagging)
        async with dial(lagging.url, desk.board.id, ada.token) as joining:
            await joining.ending()
        while len([update for update in updates if isinstance(update, SnapshotCame)]) < 2:
            updates.append(await anext(board))
    assert not any(isinstance(update, EventCame) for update in updates)
    assert [type(update) for update in updates if isinstance(update, Offline)] == [Offline]
    assert [update.hello.resume for update in updates if isinstance(update, Online)] == [Resume.SNAPSHOT, Resume.RESET]
    last = updates[-1]
    assert isinstance(last, SnapshotCame)
    assert last.snapshot.seq == 6
