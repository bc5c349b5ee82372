"""Taking back who came onto a board, left it, or got another role; for owners, as all that is done to members."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire import events as e
from rego.wire.base import Role
from rego.wire.boards import Member, UpdateMember
from rego.wire.errors import Conflict
from rego.wire.events import Event
from rego_server.core.db import Row
from rego_server.core.uow import UnitOfWork
from rego_server.domains.access import actions, queries
from rego_server.domains.access.policy import enter
from rego_server.domains.cards import queries as cards
from rego_server.domains.undo.queries import CARDS_AMONG
from rego_server.domains.undo.rules import refuse_change, there
from rego_server.domains.users import queries as users


async def member_added(uow: UnitOfWork, event: Event, data: e.MemberAdded) -> None:
    now = await _member(uow, event, data.member.user_id, data.member.username)
    refuse_change(data.member.username, {"role": data.member.role}, {"role": now.role})
    await actions.remove_member(uow, event.board_id, data.member.user_id)


async def member_updated(uow: UnitOfWork, event: Event, data: e.MemberUpdated) -> None:
    now = await _member(uow, event, data.user_id, data.username)
    refuse_change(data.username, {"role": data.after}, {"role": now.role})
    await actions.update_member(uow, event.board_id, data.user_id, UpdateMember(role=data.before))


async def member_removed(uow: UnitOfWork, event: Event, data: e.MemberRemoved) -> None:
    """Back in the same role, and onto the same cards as far as they are still there."""
    await _enter_as_owner(uow, event)
    user_id, board_id = data.member.user_id, event.board_id
    person = await uow.fetch_one(users.BY_ID, user_id=user_id)
    if person is None or not (person["is_active"] or person["placeholder"]):
        raise Conflict(f"{data.member.username} has no account here any more.")
    if await uow.fetch_one(queries.MEMBER, board_id=board_id, user_id=user_id) is not None:
        raise Conflict(f"{person['username']} is on this board already.")
    uow.write(queries.ADD_MEMBER, board_id=board_id, user_id=user_id, role=data.member.role, created_at=uow.now)
    carriers = await uow.fetch(CARDS_AMONG, board_id=board_id, ids=data.card_ids)
    await _assign(uow, carriers, user_id)
    member = queries.member_of({**person, "user_id": user_id, "role": data.member.role})
    uow.emit(board_id, e.MemberAdded(member=member, card_ids=[card["id"] for card in carriers]))


async def _assign(uow: UnitOfWork, carriers: Sequence[Row], user_id: str) -> None:
    await uow.write_many(
        queries.SET_ASSIGNEES, [{"row_id": c["id"], "assignee_ids": sorted([*c["assignee_ids"], user_id])} for c in carriers]
    )
    await uow.write_many(cards.ADD_ASSIGNEE, [{"card_id": c["id"], "user_id": user_id} for c in carriers])


async def _member(uow: UnitOfWork, event: Event, user_id: str, username: str) -> Member:
    await _enter_as_owner(uow, event)
    return queries.member_of(there(await uow.fetch_one(queries.MEMBER, board_id=event.board_id, user_id=user_id), username))


async def _enter_as_owner(uow: UnitOfWork, event: Event) -> Row:
    return await enter(uow, queries.ENTER_BOARD, Role.OWNER, board_id=event.board_id)
