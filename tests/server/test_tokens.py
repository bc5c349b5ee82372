"""Personal tokens: what they open, what they do not, and when they stop."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from rego.client import boards, cards, history, tokens
from rego.wire import limits
from rego.wire.boards import CreateBoard
from rego.wire.cards import UpdateCard
from rego.wire.errors import Conflict, NotFound
from rego.wire.events import Actor
from rego.wire.frames import CloseCode
from rego.wire.tokens import CreateToken, NewToken, Scope
from rego_server.domains.tokens.secret import PREFIX, new_secret, write_token
from tests.conftest import Join
from tests.running import PASSWORD, Somebody
from tests.server.furnished import Furnished
from tests.server.site import RawAnswer, Site, raw

MISSING = "There is no such thing here, or it is not yours to see."


async def _token(person: Somebody, scope: Scope = Scope.READ, *board_ids: str) -> NewToken:
    body = CreateToken(name="ci", scope=scope, board_ids=list(board_ids) or None)
    return await person.client.send(tokens.create_token(body))


async def _ask(site: Site, token: str, method: str, path: str, body: Any = None) -> RawAnswer:
    return await raw(site.url, method, path, token=token, body=body)


# --- making, listing, revoking -----------------------------------------------------------------------------------


async def test_a_new_token_shows_its_secret_once_and_the_database_has_a_hash(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    made = await _token(ann)
    assert made.token.startswith(PREFIX)
    listed = await _ask(site, ann.token, "GET", "/auth/tokens")
    assert [token["id"] for token in listed.json] == [made.id]
    assert "token" not in listed.json[0]
    assert made.token not in listed.body.decode()
    answers = await site.execute("SELECT answer FROM operations WHERE user_id = ?", ann.user.id)
    assert len(answers) == 1
    assert PREFIX not in answers[0][0]


async def test_a_repeated_request_makes_no_second_token(site: Site, join_site: Join) -> None:
    ann = await join_site("ann")
    call = tokens.create_token(CreateToken(name="ci"))
    await ann.client.send(call, "once")
    with pytest.raises(Conflict, match="shown only once"):
        await ann.client.send(call, "once")
    assert len(await ann.client.send(tokens.list_tokens())) == 1


async def test_tokens_are_their_owners_alone(site: Site, join_site: Join) -> None:
    ann, bob = await join_site("ann"), await join_site("bob")
    made = await _token(ann)
    assert await bob.client.send(tokens.list_tokens()) == []
    for token_id in (made.id, str(uuid4()), "x"):
        with pytest.raises(NotFound):
            await bob.client.send(tokens.revoke_token(token_id))
    assert (await _ask(site, made.token, "GET", "/auth/me")).json["id"] == ann.user.id


async def test_a_revoked_token_opens_nothing(site: Site, desk: Furnished) -> None:
    made = await _token(desk.owner, Scope.WRITE)
    await desk.own(tokens.revoke_token(made.id))
    for path in ("/auth/me", "/boards", f"/boards/{desk.board.id}", f"/boards/{desk.board.id}/snapshot"):
        answer = await _ask(site, made.token, "GET", path)
        assert (answer.status, "personal token" in answer.json["detail"]) == (401, True), path


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, None),
        ({"name": ""}, "name"),
        ({"name": "x" * (limits.TOKEN_NAME_MAX + 1)}, "name"),
        ({"name": "\x1b[2J"}, "name"),
        ({"name": "x", "scope": "admin"}, "scope"),
        ({"name": "x", "board_ids": []}, "board_ids"),
        ({"name": "x", "board_ids": ["OPS"]}, None),
        ({"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "x", "expires_at": "2030-01-01T00:00:00"}, "expires_at"),
    ],
)
async def test_a_token_that_cannot_be_is_refused(site: Site, join_site: Join, body: Any, field: str | None) -> None:
    ann = await join_site("ann")
    answer = await _ask(site, ann.token, "POST", "/auth/tokens", body)
    assert answer.status == 400, answer.json
    assert field is None or answer.json["field"] == field
    assert await ann.client.send(tokens.list_tokens()) == []


async def test_a_token_for_a_board_of_others_is_refused(desk: Furnished, join_site: Join) -> None:
    stranger = await join_site("stranger")
    for board_id in (desk.board.id, str(uuid4())):
        with pytest.raises(NotFound):
            await _token(stranger, Scope.READ, board_id)


async def test_there_is_an_end_to_tokens(site: Site, join_site: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TOKENS_MAX", 2)
    ann = await join_site("ann")
    await _token(ann)
    await _token(ann)
    with pytest.raises(Conflict, match="revoke one first"):
        await _token(ann)


# --- what they open ----------------------------------------------------------------------------------------------


async def test_a_read_token_reads_and_changes_nothing(site: Site, desk: Furnished) -> None:
    made = await _token(desk.owner)
    for path in (
        "/auth/me",
        "/boards",
        f"/boards/{desk.board.id}/snapshot",
        f"/boards/{desk.board.id}/events",
        f"/cards/{desk.one.id}",
    ):
        assert (await _ask(site, made.token, "GET", path)).status == 200, path
    changes = (
        ("PATCH", f"/cards/{desk.one.id}", {"title": "x"}),
        ("POST", f"/boards/{desk.board.id}/cards", {"title": "x", "column_id": desk.todo.id}),
        ("DELETE", f"/boards/{desk.board.id}", None),
        ("POST", "/boards", {"title": "x"}),
    )
    for method, path, body in changes:
        answer = await _ask(site, made.token, method, path, body)
        assert (answer.status, "may only read" in answer.json["detail"]) == (403, True), path


async def test_a_write_token_does_what_its_owner_may_and_no_more(site: Site, desk: Furnished) -> None:
    hers, his = await _token(desk.member, Scope.WRITE), await _token(desk.viewer, Scope.WRITE)
    patch = ("PATCH", f"/cards/{desk.one.id}", {"title": "x"})
    changed = await _ask(site, hers.token, *patch)
    assert (changed.status, changed.json["updated_by"]) == (200, desk.member.user.id)
    assert (await _ask(site, hers.token, "DELETE", f"/boards/{desk.board.id}")).status == 403
    assert (await _ask(site, his.token, *patch)).status == 403


async def test_a_token_for_some_boards_opens_no_other(site: Site, desk: Furnished) -> None:
    other = await desk.own(boards.create_board(CreateBoard(title="Other")))
    made = await _token(desk.owner, Scope.WRITE, desk.board.id)
    assert [board["id"] for board in (await _ask(site, made.token, "GET", "/boards")).json] == [desk.board.id]
    assert (await _ask(site, made.token, "PATCH", f"/cards/{desk.one.id}", {"title": "x"})).status == 200
    for method, path, body in (
        ("GET", f"/boards/{other.id}", None),
        ("GET", f"/boards/{other.id}/snapshot", None),
        ("PATCH", f"/boards/{other.id}", {"title": "x"}),
        ("DELETE", f"/boards/{other.id}", None),
    ):
        answer = await _ask(site, made.token, method, path, body)
        assert (answer.status, answer.json["detail"]) == (404, MISSING), path
    made_board = await _ask(site, made.token, "POST", "/boards", {"title": "x"})
    assert (made_board.status, "some boards only" in made_board.json["detail"]) == (403, True)


async def test_a_token_whose_boards_are_gone_opens_nothing(site: Site, desk: Furnished) -> None:
    board = await desk.own(boards.create_board(CreateBoard(title="Short-lived")))
    made = await _token(desk.owner, Scope.READ, board.id)
    await desk.own(boards.delete_board(board.id))
    assert (await _ask(site, made.token, "GET", "/boards")).json == []
    assert (await _ask(site, made.token, "GET", f"/boards/{desk.board.id}")).status == 404


async def test_a_token_does_not_manage_its_account(site: Site, desk: Furnished) -> None:
    made = await _token(desk.owner, Scope.WRITE)
    for method, path, body in (
        ("GET", "/auth/tokens", None),
        ("POST", "/auth/tokens", {"name": "more", "scope": "write"}),
        ("DELETE", f"/auth/tokens/{made.id}", None),
        ("GET", "/auth/sessions", None),
        ("DELETE", f"/auth/sessions/{uuid4()}", None),
        ("POST", "/auth/change-password", {"current_password": PASSWORD, "new_password": "a longer horse battery"}),
        ("PATCH", "/auth/me", {"email": "thief@example.com"}),
        ("POST", "/auth/logout", None),
    ):
        answer = await _ask(site, made.token, method, path, body)
        assert (answer.status, answer.json["error_type"]) == (403, "Forbidden"), (method, path)


async def test_a_person_who_left_the_board_has_no_way_in_by_token(site: Site, desk: Furnished) -> None:
    made = await _token(desk.member, Scope.WRITE, desk.board.id)
    await desk.own(boards.remove_member(desk.board.id, desk.member.user.id))
    assert (await _ask(site, made.token, "GET", f"/boards/{desk.board.id}")).status == 404


# --- false and late ones -----------------------------------------------------------------------------------------


async def test_a_token_is_worth_nothing_without_all_of_its_parts(site: Site, desk: Furnished) -> None:
    made = await _token(desk.owner, Scope.WRITE)
    theirs = desk.owner.user.id
    forged = [
        write_token(made.id, theirs, new_secret()),
        write_token(str(uuid4()), theirs, new_secret()),
        made.token[:-8] + "AAAAAAAA",
        made.token[:-1],
        made.token + "A",
        PREFIX,
        PREFIX + "!" * 86,
        PREFIX + "é" * 86,
    ]
    for token in forged:
        for method, path in (("GET", f"/boards/{desk.board.id}"), ("GET", "/boards"), ("DELETE", f"/boards/{desk.board.id}")):
            assert (await _ask(site, token, method, path)).status == 401, token


async def test_the_secret_of_one_person_does_not_open_for_another(site: Site, desk: Furnished) -> None:
    secret = new_secret()
    made = await _token(desk.viewer, Scope.WRITE)
    for forged in (write_token(made.id, desk.owner.user.id, secret), _owned_by(made.token, desk.owner.user.id)):
        assert (await _ask(site, forged, "GET", f"/boards/{desk.board.id}")).status == 401


def _owned_by(token: str, user_id: str) -> str:
    """The token with another owner's id in it, and the right secret."""
    content = urlsafe_b64decode(token.removeprefix(PREFIX) + "==")
    return write_token(str(UUID(bytes=content[:16])), user_id, content[32:])


