"""Invitations: who may make them, who may accept them, once, in time, and what the others learn of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rego.client import boards, invitations, tokens
from rego.client.server import Server as Address
from rego.wire import limits
from rego.wire.base import Role
from rego.wire.boards import AddMember, CreateBoard, UpdateMember
from rego.wire.errors import Conflict, Forbidden, NotFound, RateLimited
from rego.wire.invitations import CreateInvitation, Joined, NewInvitation
from rego.wire.tokens import CreateToken, Scope
from tests.board_replay import events_since
from tests.conftest import Join
from tests.letters import Letterbox
from tests.running import Somebody, fast_settings, join, running
from tests.server.furnished import Furnished
from tests.server.hand_clock import HandClock, running_by
from tests.server.site import Site, raw


async def _invite(desk: Furnished, role: Role = Role.MEMBER, email: str | None = None) -> NewInvitation:
    return await desk.own(invitations.create_invitation(desk.board.id, CreateInvitation(role=role, email=email)))


async def _accept(person: Somebody, token: str) -> Joined:
    return await person.client.send(invitations.accept_invitation(token))


async def _last_event(desk: Furnished) -> Any:
    return (await events_since(desk.owner.client, desk.board.id, 0))[-1]


# --- accepting -----------------------------------------------------------------------------------------------------------


async def test_whoever_brings_the_token_is_a_member(desk: Furnished, join_site: Join) -> None:
    newcomer = await join_site("newcomer")
    made = await _invite(desk, Role.VIEWER)
    assert (made.role, made.email, made.created_by) == (Role.VIEWER, None, desk.owner.user.id)
    assert (made.expires_at - made.created_at).total_seconds() == limits.INVITATION_LIFE_DEFAULT
    joined = await _accept(newcomer, made.token)
    assert (joined.board.id, joined.member.user_id, joined.member.role) == (desk.board.id, newcomer.user.id, Role.VIEWER)
    assert (await newcomer.client.send(boards.get_board(desk.board.id))).role is Role.VIEWER
    event = await _last_event(desk)
    assert (event.type, event.actor.id) == ("member.added", newcomer.user.id)
    assert (event.data.invited_by.id, event.data.invited_by.username) == (desk.owner.user.id, desk.owner.user.username)


async def test_it_is_good_once(desk: Furnished, join_site: Join) -> None:
    first, second = await join_site("first"), await join_site("second")
    made = await _invite(desk)
    await _accept(first, made.token)
    with pytest.raises(Conflict, match="was accepted already"):
        await _accept(second, made.token)
    assert (await _accept(first, made.token)).member.role is Role.MEMBER
    await desk.own(boards.remove_member(desk.board.id, first.user.id))
    with pytest.raises(Conflict, match="was accepted already"):
        await _accept(first, made.token)


async def test_a_used_one_raises_nobody(desk: Furnished, join_site: Join) -> None:
    newcomer = await join_site("newcomer")
    made = await _invite(desk, Role.OWNER)
    await _accept(newcomer, made.token)
    await desk.own(boards.update_member(desk.board.id, newcomer.user.id, UpdateMember(role=Role.VIEWER)))
    before = await desk.snapshot()
    for person in (newcomer, desk.member):
        with pytest.raises(Conflict, match="was accepted already"):
            await _accept(person, made.token)
    assert await desk.snapshot() == before


async def test_of_two_at_once_one_gets_in(desk: Furnished, join_site: Join) -> None:
    people = [await join_site(name) for name in ("ann", "bob", "cy")]
    made = await _invite(desk)
    outcomes = await asyncio.gather(*(_accept(person, made.token) for person in people), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(Joined) == 1
    assert [type(outcome) for outcome in outcomes].count(Conflict) == 2
    assert len(await desk.own(boards.list_members(desk.board.id))) == 4


async def test_who_is_on_the_board_gains_a_role_and_loses_none(desk: Furnished, join_site: Join) -> None:
    lower, higher = await _invite(desk, Role.VIEWER), await _invite(desk, Role.OWNER)
    before = await desk.snapshot()
    assert (await _accept(desk.member, lower.token)).member.role is Role.MEMBER
    assert await desk.snapshot() == before
    assert (await _accept(desk.member, higher.token)).member.role is Role.OWNER
    event = await _last_event(desk)
    assert (event.type, event.data.before, event.data.after) == ("member.updated", Role.MEMBER, Role.OWNER)
    # What nobody needed is not used up.
    assert (await _accept(await join_site("newcomer"), lower.token)).member.role is Role.VIEWER


async def test_a_repeat_of_the_request_gets_the_first_answer(site: Site, desk: Furnished, join_site: Join) -> None:
    newcomer = await join_site("newcomer")
    made = await _invite(desk)
    answers = [
        await raw(
            site.url,
            "POST",
            "/invitations/accept",
            token=newcomer.token,
            body={"token": made.token},
            headers={"Idempotency-Key": "once"},
        )
        for _ in range(2)
    ]
    assert answers[0].status == answers[1].status == 200
    assert answers[0].json == answers[1].json
    assert (await _last_event(desk)).type == "member.added"


async def test_a_personal_token_accepts_only_with_its_scope(site: Site, desk: Furnished, join_site: Join) -> None:
    newcomer = await join_site("newcomer")
    own = await newcomer.client.send(boards.create_board(CreateBoard(title="x")))
    made = await _invite(desk)
    body = {"token": made.token}
    for scope, board_ids, status in ((Scope.READ, None, 403), (Scope.WRITE, [own.id], 403), (Scope.WRITE, None, 200)):
        token = await newcomer.client.send(tokens.create_token(CreateToken(name="x", scope=scope, board_ids=board_ids)))
        assert (await raw(site.url, "POST", "/invitations/accept", token=token.token, body=body)).status == status


@pytest.mark.parametrize("token", ["x", "rego_invite_" + "A" * 43, "\x00", "é" * 100, "\ud800"])
async def test_a_token_that_was_made_up_is_not_found(site: Site, desk: Furnished, token: str) -> None:
    content = b'{"token":"' + token.encode("unicode_escape").replace(b"\\x", b"\\u00") + b'"}'
    answer = await raw(site.url, "POST", "/invitations/accept", token=desk.owner.token, content=content)
    assert answer.status in (400, 404)
    assert "token" in answer.json["detail"] or answer.status == 400


# --- by e-mail -----------------------------------------------------------------------------------------------------------


async def test_a_letter_brings_the_token_and_only_its_address_may_use_it(site: Site, desk: Furnished, join_site: Join) -> None:
    invited, other = await join_site("invited"), await join_site("other")
    address = str(invited.user.email)
    made = await _invite(desk, email=address.upper())
    letter = await site.letters.to(address.upper())
    assert made.token in letter.text
    assert desk.board.title in letter.text
    assert desk.owner.user.username in letter.subject
    with pytest.raises(Forbidden, match="another e-mail address"):
        await _accept(other, made.token)
    assert (await _accept(invited, made.token)).member.user_id == invited.user.id


async def test_a_letter_of_a_server_that_knows_its_address_brings_a_link(tmp_path: Path) -> None:
    box = Letterbox()
    settings = replace(fast_settings(tmp_path), public_url="https://rego.example.com/")
    async with running(settings, carrier=box) as server:
        ann = await join(server.url, "ann")
        board = await ann.client.send(boards.create_board(CreateBoard(title="x")))
        body = CreateInvitation(role=Role.MEMBER, email="joe@example.com")
        made = await ann.client.send(invitations.create_invitation(board.id, body))
        await ann.client.close()
        letter = await box.to("joe@example.com")
        (link,) = [line.strip() for line in letter.text.splitlines() if "#" in line]
        assert invitations.read_link(link) == (Address.parse("https://rego.example.com"), made.token)
        shown = await raw(server.url, "GET", "/invite")
        assert (shown.status, shown.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert b"rego login --server https://rego.example.com/" in shown.body
        assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")


async def test_no_event_tells_the_address(site: Site, desk: Furnished) -> None:
    await _invite(desk, email="secret-friend@example.com")
    answer = await raw(site.url, "GET", f"/boards/{desk.board.id}/events?order=desc", token=desk.viewer.token)
    assert b"invitation.created" in answer.body
    assert b"secret-friend" not in answer.body


async def test_there_is_an_end_to_the_letters_of_one_person(
    site: Site, desk: Furnished, monkeypatch: pytest.MonkeyPatch, join_site: Join
) -> None:
    owner = await join_site("owner")
    board = await owner.client.send(boards.create_board(CreateBoard(title="x")))
    monkeypatch.setattr(limits, "INVITATIONS_MAILED_MAX", 2)
    for n in range(2):
        body = CreateInvitation(role=Role.VIEWER, email=f"friend{n}@example.com")
        made = await owner.client.send(invitations.create_invitation(board.id, body))
        await owner.client.send(invitations.revoke_invitation(board.id, made.id))
    answer = await raw(
        site.url,
        "POST",
        f"/boards/{board.id}/invitations",
        token=owner.token,
        body={"role": "viewer", "email": "friend3@example.com"},
    )
    assert (answer.status, answer.json["error_type"]) == (429, RateLimited.__name__)
    await owner.client.send(invitations.create_invitation(board.id, CreateInvitation(role=Role.VIEWER)))


async def test_letters_count_when_their_board_is_gone(join_site: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = await join_site("owner")
    monkeypatch.setattr(limits, "INVITATIONS_MAILED_MAX", 2)
    for n in range(2):
        board = await owner.client.send(boards.create_board(CreateBoard(title="x")))
        await owner.client.send(invitations.create_invitation(board.id, _to(f"friend{n}@example.com")))
        await owner.client.send(boards.delete_board(board.id))
    board = await owner.client.send(boards.create_board(CreateBoard(title="x")))
    with pytest.raises(RateLimited):
        await owner.client.send(invitations.create_invitation(board.id, _to("friend3@example.com")))


async def test_letters_from_several_boards_at_once_are_all_counted(join_site: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = await join_site("owner")
    monkeypatch.setattr(limits, "INVITATIONS_MAILED_MAX", 2)
    made = [await owner.client.send(boards.create_board(CreateBoard(title="x"))) for _ in range(6)]
    calls = [invitations.create_invitation(board.id, _to("friend@example.com")) for board in made]
    answers = await asyncio.gather(*map(owner.client.send, calls), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["NewInvitation"] * 2 + ["RateLimited"] * 4


def _to(address: str) -> CreateInvitation:
    return CreateInvitation(role=Role.VIEWER, email=address)


# --- listing and revoking ------------------------------------------------------------------------------------------------


async def test_owners_see_what_is_open_without_tokens(site: Site, desk: Furnished, join_site: Join) -> None:
    first, second, third = [await _invite(desk) for _ in range(3)]
    await _accept(await join_site("newcomer"), second.token)
    await desk.own(invitations.revoke_invitation(desk.board.id, third.id))
    listed = await desk.own(invitations.list_invitations(desk.board.id))
    assert [invitation.id for invitation in listed] == [first.id]
    answer = await raw(site.url, "GET", f"/boards/{desk.board.id}/invitations", token=desk.owner.token)
    assert b"rego_invite_" not in answer.body
    for person in (desk.member, desk.viewer):
        with pytest.raises(Forbidden):
            await person.client.send(invitations.list_invitations(desk.board.id))


async def test_a_revoked_one_is_worthless(desk: Furnished, join_site: Join) -> None:
    made = await _invite(desk)
    await desk.own(invitations.revoke_invitation(desk.board.id, made.id))
    with pytest.raises(Conflict, match="was revoked"):
        await _accept(await join_site("newcomer"), made.token)
    with pytest.raises(NotFound):
        await desk.own(invitations.revoke_invitation(desk.board.id, made.id))


async def test_an_accepted_one_cannot_be_revoked_nor_one_of_another_board(desk: Furnished, join_site: Join) -> None:
    made = await _invite(desk)
    await _accept(await join_site("newcomer"), made.token)
    with pytest.raises(Conflict, match="take the member off"):
        await desk.own(invitations.revoke_invitation(desk.board.id, made.id))
    stranger = await join_site("stranger")
    own = await stranger.client.send(boards.create_board(CreateBoard(title="x")))
    open_one = await _invite(desk)
    with pytest.raises(NotFound):
        await stranger.client.send(invitations.revoke_invitation(own.id, open_one.id))
    assert len(await desk.own(invitations.list_invitations(desk.board.id))) == 1


@pytest.mark.parametrize("how", ["demoted", "removed", "deactivated"])
async def test_who_is_an_owner_no_more_lets_nobody_in(site: Site, desk: Furnished, join_site: Join, how: str) -> None:
    """Otherwise an owner could come back onto a board that they were taken off, by an invitation made before."""
    former = await join_site("former")
    await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.OWNER, username=former.user.username)))
    made = await former.client.send(
        invitations.create_invitation(desk.board.id, CreateInvitation(role=Role.OWNER, email=former.user.email))
    )
    if how == "demoted":
        await desk.own(boards.update_member(desk.board.id, former.user.id, UpdateMember(role=Role.VIEWER)))
    elif how == "removed":
        await desk.own(boards.remove_member(desk.board.id, former.user.id))
    else:
        await site.execute("UPDATE users SET is_active = ? WHERE id = ?", False, former.user.id)
        await site.execute("UPDATE invitations SET email = NULL WHERE id = ?", made.id)
        former = await join_site("friend")
    with pytest.raises(Conflict, match="no owner of the board any more"):
        await _accept(former, made.token)
    assert await desk.own(invitations.list_invitations(desk.board.id)) == []


async def test_a_board_has_room_for_so_many(desk: Furnished, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "INVITATIONS_MAX", 2)
    for _ in range(2):
        await _invite(desk)
    with pytest.raises(Conflict, match="2 open invitations"):
        await _invite(desk)


async def test_the_token_is_kept_as_a_hash_and_shown_once(site: Site, desk: Furnished) -> None:
    path, body = f"/boards/{desk.board.id}/invitations", {"role": "member"}
    headers = {"Idempotency-Key": desk.board.id}
    first, again = [await raw(site.url, "POST", path, token=desk.owner.token, body=body, headers=headers) for _ in range(2)]
    assert (first.status, again.status) == (201, 409)
    assert "shown only once" in again.json["detail"]
    token = first.json["token"]
    for row in (*await site.execute("SELECT * FROM invitations"), *await site.execute("SELECT * FROM operations")):
        assert token not in " ".join(map(str, row))
    assert len(await desk.own(invitations.list_invitations(desk.board.id))) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"role": "god"},
        {"role": "member", "email": "nobody"},
        {"role": "member", "email": "a@b.c\r\nBcc: d@e.f"},
        {"role": "member", "expires_in": 3_599},
        {"role": "member", "expires_in": 2_592_001},
        {"role": "member", "expires_in": 2**70},
        {"role": "member", "token": "x"},
    ],
    ids=str,
)
async def test_what_makes_no_sense_invites_nobody(site: Site, desk: Furnished, body: dict[str, Any]) -> None:
    answer = await raw(site.url, "POST", f"/boards/{desk.board.id}/invitations", token=desk.owner.token, body=body)
    assert (answer.status, answer.json["error_type"]) == (400, "InvalidInput")
    assert await desk.own(invitations.list_invitations(desk.board.id)) == []


async def test_a_late_one_lets_nobody_in(database_url: str, tmp_path: Path) -> None:
    clock = HandClock()
    async with running_by(clock, fast_settings(tmp_path, database_url), Letterbox()) as server:
        ann, bob = await join(server.url, "ann"), await join(server.url, "bob")
        board = await ann.client.send(boards.create_board(CreateBoard(title="x")))
        body = CreateInvitation(role=Role.MEMBER, expires_in=3_600)
        made = [await ann.client.send(invitations.create_invitation(board.id, body)) for _ in range(2)]
        clock.advance(minutes=59, seconds=59)
        await bob.client.send(invitations.accept_invitation(made[0].token))
        await ann.client.send(boards.remove_member(board.id, bob.user.id))
        clock.advance(seconds=1)
        # The access tokens are late too by now; new ones come by themselves.
        with pytest.raises(Conflict, match="has expired"):
            await bob.client.send(invitations.accept_invitation(made[1].token))
        assert await ann.client.send(invitations.list_invitations(board.id)) == []
        for person in (ann, bob):
            await person.client.close()
