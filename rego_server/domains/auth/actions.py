"""Starting, renewing and ending sessions."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from rego.wire.errors import NotAuthenticated, NotFound
from rego.wire.users import Session, Ticket
from rego_server.core.db import Row
from rego_server.core.uow import Caller, Reading, UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import look, require_login
from rego_server.domains.auth import queries
from rego_server.domains.auth.onetime import LIFETIMES, Purpose, digest_of, forget, issue, take
from rego_server.domains.users.actions import find_user, own_row

REUSE_GRACE = timedelta(seconds=10)
"""Two processes of one person may refresh at once; later than that a used token means that it was stolen."""

_PREFIX = "rego_ref_"


class Grant(NamedTuple):
    """A session that goes on: whose, which, and the secret that renews it."""

    user_id: str
    session_id: str
    refresh_token: str


async def find_login(reading: Reading, username: str) -> Row | None:
    """The account of that username or e-mail address, if there is one that can log in."""
    row = await find_user(reading, username)
    return row if row is not None and row["is_active"] and not row["placeholder"] else None


async def start_session(uow: UnitOfWork, user_id: str, user_agent: str, lifetime: timedelta, new_hash: str | None) -> Grant:
    """A new session of somebody whose password was right; `new_hash` replaces a hash of an outdated cost."""
    session_id = await open_session(uow, user_id, user_agent, lifetime, new_hash)
    return Grant(user_id, session_id, _new_refresh_token(uow, session_id))


async def open_session(uow: UnitOfWork, user_id: str, user_agent: str, lifetime: timedelta, new_hash: str | None) -> str:
    """As `start_session`, without a token that renews it; gives the session's id."""
    session_id = uow.new_id()
    uow.write(
        queries.ADD_SESSION,
        id=session_id,
        user_id=user_id,
        user_agent=user_agent[:200],
        created_at=uow.now,
        expires_at=uow.now + lifetime,
        revoked_at=None,
    )
    await uow.flush()
    if new_hash is not None:
        uow.write(queries.SET_PASSWORD, row_id=user_id, password_hash=new_hash)
    return session_id


async def refresh_session(uow: UnitOfWork, refresh_token: str, lifetime: timedelta) -> Grant | None:
    """Exchange a refresh token for the next one; the session goes on for `lifetime` from now.

    None when the token was used before: then the whole session is revoked.
    """
    row = await uow.fetch_one(queries.REFRESH_TOKEN, digest=digest_of(refresh_token))
    if row is None or row["revoked_at"] is not None or row["expires_at"] <= uow.now or not row["is_active"]:
        raise NotAuthenticated("Your session has ended; log in again.")
    if row["used_at"] is not None and uow.now - row["used_at"] > REUSE_GRACE:
        uow.write(queries.REVOKE, row_id=row["session_id"], revoked_at=uow.now)
        return None
    if row["used_at"] is None:
        uow.write(queries.USE_REFRESH_TOKEN, of_digest=row["digest"], used_at=uow.now)
    uow.write(queries.EXTEND, row_id=row["session_id"], expires_at=uow.now + lifetime)
    return Grant(row["user_id"], row["session_id"], _new_refresh_token(uow, row["session_id"]))


async def list_sessions(reading: Reading, now: datetime) -> Sequence[Session]:
    """The caller's sessions that still stand at `now`, the newest first."""
    await require_login(reading)
    rows = await reading.fetch(queries.LIVE_SESSIONS, user_id=reading.caller.user_id, now=now)
    return [queries.session_of(row, reading.caller.session_id) for row in rows]


async def revoke_session(uow: UnitOfWork, session_id: str) -> None:
    """End one of the caller's own sessions. Raises `NotFound` for any other."""
    await require_login(uow)
    await uow.recall()
    own = await uow.fetch(queries.LIVE_SESSIONS, user_id=uow.caller.user_id, now=uow.now)
    if session_id not in {row["id"] for row in own}:
        raise NotFound("You have no such session.")
    uow.write(queries.REVOKE, row_id=session_id, revoked_at=uow.now)


async def own_password(reading: Reading) -> str | None:
    """The hash of the caller's password, if there is one."""
    await require_login(reading)
    stored: str | None = (await own_row(reading))["password_hash"]
    return stored


async def change_password(uow: UnitOfWork, password_hash: str) -> None:
    """Set the caller's password and end all sessions but this one."""
    await require_login(uow)
    # The operation is not remembered: its fingerprint would be a fast hash of two passwords.
    uow.op = None
    uow.write(queries.SET_PASSWORD, row_id=uow.caller.user_id, password_hash=password_hash)
    forget(uow, Purpose.RESET, str(uow.caller.user_id))
    uow.write(queries.REVOKE_OTHERS, of_user=uow.caller.user_id, but_session=uow.caller.session_id, revoked_at=uow.now)


async def logout(uow: UnitOfWork) -> None:
    """End the caller's session; its tokens are worth nothing from the next request on."""
    await require_login(uow)
    if uow.caller.session_id is not None:
        uow.write(queries.REVOKE, row_id=uow.caller.session_id, revoked_at=uow.now)


async def create_ticket(uow: UnitOfWork, board_id: str) -> Ticket:
    """A ticket for one socket on a board that the caller may see; the socket lives no longer than the caller's session."""
    await require_login(uow)
    await look(uow, access.BOARD, board_id=board_id)
    # The answer is not remembered: it holds a secret, and a repeat may as well have a ticket of its own.
    uow.op = None
    secret = issue(uow, Purpose.TICKET, str(uow.caller.user_id), session_id=uow.caller.session_id, board_id=board_id)
    return Ticket(ticket=secret, expires_in=int(LIFETIMES[Purpose.TICKET].total_seconds()))


async def take_ticket(uow: UnitOfWork, ticket: str, board_id: str) -> Caller:
    """Who comes with a ticket to a board. Raises `NotAuthenticated` for one that is used, late, foreign or made up."""
    row = await take(uow, Purpose.TICKET, ticket)
    if row is None or row["board_id"] != board_id:
        raise NotAuthenticated("This ticket is not valid for this board: it was used, is over 30 seconds old, or never made.")
    return Caller(row["user_id"], row["session_id"])


def _new_refresh_token(uow: UnitOfWork, session_id: str) -> str:
    token = _PREFIX + secrets.token_urlsafe(32)
    uow.write(queries.ADD_REFRESH_TOKEN, digest=digest_of(token), session_id=session_id, created_at=uow.now, used_at=None)
    return token