async def test_an_expired_token_opens_nothing(site: Site, desk: Furnished) -> None:
    body = CreateToken(name="ci", expires_at=datetime.now(UTC) + timedelta(hours=1))
    made = await desk.own(tokens.create_token(body))
    assert (await _ask(site, made.token, "GET", f"/boards/{desk.board.id}")).status == 200
    await site.execute("UPDATE personal_tokens SET expires_at = created_at WHERE id = ?", made.id)
    for path in ("/auth/me", f"/boards/{desk.board.id}"):
        answer = await _ask(site, made.token, "GET", path)
        assert (answer.status, "has expired" in answer.json["detail"]) == (401, True)


# --- agents ------------------------------------------------------------------------------------------------------


async def test_what_an_agent_does_is_told_as_its_doing(site: Site, desk: Furnished) -> None:
    body = CreateToken(name="triage", scope=Scope.WRITE, agent=True)
    made = await desk.member.client.send(tokens.create_token(body))
    (listed, *_) = await desk.send(tokens.list_tokens())
    assert (made.agent, listed.id, listed.agent) == (True, made.id, True)
    board_id, card_id = desk.board.id, desk.two.id
    assert (await _ask(site, made.token, "PATCH", f"/cards/{card_id}", {"title": "by an agent"})).status == 200
    await desk.send(cards.update_card(card_id, UpdateCard(title="by hand")))
    hand, agent = await desk.own(boards.list_events(board_id, order="desc", limit=2))
    assert agent.actor == Actor(id=desk.member.user.id, username=desk.member.user.username, agent="triage")
    assert hand.actor == Actor(id=desk.member.user.id, username=desk.member.user.username)
    _, told = await desk.own(history.list_activity(board_id, limit=2))
    assert told.sentence.startswith(f"{desk.member.user.username} (agent: triage) renamed")
    raw_events = await _ask(site, desk.owner.token, "GET", f"/boards/{board_id}/events?order=desc&limit=2")
    assert ["agent" in event["actor"] for event in raw_events.json] == [False, True]
    new = await _ask(site, made.token, "POST", "/boards", {"title": "An agent's"})
    (first,) = await desk.send(boards.list_events(new.json["id"]))
    assert first.actor is not None
    assert first.actor.agent == "triage"


