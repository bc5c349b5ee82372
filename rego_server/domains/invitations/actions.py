"""Making, revoking and accepting invitations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from rego.wire import limits
from rego.wire.base import Role
from rego.wire.boards import Member
from rego.wire.errors import Conflict, Forbidden, NotFound, RateLimited
from rego.wire.events import Actor, InvitationCreated, InvitationRevoked, MemberAdded, MemberUpdated
from rego.wire.invitations import CreateInvitation, Invitation, Joined
from rego_server.core.db import Row
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import enter, enter_as_guest, look
from rego_server.domains.boards.queries import board_of
from rego_server.domains.invitations import queries
from rego_server.domains.users.actions import own_row

_A_DAY = timedelta(days=1)


class Made(NamedTuple):
    """A new invitation, and what its letter says of the board and of who invites."""

    invitation: Invitation
    board_title: str
    inviter: str


async def list_invitations(reading: Reading, board_id: str, now: datetime) -> Sequence[Invitation]:
    """The board's invitations that can still be accepted at `now`, the newest first."""
    await look(reading, access.BOARD, Role.OWNER, board_id=board_id)
    return [queries.invitation_of(row) for row in await reading.fetch(queries.OPEN, board_id=board_id, now=now)]


async def create_invitation(uow: UnitOfWork, board_id: str, body: CreateInvitation, digest: bytes) -> Made:
    """An invitation whose secret has that digest. Raises `Conflict` or `RateLimited` for one too many."""
    board = await enter(uow, access.ENTER_BOARD, Role.OWNER, board_id=board_id)
    await _refuse_too_many(uow, board_id)
    if body.email is not None:
        await _count_letter(uow)
    row: dict[str, Any] = {
        "id": uow.new_id(),
        "board_id": board_id,
        "digest": digest,
        "role": body.role,
        "email": body.email,
        "created_by": uow.caller.user_id,
        "created_at": uow.now,
        "expires_at": uow.now + timedelta(seconds=body.expires_in),
        "revoked_at": None,
        "accepted_at": None,
    }
    uow.write(queries.ADD, **row)
    # The address is the owners' to know, and all members read events.
    uow.emit(board_id, InvitationCreated(invitation_id=row["id"], role=body.role))
    assert uow.actor is not None
    return Made(queries.invitation_of(row), board["title"], uow.actor.username)


async def revoke_invitation(uow: UnitOfWork, board_id: str, invitation_id: str) -> None:
    """Make an invitation worthless. Raises `NotFound`, and `Conflict` for one that was accepted."""
    await enter(uow, access.ENTER_BOARD, Role.OWNER, though_archived=True, board_id=board_id)
    row = await uow.fetch_one(queries.ON_BOARD, invitation_id=invitation_id, board_id=board_id)
    if row is None or row["revoked_at"] is not None:
        raise NotFound("There is no such invitation to this board.")
    if row["accepted_at"] is not None:
        raise Conflict("This invitation was accepted already; take the member off the board instead.")
    uow.write(queries.REVOKE, row_id=invitation_id, revoked_at=uow.now)
    uow.emit(board_id, InvitationRevoked(invitation_id=invitation_id, role=Role(row["role"])))


async def accept_invitation(uow: UnitOfWork, digest: bytes) -> Joined:
    """Put the caller on the board that the secret is for; who is on it already may gain a role, and loses none.

    Raises `NotFound` for a secret that is none, `Conflict` for one that is over, `Forbidden` for the wrong person.
    """
    board = await enter_as_guest(uow, queries.ENTER_BY_TOKEN, digest=digest)
    # Read again, now that the board is locked: whoever else brings this invitation has done so before, or waits.
    found = await uow.fetch_one(queries.BROUGHT, digest=digest, guest_id=uow.caller.user_id) if board is not None else None
    if board is None or found is None:
        raise NotFound("There is no such invitation: the token is not complete, or the invitation is long gone.")
    person = await own_row(uow)
    held, offered = found["held_role"] and Role(found["held_role"]), Role(found["role"])
    gains = held is None or not held.allows(offered)
    _refuse(found, person, uow.now, gains=gains)
    if gains:
        uow.write(queries.ACCEPT, row_id=found["id"], accepted_at=uow.now)
        _let_in(uow, found, person, held)
        held = offered
    return Joined(board=board_of(board), member=_member(person, held))


def _let_in(uow: UnitOfWork, found: Row, person: Row, held: Role | None) -> None:
    board_id, role = found["board_id"], Role(found["role"])
    if held is None:
        uow.write(access.ADD_MEMBER, board_id=board_id, user_id=person["id"], role=role, created_at=uow.now)
        inviter = Actor(id=found["created_by"], username=found["inviter_name"]) if found["inviter_name"] else None
        uow.emit(board_id, MemberAdded(member=_member(person, role), invited_by=inviter))
    else:
        uow.write(access.SET_ROLE, of_board=board_id, of_user=person["id"], role=role)
        uow.emit(board_id, MemberUpdated(user_id=person["id"], username=person["username"], before=held, after=role))


def _member(person: Row, role: Role) -> Member:
    return access.member_of({**person, "user_id": person["id"], "role": role})


def _refuse(found: Row, person: Row, now: datetime, *, gains: bool) -> None:
    """Raise for an invitation that is over, or is another person's; nobody `gains` by a used one."""
    if found["email"] is not None and found["email"].lower() != (person["email"] or "").lower():
        raise Forbidden("This invitation is for another e-mail address than your account's.")
    if found["revoked_at"] is not None:
        raise Conflict("This invitation was revoked; ask for a new one.")
    if found["accepted_at"] is not None and gains:
        raise Conflict("This invitation was accepted already; ask for a new one.")
    if not found["stands"]:
        raise Conflict("Whoever made this invitation is no owner of the board any more; ask for a new one.")
    if found["expires_at"] <= now:
        raise Conflict("This invitation has expired; ask for a new one.")


async def _refuse_too_many(uow: UnitOfWork, board_id: str) -> None:
    counted = await uow.fetch_one(queries.COUNT_OPEN, board_id=board_id, now=uow.now)
    if counted is not None and counted["open"] >= limits.INVITATIONS_MAX:
        raise Conflict(f"This board has {limits.INVITATIONS_MAX} open invitations; revoke one first.")


async def _count_letter(uow: UnitOfWork) -> None:
    """Letters go to people who never asked for one, so no account may send many, whatever boards it makes and deletes."""
    user_id = uow.caller.user_id
    await uow.fetch_one(queries.WAIT_FOR_LETTERS, user_id=user_id)
    counted = await uow.fetch_one(queries.COUNT_LETTERS, user_id=user_id, since=uow.now - _A_DAY)
    if counted is not None and counted["mailed"] >= limits.INVITATIONS_MAILED_MAX:
        raise RateLimited(
            f"You have mailed {limits.INVITATIONS_MAILED_MAX} invitations within a day; make one without an address.",
            retry_after=3_600,
        )
    uow.write(queries.ADD_LETTER, id=uow.new_id(), user_id=user_id, sent_at=uow.now)
