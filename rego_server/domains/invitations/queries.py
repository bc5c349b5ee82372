"""Invitations of a board, and the one that somebody brings."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, insert, select, update

from rego.wire.base import Role
from rego.wire.invitations import Invitation
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id, Timestamp
from rego_server.core.events import board_heads
from rego_server.domains.access.models import board_members
from rego_server.domains.access.policy import guest_entrance
from rego_server.domains.boards.models import boards
from rego_server.domains.invitations.models import invitation_letters, invitations
from rego_server.domains.users.models import users

_BOARD_ID = bindparam("board_id", type_=Id)
_STANDS = (
    select(board_members.c.user_id)
    .join(users, users.c.id == board_members.c.user_id)
    .where(board_members.c.board_id == invitations.c.board_id, board_members.c.user_id == invitations.c.created_by)
    .where(board_members.c.role == Role.OWNER, users.c.is_active)
    .correlate(invitations)
    .exists()
)
"""Whether its maker still is an owner: else whoever is to be kept off could keep a way back in."""

_OPEN = (
    invitations.c.board_id == _BOARD_ID,
    invitations.c.revoked_at.is_(None),
    invitations.c.accepted_at.is_(None),
    invitations.c.expires_at > bindparam("now", type_=Timestamp),
    _STANDS,
)

ADD = Statement(insert(invitations))
OPEN = Statement(select(invitations).where(*_OPEN).order_by(invitations.c.id.desc()))
COUNT_OPEN = Statement(select(func.count().label("open")).where(*_OPEN))
WAIT_FOR_LETTERS = Statement(
    select(users.c.id).where(users.c.id == bindparam("user_id", type_=Id)).with_for_update(key_share=True)
)
"""Locks the account: one writes to several boards at once, and all letters are to be counted."""

COUNT_LETTERS = Statement(
    select(func.count().label("mailed")).where(
        invitation_letters.c.user_id == bindparam("user_id", type_=Id),
        invitation_letters.c.sent_at > bindparam("since", type_=Timestamp),
    )
)
ADD_LETTER = Statement(insert(invitation_letters))
FORGET_LETTERS = Statement(
    delete(invitation_letters).where(invitation_letters.c.sent_at < bindparam("before", type_=Timestamp))
)
ON_BOARD = Statement(
    select(invitations).where(invitations.c.id == bindparam("invitation_id", type_=Id), invitations.c.board_id == _BOARD_ID)
)
_ONE = update(invitations).where(invitations.c.id == bindparam("row_id", type_=Id))
REVOKE = Statement(_ONE.values(revoked_at=bindparam("revoked_at")))
ACCEPT = Statement(_ONE.values(accepted_at=bindparam("accepted_at")))
FORGET = Statement(delete(invitations).where(invitations.c.expires_at < bindparam("before", type_=Timestamp)))

_DIGEST = invitations.c.digest == bindparam("digest")

ENTER_BY_TOKEN = guest_entrance(
    [boards, board_heads.c.key],
    board_heads.join(boards, boards.c.id == board_heads.c.board_id).join(
        invitations, invitations.c.board_id == board_heads.c.board_id
    ),
    _DIGEST,
)
"""For `enter_as_guest`: the board that an invitation is for."""

_guest = board_members.alias("guest")
_inviter = users.alias("inviter")

BROUGHT = Statement(
    select(
        invitations,
        _inviter.c.username.label("inviter_name"),
        _guest.c.role.label("held_role"),
        _STANDS.label("stands"),
    )
    .select_from(
        invitations.outerjoin(_inviter, _inviter.c.id == invitations.c.created_by).outerjoin(
            _guest, (_guest.c.board_id == invitations.c.board_id) & (_guest.c.user_id == bindparam("guest_id", type_=Id))
        )
    )
    .where(_DIGEST)
)
"""An invitation by its secret, who made it and whether that counts, and the role that whoever brings it has there already."""


def invitation_of(row: Row) -> Invitation:
    """The invitation in `row`, as the board's owners see it."""
    return Invitation(
        id=row["id"],
        board_id=row["board_id"],
        role=Role(row["role"]),
        email=row["email"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
    )