async def test_an_agent_is_seen_as_one(site: Site, desk: Furnished) -> None:
    for name, agent in (("triage", True), ("ci", False)):
        made = await desk.send(tokens.create_token(CreateToken(name=name, agent=agent)))
        async with aiohttp.ClientSession() as session:
            socket = await session.ws_connect(f"{site.url}/ws/boards/{desk.board.id}", headers=_bearer(made))
            hello = await socket.receive_json()
            me = await _presence_of(socket, hello["connection_id"])
            assert (me["username"], me["agent"]) == (desk.member.user.username, name if agent else None)
            await socket.close()


async def _presence_of(socket: aiohttp.ClientWebSocketResponse, connection_id: str) -> dict[str, Any]:
    """What is told of a connection when it has come."""
    while True:
        frame = await socket.receive_json()
        for person in frame.get("present", ()):
            if person["connection_id"] == connection_id:
                return dict(person)


# --- sockets and statements --------------------------------------------------------------------------------------


async def test_a_read_token_follows_a_board_until_it_is_revoked(site: Site, desk: Furnished) -> None:
    made, staying = await _token(desk.owner, Scope.READ, desk.board.id), await _token(desk.owner)
    url = f"{site.url}/ws/boards/{desk.board.id}"
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(url, headers=_bearer(made))
        other = await session.ws_connect(url, headers=_bearer(staying))
        for each in (socket, other):
            await each.receive()
        await desk.own(tokens.revoke_token(made.id))
        async for _ in socket:
            pass
        assert socket.close_code == CloseCode.SESSION_ENDED
        assert not other.closed
        await other.close()


