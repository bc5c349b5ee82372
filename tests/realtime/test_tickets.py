"""Tickets: how a client that can set no header opens a socket. One ticket, one socket, one board, half a minute."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from rego.client import auth, boards, tokens
from rego.wire.boards import CreateBoard
from rego.wire.errors import Forbidden, NotFound
from rego.wire.frames import CloseCode, Resume
from rego.wire.tokens import CreateToken, Scope
from tests.realtime.stage import Desk, Stage
from tests.realtime.wire import PATIENCE, dial
from tests.running import Running, Somebody, fast_settings, join
from tests.server.hand_clock import HandClock, running_by
from tests.server.site import raw


async def _ticket(person: Somebody, board_id: str) -> str:
    return (await person.client.send(auth.create_ticket(board_id))).ticket


async def _refusal(url: str, board_id: str, ticket: str) -> int:
    with pytest.raises(InvalidStatus) as refused:
        async with dial(url, board_id, ticket=ticket):
            pytest.fail("the socket opened")
    return refused.value.response.status_code


async def test_a_ticket_opens_one_socket(live: Running, desk: Desk, ada: Somebody) -> None:
    made = await ada.client.send(auth.create_ticket(desk.board.id))
    assert made.expires_in == 30
    async with dial(live.url, desk.board.id, ticket=made.ticket, since=1) as wire:
        assert (await wire.greeting()).resume is Resume.REPLAY
        assert [event.seq for event in await wire.events(2)] == [2, 3]
        assert await _refusal(live.url, desk.board.id, made.ticket) == 401


async def test_of_many_with_one_ticket_one_gets_in(live: Running, desk: Desk, ada: Somebody) -> None:
    ticket = await _ticket(ada, desk.board.id)

    async def enter() -> bool:
        try:
            async with dial(live.url, desk.board.id, ticket=ticket) as wire:
                await wire.greeting()
                return True
        except InvalidStatus:
            return False

    async with asyncio.timeout(PATIENCE):
        assert sorted(await asyncio.gather(*(enter() for _ in range(5)))) == [False, False, False, False, True]


async def test_a_ticket_is_for_its_board(live: Running, desk: Desk, ada: Somebody) -> None:
    other = await ada.client.send(boards.create_board(CreateBoard(title="Other")))
    assert await _refusal(live.url, desk.board.id, await _ticket(ada, other.id)) == 401


@pytest.mark.parametrize("ticket", ["", "x", "rego_ticket_" + "A" * 43, "%00", "é", "x" * 4000])
async def test_a_ticket_that_was_made_up_opens_nothing(live: Running, desk: Desk, ticket: str) -> None:
    assert await _refusal(live.url, desk.board.id, ticket) == 401


async def test_only_who_may_see_the_board_gets_a_ticket(live: Running, stage: Stage, desk: Desk, ada: Somebody) -> None:
    bob = await stage.person(live, "bob")
    for board_id in (desk.board.id, "00000000-0000-7000-8000-000000000000"):
        with pytest.raises(NotFound):
            await _ticket(bob, board_id)
    made = await ada.client.send(tokens.create_token(CreateToken(name="x", scope=Scope.WRITE)))
    answer = await raw(live.url, "POST", "/auth/ws-ticket", token=made.token, body={"board_id": desk.board.id})
    assert (answer.status, answer.json["error_type"]) == (403, Forbidden.__name__)
    assert (await raw(live.url, "POST", "/auth/ws-ticket", body={"board_id": desk.board.id})).status == 401
    assert (await raw(live.url, "POST", "/auth/ws-ticket", token=ada.token, body={"board_id": "x"})).status == 400


async def test_what_happens_after_the_ticket_was_made_counts(live: Running, stage: Stage, desk: Desk, ada: Somebody) -> None:
    bob = await stage.person(live, "bob")
    await desk.invite(bob)
    removed, ended = await _ticket(bob, desk.board.id), await _ticket(ada, desk.board.id)
    await ada.client.send(boards.remove_member(desk.board.id, bob.user.id))
    assert await _refusal(live.url, desk.board.id, removed) == 404
    await ada.client.send(auth.logout())
    assert await _refusal(live.url, desk.board.id, ended) == 401


async def test_the_socket_ends_with_the_session_that_made_the_ticket(live: Running, desk: Desk, ada: Somebody) -> None:
    async with dial(live.url, desk.board.id, ticket=await _ticket(ada, desk.board.id)) as wire:
        await wire.ready()
        await ada.client.send(auth.logout())
        assert (await wire.ending())[0] == CloseCode.SESSION_ENDED


async def test_a_ticket_is_kept_as_a_hash_alone(live: Running, desk: Desk, ada: Somebody) -> None:
    """The SDK sends an idempotency key with it, whose answer must not be remembered."""
    await _ticket(ada, desk.board.id)
    seen: list[str] = []
    live.server.database.observer = seen.append
    headers = {"Idempotency-Key": "once"}
    for _ in range(2):
        body = {"board_id": desk.board.id}
        assert (await raw(live.url, "POST", "/auth/ws-ticket", token=ada.token, body=body, headers=headers)).status == 200
    live.server.database.observer = None
    assert not any("INSERT INTO operations" in sql for sql in seen)


async def test_a_late_ticket_opens_nothing(database_url: str, tmp_path: Path) -> None:
    clock = HandClock()
    async with running_by(clock, fast_settings(tmp_path, database_url)) as server:
        ada = await join(server.url, "ada")
        board = await ada.client.send(boards.create_board(CreateBoard(title="Operations")))
        intime, late = await _ticket(ada, board.id), await _ticket(ada, board.id)
        clock.advance(seconds=29)
        async with dial(server.url, board.id, ticket=intime) as wire:
            await wire.greeting()
        clock.advance(seconds=1)
        assert await _refusal(server.url, board.id, late) == 401
        await ada.client.close()
