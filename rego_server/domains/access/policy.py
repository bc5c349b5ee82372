"""The door of every board: one statement finds the row that is touched, locks its board and reads what the caller may do.

Everything that an action needs to know is read in that statement. PostgreSQL reads it before it waits for the lock, so when the
board's counter moved in between, the statement runs once more, now under the lock; a caller sees either a fresh world or none.

An automation rule comes through the same door, with the credentials of the caller who set it off and who was let in before; one
that a due time sets off comes as an owner of the board. So a rule may do what that person may and no more. That it was the rule
is said by the unit of work's cause, which stands in its events instead of an actor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, LargeBinary, Table, and_, bindparam, case, select

from rego.wire.base import Role
from rego.wire.errors import Conflict, Forbidden, NotAuthenticated, NotFound, RegoError, StaleVersion
from rego.wire.events import Actor
from rego.wire.tokens import Scope
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id
from rego_server.core.events import board_heads
from rego_server.core.uow import Caller, Head, Reading, UnitOfWork, operations
from rego_server.domains.access.models import board_members
from rego_server.domains.auth.models import sessions
from rego_server.domains.boards.models import boards
from rego_server.domains.tokens.models import personal_tokens
from rego_server.domains.users.models import users

_NOTHING_HERE = "There is no such thing here, or it is not yours to see."

Selected = ColumnElement[Any] | Table
"""What stands in a select list: a column, or a table for all of its columns."""

_seen = board_heads.alias("seen")
_board = boards.alias("entered_board")

_CALLER = bindparam("caller_id", type_=Id)
_SESSION = bindparam("session_id", type_=Id)

# The token is found by its id, its owner and the digest of its secret at once: without any of them there is none.
_TOKEN = and_(
    personal_tokens.c.id == bindparam("token_id", None, type_=Id),
    personal_tokens.c.user_id == _CALLER,
    personal_tokens.c.digest == bindparam("token_digest", None, type_=LargeBinary),
)

_CREDENTIALS = (
    users.c.is_active.label("caller_active"),
    sessions.c.id.label("session_found"),
    sessions.c.revoked_at.label("session_revoked_at"),
    personal_tokens.c.id.label("token_found"),
    personal_tokens.c.scope.label("token_scope"),
    personal_tokens.c.board_ids.label("token_boards"),
    personal_tokens.c.expires_at.label("token_expires_at"),
    case((personal_tokens.c.agent, personal_tokens.c.name)).label("token_agent"),
)

_CALLER_COLUMNS = (
    board_heads.c.board_id.label("entered_id"),
    board_members.c.role.label("caller_role"),
    users.c.username.label("caller_name"),
    *_CREDENTIALS,
)

_HEAD = (
    board_heads.c.key.label("head_key"),
    board_heads.c.seq.label("head_seq"),
    board_heads.c.last_number.label("head_last_number"),
    board_heads.c.triggers.label("head_triggers"),
)

_HEAD_COLUMNS = (
    *_HEAD,
    select(_board.c.archived).where(_board.c.id == board_heads.c.board_id).scalar_subquery().label("board_archived"),
    select(_seen.c.seq).where(_seen.c.board_id == board_heads.c.board_id).scalar_subquery().label("seen_seq"),
    operations.c.fingerprint.label("op_fingerprint"),
    operations.c.answer.label("op_answer"),
    operations.c.board_id.label("op_board_id"),
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


def guest_entrance(columns: Sequence[Selected], source: FromClause, *where: ColumnElement[bool]) -> Statement:
    """A statement for `enter_as_guest`: finds one board of `source` and locks its head. What else it reads may be stale."""
    found = select(*columns, *_HEAD, board_heads.c.board_id.label("entered_id")).select_from(source)
    return Statement(found.where(*where).with_for_update(of=board_heads))


def on_board(table: Table) -> FromClause:
    """`table`, which has a `board_id`, joined to the heads of its boards."""
    return board_heads.join(table, table.c.board_id == board_heads.c.board_id)


def _with_caller(source: FromClause) -> FromClause:
    return (
        source.join(board_members, and_(board_members.c.board_id == board_heads.c.board_id, board_members.c.user_id == _CALLER))
        .join(users, users.c.id == board_members.c.user_id)
        .outerjoin(sessions, sessions.c.id == _SESSION)
        .outerjoin(personal_tokens, _TOKEN)
    )


async def enter(uow: UnitOfWork, statement: Statement, role: Role, *, though_archived: bool = False, **params: Any) -> Row:
    """The first line of an action: the row that is touched, its board locked and the caller's right to `role` checked.

    Raises `NotFound` for what is missing or not the caller's to see, `Forbidden` for a member without the right,
    `NotAuthenticated` when the session is over, `Repeated` when the operation was carried out before, `StaleVersion` when the
    client wants another version of the row, `Conflict` on an archived board, unless the action goes on `though_archived`.
    """
    params |= {**credentials(uow.caller), "op_id": uow.op.id if uow.op else None}
    row = await uow.fetch_one(statement, **params)
    if row is not None and row["head_seq"] != row["seen_seq"]:
        row = await uow.fetch_one(statement, **params)
    if row is None:
        error = await refusal(uow)
        if isinstance(error, NotFound):
            # What this operation itself took away, a card or the caller's own membership, is not there for its repeat.
            await recall(uow, role)
        raise error
    check(uow, row, role)
    if row["op_board_id"] in (None, row["entered_id"]):
        uow.check_repeat(row["op_fingerprint"], row["op_answer"])
    else:
        await recall(uow, role)
    if not though_archived:
        refuse_archived(row)
    _check_version(uow, row)
    assert uow.caller.user_id is not None
    _take_head(uow, row, Actor(id=uow.caller.user_id, username=row["caller_name"], agent=row["token_agent"]))
    return row


async def enter_as_guest(uow: UnitOfWork, statement: Statement, **params: Any) -> Row | None:
    """As `enter`, for somebody who need not be on the board: what lets them in is for the action to check, under the lock.

    None when there is no such board. Raises as `require_standing`, and `Repeated`.
    """
    caller = await require_standing(uow)
    await recall(uow)
    row = await uow.fetch_one(statement, **params)
    if row is not None:
        _take_head(uow, row, actor_of(caller))
    return row


async def recall(uow: UnitOfWork, role: Role = Role.VIEWER) -> None:
    """Raise `Repeated` when this operation was carried out before and the caller may act as `role` where its answer is from.

    Who has lost that right since hears what they would hear without the key. Returns for an operation that is new.
    """
    if uow.op is None or uow.caller.user_id is None:
        return
    row = await uow.fetch_one(_RECALL, op_id=uow.op.id, **credentials(uow.caller))
    if row is None:
        return
    if row["entered_id"] is not None:
        if row["caller_role"] is None:
            raise NotFound(_NOTHING_HERE)
        check(uow, row, role)
    uow.check_repeat(row["op_fingerprint"], row["op_answer"])


def actor_of(caller: Row) -> Actor:
    """Whom events name as their maker, from the row of `require_standing`."""
    return Actor(id=caller["id"], username=caller["username"], agent=caller["token_agent"])


def _take_head(uow: UnitOfWork, row: Row, actor: Actor) -> None:
    uow.actor = actor
    # An action may be made of several: their events go on from each other's, and are counted in the database at the end.
    head = Head(row["entered_id"], row["head_key"], row["head_seq"], row["head_last_number"], row["head_triggers"])
    uow.heads.setdefault(head.board_id, head)
    if uow.cause is None:
        uow.answer_board = head.board_id


def refuse_archived(row: Row) -> None:
    """Raise `Conflict` when the board that was entered in `row` is archived."""
    if row["board_archived"]:
        raise Conflict("This board is archived; restore it before you change anything on it.")


def _check_version(uow: UnitOfWork, row: Row) -> None:
    expected, uow.expected = uow.expected, None
    if expected is not None and row["version"] != expected:
        raise StaleVersion(
            f"This was changed since version {expected}; it is version {row['version']} now.",
            field="version",
            data={"id": row["id"], "version": row["version"]},
        )


async def look(reading: Reading, statement: Statement, role: Role = Role.VIEWER, **params: Any) -> Row:
    """The row that a query starts from, after the caller's right to see it was checked; raises as `enter` does."""
    row = await reading.fetch_one(statement, **credentials(reading.caller), **params)
    if row is None:
        raise await refusal(reading)
    check(reading, row, role)
    return row


