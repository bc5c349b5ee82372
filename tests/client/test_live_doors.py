"""A live board at doors that are closed, or that lead to somebody else."""

from __future__ import annotations

import pytest

from rego.client.updates import Ended
from rego.wire import errors
from rego.wire.frames import Advice, CloseCode
from rego.wire.users import Tokens
from tests.client.frames import a_hello
from tests.client.scripted import Peer, Reply, ScriptedBoard, ok, problem
from tests.client.watching import SINCE, Watcher, kinds, outages, refuse


async def test_an_expired_token_is_refreshed_once(board: ScriptedBoard, watch: Watcher) -> None:
    board.will(
        problem(401, errors.NotAuthenticated("The token has run out.")),
        ok(Tokens(access_token="new", refresh_token="r2", expires_in=900)),
        refuse,
    )
    updates = await watch.all(board.server, refresh="r1")
    assert kinds(updates) == ["Offline", "Ended"]
    assert [seen.route for seen in board.seen] == ["GET /ws/boards/b", "POST /auth/refresh", "GET /ws/boards/b"]
    assert board.seen[2].headers["authorization"] == "Bearer new"
    assert outages(updates)[0].retry_in == 0.0


async def test_a_session_that_is_over_needs_a_login(board: ScriptedBoard, watch: Watcher) -> None:
    over = problem(401, errors.NotAuthenticated("The session is over."))
    board.will(over, over)
    updates = await watch.all(board.server, refresh="r1")
    assert updates == [Ended(advice=Advice.LOG_IN, reason="The session is over.")]


@pytest.mark.parametrize("token", ["fixed", None])
async def test_a_refused_fixed_token_needs_a_login(board: ScriptedBoard, watch: Watcher, token: str | None) -> None:
    board.will(problem(401, errors.NotAuthenticated("No.")))
    assert await watch.all(board.server, token=token) == [Ended(advice=Advice.LOG_IN, reason="No.")]


async def test_a_session_ended_while_live_needs_a_login(board: ScriptedBoard, watch: Watcher) -> None:
    async def scene(peer: Peer) -> None:
        await peer.say(a_hello())
        await peer.close(CloseCode.SESSION_ENDED, "You logged out elsewhere.")

    board.will(scene)
    updates = await watch.all(board.server, since=SINCE)
    assert updates[-1] == Ended(advice=Advice.LOG_IN, reason="You logged out elsewhere.")


async def test_no_refresh_during_an_outage_is_no_lost_login(board: ScriptedBoard, watch: Watcher) -> None:
    over = problem(401, errors.NotAuthenticated("The token has run out."))
    busy = problem(503, errors.Unavailable("Starting up.", retry_after=60))
    board.will(over, busy, refuse)
    updates = await watch.all(board.server, refresh="r1")
    assert kinds(updates) == ["Offline", "Ended"]
    assert outages(updates)[0].reason == "Starting up."


@pytest.mark.parametrize(("status", "error"), [(403, errors.Forbidden("Not you.")), (404, errors.NotFound("No such board."))])
async def test_a_board_that_is_not_ours_is_the_end(
    board: ScriptedBoard, watch: Watcher, status: int, error: errors.RegoError
) -> None:
    board.will(problem(status, error))
    assert await watch.all(board.server) == [Ended(advice=Advice.STOP, reason=error.detail)]


STRANGERS = [
    Reply(status=200, body=b"<html>Log in to the hotel's network"),
    Reply(status=302, headers={"Location": "/elsewhere"}),
    Reply(status=404, body=b"Not Found"),
]


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_a_stranger_at_first_is_the_end(board: ScriptedBoard, watch: Watcher, stranger: Reply) -> None:
    board.will(stranger)
    [ended] = await watch.all(board.server)
    assert isinstance(ended, Ended)
    assert ended.advice is Advice.STOP
    assert len(board.seen) == 1


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_a_stranger_later_is_an_outage(board: ScriptedBoard, watch: Watcher, stranger: Reply) -> None:
    async def cut(peer: Peer) -> None:
        await peer.say(a_hello())
        await peer.close(CloseCode.LOST_SYNC)

    board.will(cut, stranger, refuse)
    assert kinds(await watch.all(board.server, since=SINCE)) == ["Online", "Offline", "Offline", "Ended"]
