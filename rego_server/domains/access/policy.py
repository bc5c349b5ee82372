"""The door of every board: one statement finds the row that is touched, locks its board and reads what the caller may do.

Everything that an action needs to know is read in that statement. PostgreSQL reads it before it waits for the lock, so when the
board's counter moved in between, the statement runs once more, now under the lock; a caller sees either a fresh world or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, and_, bindparam, select

from rego.wire.base import Role
from rego.wire.errors import Forbidden, NotAuthenticated, NotFound, RegoError
from rego.wire.events import Actor
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id
from rego_server.core.events import board_heads
from rego_server.core.uow import Head, Reading, UnitOfWork, operations
from rego_server.domains.access.models import board_members
from rego_server.domains.auth.models import sessions
from rego_server.domains.users.models import users

Selected = ColumnElement[Any] | Table
"""What stands in a select list: a column, or a table for all of its columns."""

_seen = board_heads.alias("seen")

_CALLER = bindparam("caller_id", type_=Id)
_SESSION = bindparam("session_id", type_=Id)

_CALLER_COLUMNS = (
    board_members.c.role.label("caller_role"),
    users.c.username.label("caller_name"),
    users.c.is_active.label("caller_active"),
    sessions.c.revoked_at.label("session_revoked_at"),
)

_HEAD_COLUMNS = (
    board_heads.c.board_id.label("head_id"),
    board_heads.c.key.label("head_key"),
    board_heads.c.seq.label("head_seq"),
    board_heads.c.last_number.label("head_last_number"),
    select(_seen.c.seq).where(_seen.c.board_id == board_heads.c.board_id).scalar_subquery().label("seen_seq"),
    operations.c.fingerprint.label("op_fingerprint"),
    operations.c.answer.label("op_answer"),
)


def view(columns: Sequence[Selected], source: FromClause, *where: ColumnElement[bool]) -> Statement:
    """A statement for `look`: finds one row of `source`, which is joined to `board_heads`, on a board of the caller."""
    return Statement(select(*columns, *_CALLER_COLUMNS).select_from(_with_caller(source)).where(*where))


def entrance(columns: Sequence[Selected], source: FromClause, *where: ColumnElement[bool]) -> Statement:
    """A statement for `enter`: as `view`, and locks the board's head."""
    found = _with_caller(source).outerjoin(
        operations, and_(operations.c.user_id == _CALLER, operations.c.op_id == bindparam("op_id"))
    )
    return Statement(
        select(*columns, *_HEAD_COLUMNS, *_CALLER_COLUMNS).select_from(found).where(*where).with_for_update(of=board_heads)
    )


def on_board(table: Table) -> FromClause:
    """`table`, which has a `board_id`, joined to the heads of its boards."""
    return board_heads.join(table, table.c.board_id == board_heads.c.board_id)


def _with_caller(source: FromClause) -> FromClause:
    return (
        source.join(board_members, and_(board_members.c.board_id == board_heads.c.board_id, board_members.c.user_id == _CALLER))
        .join(users, users.c.id == board_members.c.user_id)
        .outerjoin(sessions, sessions.c.id == _SESSION)
    )


async def enter(uow: UnitOfWork, statement: Statement, role: Role, **params: Any) -> Row:
    """The first line of an action: the row that is touched, its board locked and the caller's right to `role` checked.

    Raises `NotFound` for what is missing or not the caller's to see, `Forbidden` for a member without the right,
    `NotAuthenticated` when the session is over, `Repeated` when the operation was carried out before.
    """
    params |= {
        "caller_id": uow.caller.user_id,
        "session_id": uow.caller.session_id,
        "op_id": uow.op.id if uow.op else None,
    }
    row = await uow.fetch_one(statement, **params)
    if row is not None and row["head_seq"] != row["seen_seq"]:
        row = await uow.fetch_one(statement, **params)
    if row is None:
        error = await refusal(uow)
        if isinstance(error, NotFound):
            # What this operation itself took away, a card or the caller's own membership, is not there for its repeat.
            await uow.recall()
        raise error
    check(row, role)
    uow.check_repeat(row["op_fingerprint"], row["op_answer"])
    assert uow.caller.user_id is not None
    uow.actor = Actor(id=uow.caller.user_id, username=row["caller_name"])
    uow.heads[row["head_id"]] = Head(row["head_id"], row["head_key"], row["head_seq"], row["head_last_number"])
    return row


async def look(reading: Reading, statement: Statement, role: Role = Role.VIEWER, **params: Any) -> Row:
    """The row that a query starts from, after the caller's right to see it was checked; raises as `enter` does."""
    row = await reading.fetch_one(statement, caller_id=reading.caller.user_id, session_id=reading.caller.session_id, **params)
    if row is None:
        raise await refusal(reading)
    check(row, role)
    return row


def check(row: Row, role: Role) -> None:
    """Whether the caller in `row` is who they were and may act as `role`."""
    if not row["caller_active"] or row["session_revoked_at"] is not None:
        raise NotAuthenticated("Your session has ended; log in again.")
    held = Role(row["caller_role"])
    if not held.allows(role):
        raise Forbidden(f"You are a {held} of this board; this needs a {role}.")


async def refusal(reading: Reading) -> RegoError:
    """What to say when nothing was found: a caller whose session is over must log in, all others see nothing there."""
    try:
        await require_standing(reading)
    except NotAuthenticated as error:
        return error
    return NotFound("There is no such thing here, or it is not yours to see.")


async def require_standing(reading: Reading) -> Row:
    """The caller's own row; raises `NotAuthenticated` when the account or the session is no longer good."""
    row = await reading.fetch_one(STANDING, caller_id=reading.caller.user_id, session_id=reading.caller.session_id)
    if row is None or not row["is_active"] or row["revoked_at"] is not None:
        raise NotAuthenticated("Your session has ended; log in again.")
    return row


async def require_login(reading: Reading) -> Row:
    """As `require_standing`, for what a personal token may not do: to manage the account that it stands for."""
    return await require_standing(reading)


STANDING = Statement(
    select(users.c.id, users.c.username, users.c.is_active, sessions.c.revoked_at)
    .select_from(users.outerjoin(sessions, sessions.c.id == _SESSION))
    .where(users.c.id == _CALLER)
)
