"""Members: coming, changing roles, leaving, and the owner that every board keeps."""

from __future__ import annotations

import asyncio

import pytest

from rego.client import boards, cards, imports
from rego.wire.base import Role
from rego.wire.boards import AddMember, UpdateMember
from rego.wire.errors import Conflict, Forbidden, NotFound
from tests.conftest import Join
from tests.server.furnished import Furnished
from tests.server.import_files import TRELLO
from tests.server.site import Site, raw


async def test_a_person_is_added_by_name_or_address_in_any_case(desk: Furnished, join_site: Join) -> None:
    ann, bob = await join_site("ann"), await join_site("bob")
    added = await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.MEMBER, username=ann.user.username.upper())))
    assert (added.user_id, added.role) == (ann.user.id, Role.MEMBER)
    assert bob.user.email is not None
    added = await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.VIEWER, email=bob.user.email.upper())))
    assert (added.user_id, added.role) == (bob.user.id, Role.VIEWER)
    assert (await bob.client.send(boards.get_board(desk.board.id))).role is Role.VIEWER


async def test_nobody_and_somebody_who_is_there_cannot_be_added(desk: Furnished) -> None:
    with pytest.raises(NotFound, match="Nobody here is called no-such-person"):
        await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.MEMBER, username="no-such-person")))
    with pytest.raises(Conflict, match="already on this board"):
        await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.OWNER, username=desk.viewer.user.username)))
    assert (await desk.viewer.client.send(boards.get_board(desk.board.id))).role is Role.VIEWER


async def test_a_placeholder_of_an_import_cannot_be_added_elsewhere(desk: Furnished) -> None:
    made = await desk.own(imports.import_board("trello", TRELLO["complete"]))
    placeholder = next(m for m in await desk.own(boards.list_members(made.board.id)) if m.placeholder)
    with pytest.raises(NotFound):
        await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.MEMBER, username=placeholder.username)))


async def test_a_membership_that_cannot_be_is_refused(site: Site, desk: Furnished) -> None:
    path = f"/boards/{desk.board.id}/members"
    for body in (
        {"role": "member"},
        {"role": "member", "username": "a", "email": "b@example.com"},
        {"role": "god", "username": "a"},
        {"username": "a"},
        {"role": "member", "username": "a\x00b"},
        {"role": "member", "username": "\x1b[2J"},
        {"role": "member", "username": 3},
        {"role": "member", "user_id": desk.viewer.user.id},
    ):
        answer = await raw(site.url, "POST", path, token=desk.owner.token, body=body)
        assert (answer.status, answer.json["error_type"]) == (400, "InvalidInput"), body


async def test_a_new_role_holds_from_the_next_request_on(desk: Furnished) -> None:
    await desk.own(boards.update_member(desk.board.id, desk.viewer.user.id, UpdateMember(role=Role.MEMBER)))
    await desk.viewer.client.send(cards.delete_card(desk.two.id))
    await desk.own(boards.update_member(desk.board.id, desk.viewer.user.id, UpdateMember(role=Role.VIEWER)))
    with pytest.raises(Forbidden, match="You are a viewer of this board"):
        await desk.viewer.client.send(cards.delete_card(desk.three.id))


async def test_the_last_owner_stays_one(desk: Furnished) -> None:
    owner = desk.owner.user.id
    with pytest.raises(Conflict, match="needs an owner"):
        await desk.own(boards.update_member(desk.board.id, owner, UpdateMember(role=Role.MEMBER)))
    with pytest.raises(Conflict, match="needs an owner"):
        await desk.own(boards.remove_member(desk.board.id, owner))
    await desk.own(boards.update_member(desk.board.id, desk.member.user.id, UpdateMember(role=Role.OWNER)))
    await desk.own(boards.remove_member(desk.board.id, owner))
    with pytest.raises(NotFound):
        await desk.own(boards.get_board(desk.board.id))
    assert (await desk.send(boards.get_board(desk.board.id))).role is Role.OWNER


async def test_two_owners_who_leave_at_once_do_not_both_succeed(desk: Furnished) -> None:
    await desk.own(boards.update_member(desk.board.id, desk.member.user.id, UpdateMember(role=Role.OWNER)))
    outcomes = await asyncio.gather(
        desk.own(boards.remove_member(desk.board.id, desk.owner.user.id)),
        desk.send(boards.update_member(desk.board.id, desk.member.user.id, UpdateMember(role=Role.VIEWER))),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
    members = await desk.viewer.client.send(boards.list_members(desk.board.id))
    assert [member.role for member in members].count(Role.OWNER) == 1


async def test_a_placeholder_cannot_be_the_owner_that_a_board_needs(desk: Furnished) -> None:
    made = await desk.own(imports.import_board("trello", TRELLO["complete"]))
    placeholder = next(m for m in await desk.own(boards.list_members(made.board.id)) if m.placeholder)
    with pytest.raises(Conflict):
        await desk.own(boards.update_member(made.board.id, placeholder.user_id, UpdateMember(role=Role.OWNER)))
    with pytest.raises(Conflict):
        await desk.own(boards.remove_member(made.board.id, desk.owner.user.id))


async def test_anybody_may_leave_and_only_owners_remove_others(desk: Furnished) -> None:
    with pytest.raises(Forbidden):
        await desk.send(boards.remove_member(desk.board.id, desk.viewer.user.id))
    with pytest.raises(Forbidden):
        await desk.viewer.client.send(boards.remove_member(desk.board.id, desk.member.user.id))
    await desk.viewer.client.send(boards.remove_member(desk.board.id, desk.viewer.user.id))
    await desk.own(boards.remove_member(desk.board.id, desk.member.user.id))
    for gone in (desk.viewer, desk.member):
        with pytest.raises(NotFound):
            await gone.client.send(boards.get_snapshot(desk.board.id))
    assert [member.user_id for member in await desk.own(boards.list_members(desk.board.id))] == [desk.owner.user.id]


async def test_who_leaves_is_off_the_cards_and_can_come_back(desk: Furnished) -> None:
    await desk.own(boards.remove_member(desk.board.id, desk.member.user.id))
    card = await desk.own(cards.get_card(desk.one.id))
    assert (card.assignee_ids, card.version) == ([], desk.one.version)
    await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.MEMBER, username=desk.member.user.username)))
    assert (await desk.send(cards.assign_card(desk.one.id, desk.member.user.id))).assignee_ids == [desk.member.user.id]


async def test_a_person_who_is_not_there_cannot_be_changed(desk: Furnished, join_site: Join) -> None:
    stranger = await join_site("stranger")
    with pytest.raises(NotFound):
        await desk.own(boards.update_member(desk.board.id, stranger.user.id, UpdateMember(role=Role.OWNER)))
    with pytest.raises(NotFound):
        await desk.own(boards.remove_member(desk.board.id, stranger.user.id))


async def test_only_people_of_the_board_can_be_given_its_cards(desk: Furnished, join_site: Join) -> None:
    stranger = await join_site("stranger")
    with pytest.raises(NotFound, match="not on this board"):
        await desk.send(cards.assign_card(desk.one.id, stranger.user.id))
    assigned = await desk.send(cards.assign_card(desk.one.id, desk.viewer.user.id))
    assert assigned.assignee_ids == sorted([desk.member.user.id, desk.viewer.user.id])
    again = await desk.send(cards.assign_card(desk.one.id, desk.viewer.user.id))
    assert again.version == assigned.version