async def look_before_change(reading: Reading, statement: Statement, role: Role, **params: Any) -> Row:
    """As `look`, where a change is to follow: whoever may not make it hears so before they have sent all that it takes."""
    row = await look(reading, statement, role, **params)
    _require_write(reading, row)
    return row


def credentials(caller: Caller) -> dict[str, Any]:
    """The parameters by which a statement finds the caller and what they came with."""
    found = {"caller_id": caller.user_id, "session_id": caller.session_id}
    return found if caller.token is None else found | {"token_id": caller.token.id, "token_digest": caller.token.digest}


def check(reading: Reading, row: Row, role: Role) -> None:
    """Whether the caller in `row` is who they were and may act as `role` on the board there."""
    _check_credentials(reading, row)
    if not is_open_to(row, row["entered_id"]):
        raise NotFound(_NOTHING_HERE)
    held = Role(row["caller_role"])
    if not held.allows(role):
        raise Forbidden(f"You are a {held} of this board; this needs {'an' if role is Role.OWNER else 'a'} {role}.")
    _check_scope(reading, row)


def is_open_to(row: Row, board_id: str) -> bool:
    """Whether the credentials in `row` are for this board too: a personal token may be for some boards only."""
    return row["token_boards"] is None or board_id in row["token_boards"]


