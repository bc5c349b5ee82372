"""Who is on a board."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, insert, not_, or_, select, update

from rego.wire.base import Role
from rego.wire.boards import Member
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id, Json
from rego_server.core.events import EPOCH, board_heads
from rego_server.domains.access.models import board_members
from rego_server.domains.access.policy import entrance, view
from rego_server.domains.boards.models import boards
from rego_server.domains.cards.models import card_assignees, cards
from rego_server.domains.users.models import users

BOARD_ID = bindparam("board_id", type_=Id)
_USER_ID = bindparam("user_id", type_=Id)

_boards = board_heads.join(boards, boards.c.id == board_heads.c.board_id)

BOARD = view(
    [boards, board_heads.c.key, board_heads.c.seq, board_heads.c.floor, EPOCH], _boards, board_heads.c.board_id == BOARD_ID
)
"""For `look`: a board, its counter and its floor, and the life of the database in which they were read."""

ENTER_BOARD = entrance([boards, board_heads.c.key], _boards, board_heads.c.board_id == BOARD_ID)
"""For `enter`: a board."""

LOCK_BOARDS = Statement(
    select(board_heads.c.board_id)
    .select_from(board_heads.join(board_members, board_members.c.board_id == board_heads.c.board_id))
    .where(board_members.c.user_id == bindparam("caller_id", type_=Id))
    .where(or_(board_heads.c.board_id == BOARD_ID, board_heads.c.board_id == bindparam("other_id", type_=Id)))
    .order_by(board_heads.c.board_id)
    .with_for_update(of=board_heads)
)
"""Locks two boards in the order of their ids, as far as the caller is on them. They are still to be entered."""

_subject = board_members.alias("subject")

ENTER_MEMBER = entrance(
    [_subject.c.role.label("subject_role")],
    board_heads.outerjoin(_subject, (_subject.c.board_id == board_heads.c.board_id) & (_subject.c.user_id == _USER_ID)),
    board_heads.c.board_id == BOARD_ID,
)
"""For `enter`: a board, and the role of one person on it, or null."""

_MEMBER_COLUMNS = (
    users.c.id.label("user_id"),
    users.c.username,
    users.c.firstname,
    users.c.lastname,
    users.c.placeholder,
    board_members.c.role,
)
_members = select(*_MEMBER_COLUMNS).select_from(board_members.join(users, users.c.id == board_members.c.user_id))

MEMBERS = Statement(_members.where(board_members.c.board_id == BOARD_ID).order_by(users.c.username, users.c.id))
MEMBER = Statement(_members.where(board_members.c.board_id == BOARD_ID, board_members.c.user_id == _USER_ID))
OWNERS = Statement(
    select(func.count().label("owners"))
    .select_from(board_members.join(users, users.c.id == board_members.c.user_id))
    .where(board_members.c.board_id == BOARD_ID, board_members.c.role == Role.OWNER, not_(users.c.placeholder))
)
"""How many owners there are who can log in: an import brings placeholders in that role."""

ADD_MEMBER = Statement(insert(board_members))
SET_ROLE = Statement(
    update(board_members)
    .where(
        board_members.c.board_id == bindparam("of_board", type_=Id), board_members.c.user_id == bindparam("of_user", type_=Id)
    )
    .values(role=bindparam("role"))
)
REMOVE_MEMBER = Statement(
    delete(board_members).where(board_members.c.board_id == BOARD_ID, board_members.c.user_id == _USER_ID)
)
ASSIGNMENTS = Statement(
    select(cards.c.id, cards.c.assignee_ids)
    .select_from(card_assignees.join(cards, cards.c.id == card_assignees.c.card_id))
    .where(cards.c.board_id == BOARD_ID, card_assignees.c.user_id == _USER_ID)
    .order_by(cards.c.id)
)
SET_ASSIGNEES = Statement(
    update(cards).where(cards.c.id == bindparam("row_id", type_=Id)).values(assignee_ids=bindparam("assignee_ids", type_=Json))
)
REMOVE_ASSIGNMENT = Statement(
    delete(card_assignees)
    .where(card_assignees.c.card_id == bindparam("on_card", type_=Id))
    .where(card_assignees.c.user_id == bindparam("of_user", type_=Id))
)


def member_of(row: Row) -> Member:
    """The person on a board in `row`."""
    return Member(
        user_id=row["user_id"],
        username=row["username"],
        firstname=row["firstname"],
        lastname=row["lastname"],
        role=Role(row["role"]),
        placeholder=row["placeholder"],
    )