async def test_an_expired_token_loses_its_socket(site: Site, desk: Furnished) -> None:
    body = CreateToken(name="ci", expires_at=datetime.now(UTC) + timedelta(hours=1))
    made = await desk.own(tokens.create_token(body))
    url = f"{site.url}/ws/boards/{desk.board.id}"
    async with aiohttp.ClientSession() as session, session.ws_connect(url, headers=_bearer(made)) as socket:
        await socket.receive()
        await site.execute("UPDATE personal_tokens SET expires_at = created_at WHERE id = ?", made.id)
        async for _ in socket:
            pass
        assert socket.close_code == CloseCode.SESSION_ENDED


async def test_a_token_for_another_board_gets_no_socket(site: Site, desk: Furnished) -> None:
    other = await desk.own(boards.create_board(CreateBoard(title="Other")))
    made = await _token(desk.owner, Scope.READ, other.id)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{site.url}/ws/boards/{desk.board.id}", headers=_bearer(made))
    assert refused.value.status == 404


def _bearer(made: NewToken) -> dict[str, str]:
    return {"Authorization": f"Bearer {made.token}"}


async def test_a_token_for_one_board_searches_no_other(site: Site, desk: Furnished) -> None:
    everywhere, here = await _token(desk.owner), await _token(desk.owner, Scope.READ, desk.board.id)
    assert (await _ask(site, everywhere.token, "GET", "/search?q=one")).status == 200
    assert (await _ask(site, here.token, "GET", "/search?q=one")).status == 403
    assert (await _ask(site, here.token, "GET", f"/boards/{desk.board.id}/cards?q=one")).status == 200
