"""Who sees whom: people of one's boards, without their e-mail addresses, and nobody else."""

from __future__ import annotations

from uuid import uuid4

import pytest

from rego.client import boards, imports, tokens, users
from rego.wire.base import Role
from rego.wire.boards import AddMember, CreateBoard
from rego.wire.errors import NotFound
from rego.wire.tokens import CreateToken
from rego.wire.users import Profile
from tests.conftest import Join
from tests.server.furnished import Furnished
from tests.server.import_files import TRELLO
from tests.server.site import Site, raw


async def test_people_of_one_board_see_each_other(desk: Furnished) -> None:
    for reader in (desk.owner, desk.member, desk.viewer):
        for seen in (desk.owner.user, desk.member.user, desk.viewer.user):
            profile = await reader.client.send(users.get_profile(seen.id))
            assert profile == Profile(id=seen.id, username=seen.username, firstname="", lastname="")


async def test_a_stranger_and_nobody_are_the_same(site: Site, desk: Furnished, join_site: Join) -> None:
    stranger = await join_site("stranger")
    answers = [
        await raw(site.url, "GET", f"/users/{user_id}", token=stranger.token) for user_id in (desk.owner.user.id, uuid4(), "x")
    ]
    assert [answer.status for answer in answers] == [404, 404, 404]
    assert answers[0].json["detail"] == answers[1].json["detail"]
    with pytest.raises(NotFound):
        await desk.own(users.get_profile(stranger.user.id))
    assert (await stranger.client.send(users.get_profile(stranger.user.id))).username == stranger.user.username


async def test_who_left_sees_and_is_seen_no_more(desk: Furnished, join_site: Join) -> None:
    newcomer = await join_site("newcomer")
    await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.VIEWER, username=newcomer.user.username)))
    assert (await desk.own(users.get_profile(newcomer.user.id))).username == newcomer.user.username
    await desk.own(boards.remove_member(desk.board.id, newcomer.user.id))
    with pytest.raises(NotFound):
        await desk.own(users.get_profile(newcomer.user.id))
    with pytest.raises(NotFound):
        await newcomer.client.send(users.get_profile(desk.owner.user.id))


async def test_a_placeholder_has_a_profile_too(desk: Furnished) -> None:
    made = await desk.own(imports.import_board("trello", TRELLO["complete"]))
    placeholder = next(m for m in await desk.own(boards.list_members(made.board.id)) if m.placeholder)
    assert (await desk.own(users.get_profile(placeholder.user_id))).placeholder


async def test_a_token_for_one_board_shows_its_people_alone(site: Site, desk: Furnished) -> None:
    other = await desk.own(boards.create_board(CreateBoard(title="Other")))
    here, there = [
        await desk.own(tokens.create_token(CreateToken(name="x", board_ids=[board.id]))) for board in (desk.board, other)
    ]
    path = f"/users/{desk.member.user.id}"
    assert (await raw(site.url, "GET", path, token=here.token)).status == 200
    assert (await raw(site.url, "GET", path, token=there.token)).status == 404


async def test_no_answer_holds_the_address_of_another_person(site: Site, desk: Furnished) -> None:
    """Everything that a member can read of a board, its people, its log and its files included."""
    here, card = f"/boards/{desk.board.id}", f"/cards/{desk.one.id}"
    paths = [
        "/boards",
        here,
        f"{here}/members",
        f"{here}/snapshot?archived=true",
        f"{here}/events",
        f"{here}/presence",
        f"{here}/cards",
        card,
        f"{card}/comments",
        f"{card}/checklists",
        f"/users/{desk.owner.user.id}",
        "/search?q=one",
        *(f"{here}/export?format={kind}" for kind in ("json", "csv", "md")),
    ]
    for path in paths:
        answer = await raw(site.url, "GET", path, token=desk.member.token)
        assert answer.status == 200, path
        assert b"@example.com" not in answer.body, path
