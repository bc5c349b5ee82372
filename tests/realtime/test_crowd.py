"""How many sockets there may be, and how fast one may talk."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import InvalidStatus

from rego.wire.frames import CloseCode, Focus
from rego_server.core.settings import Settings
from rego_server.realtime.crowd import BURST_SECONDS
from rego_server.realtime.limits import limits_of
from rego_server.realtime.socket import LIVE
from tests.realtime.connections import eventually
from tests.realtime.stage import Stage
from tests.realtime.wire import dial
from tests.running import Running


def places_taken(live: Running) -> int:
    return live.server.app[LIVE].crowd.places


async def test_one_person_has_so_many_sockets_and_the_others_have_theirs(sqlite_stage: Stage) -> None:
    live = await sqlite_stage.server(per_user=2)
    ada, bob = await sqlite_stage.person(live, "ada"), await sqlite_stage.person(live, "bob")
    desk = await sqlite_stage.desk(ada)
    await desk.invite(bob)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await (await stack.enter_async_context(dial(live.url, desk.board.id, ada.token))).ready()
        with pytest.raises(InvalidStatus) as refused:
            await stack.enter_async_context(dial(live.url, desk.board.id, ada.token))
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"] == "10"
        late = await stack.enter_async_context(dial(live.url, desk.board.id, auth=ada.token))
        assert await late.ending() == (CloseCode.OVERLOADED, "You have 2 sockets open here, which is the most; close some.")
        await (await stack.enter_async_context(dial(live.url, desk.board.id, bob.token))).ready()
    await eventually(lambda: places_taken(live) == 0)
    async with dial(live.url, desk.board.id, ada.token) as again:
        await again.ready()


async def test_a_server_has_so_many_sockets(sqlite_stage: Stage) -> None:
    live = await sqlite_stage.server(total=1)
    ada = await sqlite_stage.person(live, "ada")
    desk = await sqlite_stage.desk(ada)
    async with dial(live.url, desk.board.id, ada.token) as only:
        await only.ready()
        with pytest.raises(InvalidStatus) as refused:
            await dial(live.url, desk.board.id, ada.token).__aenter__()
        assert refused.value.response.status_code == 503
        assert b"all the 1 sockets" in (refused.value.response.body or b"")
    await eventually(lambda: places_taken(live) == 0)
    async with dial(live.url, desk.board.id, ada.token) as again:
        await again.ready()


async def test_a_refused_socket_takes_no_place(sqlite_stage: Stage) -> None:
    live = await sqlite_stage.server(total=1, per_user=1)
    ada = await sqlite_stage.person(live, "ada")
    desk = await sqlite_stage.desk(ada)
    for token in ("nonsense", ada.token):
        with pytest.raises(InvalidStatus):
            await dial(live.url, ada.user.id, token).__aenter__()
    async with dial(live.url, desk.board.id, auth="nonsense") as wire:
        assert (await wire.ending())[0] == CloseCode.SESSION_ENDED
    await eventually(lambda: places_taken(live) == 0)
    async with dial(live.url, desk.board.id, ada.token) as welcome:
        await welcome.ready()


async def test_who_talks_too_much_is_sent_away_to_come_back_later(sqlite_stage: Stage) -> None:
    live = await sqlite_stage.server(frames_per_second=1)
    ada = await sqlite_stage.person(live, "ada")
    desk = await sqlite_stage.desk(ada)
    async with dial(live.url, desk.board.id, ada.token) as wire, dial(live.url, desk.board.id, ada.token) as other:
        await wire.ready()
        await other.ready()
        for _ in range(BURST_SECONDS * 3):
            await wire.say(Focus())
        assert (await wire.ending())[0] == CloseCode.TOO_MANY_FRAMES
        await desk.add()
        await other.events(1)


def test_the_settings_reach_the_sockets() -> None:
    limits = limits_of(Settings(sockets_max=1, sockets_per_user=2, socket_frames_per_second=3))
    assert (limits.total, limits.per_user, limits.frames_per_second) == (1, 2, 3)
