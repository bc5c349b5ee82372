"""Starting, renewing and ending sessions."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple

from rego.wire.errors import NotAuthenticated
from rego_server.core.db import Row
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access.policy import require_standing
from rego_server.domains.auth import queries
from rego_server.domains.users import queries as users

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
    statement = users.BY_EMAIL if "@" in username else users.BY_USERNAME
    params = {"email": username} if "@" in username else {"username": username}
    row = await reading.fetch_one(statement, **params)
    return row if row is not None and row["is_active"] and not row["placeholder"] else None


async def start_session(uow: UnitOfWork, user_id: str, user_agent: str, lifetime: timedelta, new_hash: str | None) -> Grant:
    """A new session of somebody whose password was right; `new_hash` replaces a hash of an outdated cost."""
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
    return Grant(user_id, session_id, _new_refresh_token(uow, session_id))


async def refresh_session(uow: UnitOfWork, refresh_token: str, lifetime: timedelta) -> Grant | None:
    """Exchange a refresh token for the next one; the session goes on for `lifetime` from now.

    None when the token was used before: then the whole session is revoked.
    """
    row = await uow.fetch_one(queries.REFRESH_TOKEN, digest=_digest(refresh_token))
    if row is None or row["revoked_at"] is not None or row["expires_at"] <= uow.now or not row["is_active"]:
        raise NotAuthenticated("Your session has ended; log in again.")
    if row["used_at"] is not None and uow.now - row["used_at"] > REUSE_GRACE:
        uow.write(queries.REVOKE, row_id=row["session_id"], revoked_at=uow.now)
        return None
    if row["used_at"] is None:
        uow.write(queries.USE_REFRESH_TOKEN, of_digest=row["digest"], used_at=uow.now)
    uow.write(queries.EXTEND, row_id=row["session_id"], expires_at=uow.now + lifetime)
    return Grant(row["user_id"], row["session_id"], _new_refresh_token(uow, row["session_id"]))


async def logout(uow: UnitOfWork) -> None:
    """End the caller's session; its tokens are worth nothing from the next request on."""
    await require_standing(uow)
    if uow.caller.session_id is not None:
        uow.write(queries.REVOKE, row_id=uow.caller.session_id, revoked_at=uow.now)


def _new_refresh_token(uow: UnitOfWork, session_id: str) -> str:
    token = _PREFIX + secrets.token_urlsafe(32)
    uow.write(queries.ADD_REFRESH_TOKEN, digest=_digest(token), session_id=session_id, created_at=uow.now, used_at=None)
    return token


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