def _check_credentials(reading: Reading, row: Row) -> None:
    gone = reading.caller.session_id is not None and row["session_found"] is None
    if gone or not row["caller_active"] or row["session_revoked_at"] is not None:
        raise NotAuthenticated("Your session has ended; log in again.")
    token = reading.caller.token
    if token is None:
        return
    if row["token_found"] is None:
        raise NotAuthenticated("This personal token is not valid: it was revoked, or never made.")
    if row["token_expires_at"] is not None and row["token_expires_at"] <= token.at:
        raise NotAuthenticated("This personal token has expired; make a new one.")


def _check_scope(reading: Reading, row: Row) -> None:
    if reading.changes:
        _require_write(reading, row)


def _require_write(reading: Reading, row: Row) -> None:
    if reading.caller.token is not None and row["token_scope"] != Scope.WRITE:
        raise Forbidden("This personal token may only read; changes need one with the scope write.")


async def refusal(reading: Reading) -> RegoError:
    """What to say when nothing was found: a caller whose session is over must log in, all others see nothing there."""
    try:
        await _standing(reading)
    except NotAuthenticated as error:
        return error
    return NotFound(_NOTHING_HERE)


async def require_standing(reading: Reading) -> Row:
    """The caller's own row, for what touches no board yet.

    Raises `NotAuthenticated` when the account, the session or the token is no longer good, `Forbidden` for a change with a
    token that may only read or is for some boards only.
    """
    row = await _standing(reading)
    _check_scope(reading, row)
    if reading.changes and row["token_boards"] is not None:
        raise Forbidden("This personal token is for some boards only; this is about others.")
    return row


async def require_login(reading: Reading) -> Row:
    """As `require_standing`, for what no personal token may do: to manage the account that it stands for."""
    row = await _standing(reading)
    if reading.caller.token is not None:
        raise Forbidden("A personal token cannot do this; log in with your password.")
    return row


async def require_superuser(reading: Reading) -> Row:
    """As `require_login`, for what only superusers may do."""
    row = await require_login(reading)
    if not row["is_superuser"]:
        raise Forbidden("Only a superuser of this server may do this.")
    return row


async def _standing(reading: Reading) -> Row:
    row = await reading.fetch_one(STANDING, **credentials(reading.caller))
    if row is None:
        raise NotAuthenticated("Your session has ended; log in again.")
    _check_credentials(reading, row)
    return row


_RECALL = Statement(
    select(
        operations.c.fingerprint.label("op_fingerprint"),
        operations.c.answer.label("op_answer"),
        operations.c.board_id.label("entered_id"),
        board_members.c.role.label("caller_role"),
        *_CREDENTIALS,
    )
    .select_from(
        operations.join(users, users.c.id == operations.c.user_id)
        .outerjoin(board_members, and_(board_members.c.board_id == operations.c.board_id, board_members.c.user_id == _CALLER))
        .outerjoin(sessions, sessions.c.id == _SESSION)
        .outerjoin(personal_tokens, _TOKEN)
    )
    .where(operations.c.user_id == _CALLER, operations.c.op_id == bindparam("op_id"))
)

STANDING = Statement(
    select(users.c.id, users.c.username, users.c.is_superuser, *_CREDENTIALS)
    .select_from(users.outerjoin(sessions, sessions.c.id == _SESSION).outerjoin(personal_tokens, _TOKEN))
    .where(users.c.id == _CALLER)
)
