"""How sockets end: a member who is taken off, a board that is deleted, a session that is over; and what does not end them."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest
from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from sqlalchemy import bindparam, update

from rego.client import auth, boards, tokens
from rego.client.live import LiveBoard
from rego.client.updates import Ended, Update
from rego.wire.base import Role
from rego.wire.boards import UpdateMember
from rego.wire.frames import Advice, CloseCode, EventFrame, SnapshotFrame
from rego.wire.tokens import CreateToken, Scope
from rego_server.core.db import Connection, Statement
from rego_server.core.db.schema import Id
from rego_server.domains.users.models import users
from rego_server.realtime.socket import LIVE
from tests.realtime.buses import SilentBus
from tests.realtime.stage import Desk, Stage, on_sqlite
from tests.realtime.wire import RawFollower, dial
from tests.running import Running, Somebody

DISABLE = Statement(update(users).where(users.c.id == bindparam("row_id", type_=Id)).values(is_active=False))


@pytest.fixture
async def bob(stage: Stage, live: Running, desk: Desk) -> Somebody:
    """A member of the board."""
    bob = await stage.person(live, "bob")
    await desk.invite(bob)
    return bob


async def remove(desk: Desk, person: Somebody) -> None:
    await desk.client.send(boards.remove_member(desk.board.id, person.user.id))


async def test_removal_closes_all_sockets_of_that_person_and_nobody_elses(
    live: Running, desk: Desk, ada: Somebody, bob: Somebody
) -> None:
    async with (
        dial(live.url, desk.board.id, ada.token) as staying,
        dial(live.url, desk.board.id, bob.token) as one,
        dial(live.url, desk.board.id, bob.token, since=0) as two,
    ):
        for wire in (staying, one, two):
            await wire.ready()
        await remove(desk, bob)
        for _ in range(3):
            await desk.add("Not for bob")
        for wire in (one, two):
            assert await wire.ending() == (CloseCode.ACCESS_LOST, "You were taken off this board.")
            assert max(wire.seqs) == 5, "an event from after the removal"
        assert [event.seq for event in await staying.events(4)] == [5, 6, 7, 8]


async def test_removal_closes_sockets_on_a_server_that_only_reads_the_log(stage: Stage) -> None:
    live = await stage.server(SilentBus())
    ada, bob = await stage.person(live, "ada"), await stage.person(live, "bob")
    desk = await stage.desk(ada)
    await desk.invite(bob)
    async with dial(live.url, desk.board.id, bob.token) as wire:
        await wire.ready()
        await remove(desk, bob)
        await desk.add("Not for bob")
        assert (await wire.ending())[0] == CloseCode.ACCESS_LOST
        assert wire.seqs == [5]


@on_sqlite
async def test_who_left_and_came_back_is_not_sent_away_by_the_old_removal(stage: Stage) -> None:
    """The removal is still in the log that a lagging hub has to deliver when the person is back on the board."""
    live = await stage.server(SilentBus(), tick=0.3)
    ada, bob = await stage.person(live, "ada"), await stage.person(live, "bob")
    desk = await stage.desk(ada)
    await desk.invite(bob)
    async with dial(live.url, desk.board.id, ada.token) as watching:
        await watching.ready()
        await remove(desk, bob)
        await desk.invite(bob)
        async with dial(live.url, desk.board.id, bob.token) as back:
            await back.ready()
            await desk.add()
            assert [event.seq for event in await back.events(1)] == [7]
            assert [event.seq for event in await watching.events(3)] == [5, 6, 7]


@pytest.mark.parametrize("followed", [True, False], ids=["followed by others", "followed by nobody"])
async def test_a_removal_between_the_look_and_the_join_is_not_missed(
    monkeypatch: pytest.MonkeyPatch, live: Running, desk: Desk, ada: Somebody, bob: Somebody, followed: bool
) -> None:
    """The right to see the board is read before the socket follows it; what is delivered in between does not find it."""
    prepare = web.WebSocketResponse.prepare
    async with AsyncExitStack() as stack:
        if followed:
            watching = await stack.enter_async_context(dial(live.url, desk.board.id, ada.token))
            await watching.ready()

        async def prepare_late(socket: web.WebSocketResponse, request: web.BaseRequest) -> AbstractStreamWriter:
            await remove(desk, bob)
            if followed:
                assert [event.type for event in await watching.events(1)] == ["member.removed"]
            return await prepare(socket, request)

        monkeypatch.setattr(web.WebSocketResponse, "prepare", prepare_late)
        async with dial(live.url, desk.board.id, bob.token) as wire:
            monkeypatch.undo()
            assert (await wire.ending())[0] == CloseCode.ACCESS_LOST
            assert set(wire.seqs) <= {5}


async def test_deleting_the_board_closes_everybodys_socket(live: Running, desk: Desk, ada: Somebody, bob: Somebody) -> None:
    async with dial(live.url, desk.board.id, ada.token) as one, dial(live.url, desk.board.id, bob.token) as two:
        await one.ready()
        await two.ready()
        await ada.client.send(boards.delete_board(desk.board.id))
        for wire in (one, two):
            assert await wire.ending() == (CloseCode.BOARD_GONE, "This board was deleted.")


@on_sqlite
async def test_deleting_the_board_is_noticed_without_the_bus(stage: Stage) -> None:
    live = await stage.server(SilentBus())
    ada = await stage.person(live, "ada")
    desk = await stage.desk(ada)
    async with dial(live.url, desk.board.id, ada.token) as wire:
        await wire.ready()
        await ada.client.send(boards.delete_board(desk.board.id))
        assert (await wire.ending())[0] == CloseCode.BOARD_GONE


async def test_logging_out_closes_the_sockets_of_that_session_alone(
    stage: Stage, live: Running, desk: Desk, ada: Somebody, bob: Somebody
) -> None:
    async with dial(live.url, desk.board.id, ada.token) as one, dial(live.url, desk.board.id, bob.token) as two:
        await one.ready()
        await two.ready()
        await bob.client.send(auth.logout())
        assert (await two.ending())[0] == CloseCode.SESSION_ENDED
        await desk.add()
        await one.events(1)


async def test_a_disabled_account_loses_its_sockets_whatever_opened_them(
    live: Running, desk: Desk, ada: Somebody, bob: Somebody
) -> None:
    made = await bob.client.send(tokens.create_token(CreateToken(name="A script", scope=Scope.READ)))
    async with (
        dial(live.url, desk.board.id, ada.token) as staying,
        dial(live.url, desk.board.id, bob.token) as by_session,
        dial(live.url, desk.board.id, made.token) as by_token,
    ):
        for wire in (staying, by_session, by_token):
            await wire.ready()

        async def disable(connection: Connection) -> None:
            await connection.execute_together([(DISABLE, {"row_id": bob.user.id})])

        await live.server.database.transaction(disable)
        for wire in (by_session, by_token):
            assert (await wire.ending())[0] == CloseCode.SESSION_ENDED
        await desk.add()
        await staying.events(1)


@on_sqlite
async def test_another_role_keeps_the_socket(live: Running, desk: Desk, ada: Somebody, bob: Somebody) -> None:
    async with dial(live.url, desk.board.id, bob.token) as wire:
        await wire.ready()
        await desk.client.send(boards.update_member(desk.board.id, bob.user.id, UpdateMember(role=Role.VIEWER)))
        await desk.add()
        assert [event.type for event in await wire.events(2)] == ["member.updated", "card.created"]


@on_sqlite
async def test_the_sdk_is_told_to_stop(live: Running, desk: Desk, ada: Somebody, bob: Somebody) -> None:
    updates: list[Update] = []
    async with LiveBoard(bob.client, desk.board.id) as board:
        while not updates or not isinstance(updates[-1], Ended):
            updates.append(await anext(board))
            if len(updates) == 3:
                await remove(desk, bob)
    assert updates[-1] == Ended(advice=Advice.STOP, reason="You were taken off this board.")


@on_sqlite
async def test_a_client_that_hangs_up_is_forgotten(live: Running, desk: Desk, ada: Somebody) -> None:
    async with dial(live.url, desk.board.id, ada.token) as staying:
        await staying.ready()
        async with dial(live.url, desk.board.id, ada.token) as leaving:
            await leaving.ready()
            await staying.sees(lambda people: len(people) == 2)
        await staying.sees(lambda people: len(people) == 1)
        assert (live.server.hub.total_boards, live.server.hub.total_connections) == (1, 1)


@on_sqlite
async def test_a_board_that_was_forgotten_is_followed_anew(live: Running, desk: Desk, ada: Somebody) -> None:
    for number in range(3):
        async with dial(live.url, desk.board.id, ada.token) as wire:
            await wire.the(SnapshotFrame)
            await desk.add()
            while wire.seqs[-1:] != [4 + number]:
                await wire.the(EventFrame)


@on_sqlite
async def test_a_bug_ends_the_socket_with_a_code(
    monkeypatch: pytest.MonkeyPatch, live: Running, desk: Desk, ada: Somebody
) -> None:
    """A client that hears nothing would wait for the whole silence before it tries again."""

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    snapshots = live.server.app[LIVE].snapshots
    monkeypatch.setattr(type(snapshots), "before_events", broken)
    async with dial(live.url, desk.board.id, ada.token) as wire:
        assert (await wire.ending())[0] == CloseCode.INTERNAL_ERROR
    monkeypatch.undo()
    async with dial(live.url, desk.board.id, ada.token) as wire:
        await RawFollower(wire).until(lambda replica: replica.seq == 3)
