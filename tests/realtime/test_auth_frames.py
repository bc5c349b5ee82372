"""Sockets without an `Authorization` header: the first frame must say who it is, soon. The database has no part in this."""

from __future__ import annotations

import pytest

from rego.client import auth
from rego.wire.base import to_json
from rego.wire.frames import Advice, Auth, CloseCode, Focus, Resume, SnapshotFrame, advice_for
from tests.realtime.stage import Desk, Stage
from tests.realtime.wire import dial
from tests.running import Running, Somebody

NONSENSE = [
    b"\xff",
    b'{"type":"auth","token":"\xff"}',
    "no json",
    "[" * 60_000,
    '{"type":"auth"}',
    '{"type":"auth","token":null}',
    '{"type":"auth","token":"\\ud800"}',
    to_json(Focus()).decode(),
]


@pytest.fixture
async def live(sqlite_stage: Stage) -> Running:
    return await sqlite_stage.server()


@pytest.fixture
async def ada(sqlite_stage: Stage, live: Running) -> Somebody:
    return await sqlite_stage.person(live, "ada")


@pytest.fixture
async def desk(sqlite_stage: Stage, ada: Somebody) -> Desk:
    return await sqlite_stage.desk(ada)


async def test_a_token_in_the_first_frame_opens_the_board(live: Running, desk: Desk, ada: Somebody) -> None:
    async with dial(live.url, desk.board.id, auth=ada.token) as wire:
        assert (await wire.greeting()).resume is Resume.SNAPSHOT
        assert isinstance(await wire.next(), SnapshotFrame)
        await desk.add()
        assert [event.seq for event in await wire.events(1)] == [4]


async def test_since_works_with_it(live: Running, desk: Desk, ada: Somebody) -> None:
    async with dial(live.url, desk.board.id, auth=ada.token, since=1) as wire:
        assert (await wire.greeting()).resume is Resume.REPLAY
        assert [event.seq for event in await wire.events(2)] == [2, 3]


async def test_a_wrong_token_is_told_to_log_in(live: Running, desk: Desk) -> None:
    async with dial(live.url, desk.board.id, auth="nonsense") as wire:
        code, reason = await wire.ending()
    assert (code, advice_for(code)) == (CloseCode.SESSION_ENDED, Advice.LOG_IN)
    assert reason == "This access token is not valid; log in again."


async def test_the_token_of_an_ended_session_is_told_to_log_in(
    sqlite_stage: Stage, live: Running, desk: Desk, ada: Somebody
) -> None:
    await ada.client.send(auth.logout())
    async with dial(live.url, desk.board.id, auth=ada.token) as wire:
        assert (await wire.ending())[0] == CloseCode.SESSION_ENDED


async def test_a_stranger_learns_nothing(sqlite_stage: Stage, live: Running, desk: Desk) -> None:
    stranger = await sqlite_stage.person(live, "bob")
    endings = []
    for board_id in (desk.board.id, "00000000-0000-7000-8000-000000000000"):
        async with dial(live.url, board_id, auth=stranger.token) as wire:
            endings.append(await wire.ending())
            assert wire.heard == []
    assert endings[0] == endings[1]
    assert endings[0][0] == CloseCode.ACCESS_LOST


@pytest.mark.parametrize("frame", NONSENSE, ids=lambda frame: repr(frame[:20]))
async def test_a_first_frame_that_is_no_auth_frame(live: Running, desk: Desk, frame: bytes | str) -> None:
    async with dial(live.url, desk.board.id) as wire:
        await wire.say(frame)
        code, _ = await wire.ending()
    assert advice_for(code) is Advice.LOG_IN


async def test_the_deadline(sqlite_stage: Stage) -> None:
    live = await sqlite_stage.server(auth_deadline=0.05)
    desk = await sqlite_stage.desk(await sqlite_stage.person(live, "ada"))
    async with dial(live.url, desk.board.id) as wire:
        assert (await wire.ending())[0] == CloseCode.AUTH_DEADLINE
        assert wire.heard == []


async def test_a_second_auth_frame_changes_nothing(sqlite_stage: Stage, live: Running, desk: Desk, ada: Somebody) -> None:
    stranger = await sqlite_stage.person(live, "bob")
    async with dial(live.url, desk.board.id, auth=ada.token) as wire:
        hello = await wire.ready()
        await wire.say(Auth(token=stranger.token))
        await wire.say(Focus(editing=True))
        people = await wire.sees(lambda people: people[hello.connection_id].editing)
        assert [person.username for person in people.values()] == ["ada"]
