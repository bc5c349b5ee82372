"""Letting people onto boards and taking them off."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.boards import AddMember, Member, UpdateMember
from rego.wire.errors import Conflict, NotFound
from rego.wire.events import MemberAdded, MemberRemoved, MemberUpdated
from rego_server.core.db import Row
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access import queries
from rego_server.domains.access.policy import enter, look
from rego_server.domains.users import queries as users


async def list_members(reading: Reading, board_id: str) -> Sequence[Member]:
    """Everybody on the board, by username."""
    await look(reading, queries.BOARD, board_id=board_id)
    return [queries.member_of(row) for row in await reading.fetch(queries.MEMBERS, board_id=board_id)]


async def add_member(uow: UnitOfWork, board_id: str, body: AddMember) -> Member:
    """Put a person on the board. Raises `NotFound` for nobody, `Conflict` for somebody who is on it."""
    await enter(uow, queries.ENTER_BOARD, Role.OWNER, board_id=board_id)
    person = await _find(uow, body)
    if await uow.fetch_one(queries.MEMBER, board_id=board_id, user_id=person["id"]) is not None:
        raise Conflict(f"{person['username']} is already on this board.")
    uow.write(queries.ADD_MEMBER, board_id=board_id, user_id=person["id"], role=body.role, created_at=uow.now)
    member = queries.member_of({**person, "user_id": person["id"], "role": body.role})
    uow.emit(board_id, MemberAdded(member=member))
    return member


async def update_member(uow: UnitOfWork, board_id: str, user_id: str, body: UpdateMember) -> Member:
    """Give a member another role; the last owner stays one."""
    await enter(uow, queries.ENTER_MEMBER, Role.OWNER, though_archived=True, board_id=board_id, user_id=user_id)
    member = await _member(uow, board_id, user_id)
    if member.role is body.role:
        return member
    if member.placeholder and body.role is Role.OWNER:
        raise Conflict(f"{member.username} has no account here, so the board would have an owner who cannot come.")
    await _keep_an_owner(uow, board_id, member)
    uow.write(queries.SET_ROLE, of_board=board_id, of_user=user_id, role=body.role)
    uow.emit(board_id, MemberUpdated(user_id=user_id, username=member.username, before=member.role, after=body.role))
    return await _member(uow, board_id, user_id)


async def remove_member(uow: UnitOfWork, board_id: str, user_id: str) -> None:
    """Take somebody off the board; anybody may leave, only owners remove others, and the last owner stays."""
    needed = Role.VIEWER if user_id == uow.caller.user_id else Role.OWNER
    await enter(uow, queries.ENTER_MEMBER, needed, though_archived=True, board_id=board_id, user_id=user_id)
    member = await _member(uow, board_id, user_id)
    await _keep_an_owner(uow, board_id, member)
    card_ids = await _unassign(uow, board_id, user_id)
    uow.write(queries.REMOVE_MEMBER, board_id=board_id, user_id=user_id)
    uow.emit(board_id, MemberRemoved(member=member, card_ids=card_ids))
    if user_id == uow.caller.user_id:
        uow.answer_board = None


async def _find(uow: UnitOfWork, body: AddMember) -> Row:
    if body.username is not None:
        person = await uow.fetch_one(users.BY_USERNAME, username=body.username)
    else:
        person = await uow.fetch_one(users.BY_EMAIL, email=body.email)
    if person is None or not person["is_active"]:
        raise NotFound(f"Nobody here is called {body.username or body.email}.")
    return person


async def _unassign(uow: UnitOfWork, board_id: str, user_id: str) -> list[str]:
    """Take the person off the board's cards; who is gone can do no work there."""
    rows = await uow.fetch(queries.ASSIGNMENTS, board_id=board_id, user_id=user_id)
    left = [{"row_id": r["id"], "assignee_ids": [x for x in r["assignee_ids"] if x != user_id]} for r in rows]
    await uow.write_many(queries.SET_ASSIGNEES, left)
    await uow.write_many(queries.REMOVE_ASSIGNMENT, [{"on_card": r["id"], "of_user": user_id} for r in rows])
    return [r["id"] for r in rows]


async def _member(uow: UnitOfWork, board_id: str, user_id: str) -> Member:
    row = await uow.fetch_one(queries.MEMBER, board_id=board_id, user_id=user_id)
    if row is None:
        raise NotFound("That person is not on this board.")
    return queries.member_of(row)


async def _keep_an_owner(uow: UnitOfWork, board_id: str, member: Member) -> None:
    if member.role is not Role.OWNER or member.placeholder:
        return
    row = await uow.fetch_one(queries.OWNERS, board_id=board_id)
    if row is not None and row["owners"] == 1:
        raise Conflict("A board needs an owner; make somebody else one first.")
