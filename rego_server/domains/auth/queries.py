"""Sessions and refresh tokens."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, select, update

from rego.wire.users import Session
from rego_server.core.db import Row, Statement, one_of
from rego_server.core.db.schema import Id, Json, Timestamp
from rego_server.domains.auth.models import one_time_secrets, refresh_tokens, sessions
from rego_server.domains.users.models import users

ADD_SESSION = Statement(insert(sessions))
ADD_REFRESH_TOKEN = Statement(insert(refresh_tokens))
REFRESH_TOKEN = Statement(
    select(
        refresh_tokens.c.digest,
        refresh_tokens.c.used_at,
        sessions.c.id.label("session_id"),
        sessions.c.user_id,
        sessions.c.expires_at,
        sessions.c.revoked_at,
        users.c.is_active,
    )
    .select_from(
        refresh_tokens.join(sessions, sessions.c.id == refresh_tokens.c.session_id).join(
            users, users.c.id == sessions.c.user_id
        )
    )
    .where(refresh_tokens.c.digest == bindparam("digest"))
)
USE_REFRESH_TOKEN = Statement(
    update(refresh_tokens).where(refresh_tokens.c.digest == bindparam("of_digest")).values(used_at=bindparam("used_at"))
)
REVOKE = Statement(
    update(sessions).where(sessions.c.id == bindparam("row_id", type_=Id)).values(revoked_at=bindparam("revoked_at"))
)
EXTEND = Statement(
    update(sessions).where(sessions.c.id == bindparam("row_id", type_=Id)).values(expires_at=bindparam("expires_at"))
)
REVOKE_OTHERS = Statement(
    update(sessions)
    .where(sessions.c.user_id == bindparam("of_user", type_=Id))
    .where(sessions.c.id.is_distinct_from(bindparam("but_session", type_=Id)), sessions.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("revoked_at"))
)
LIVE_SESSIONS = Statement(
    select(sessions)
    .where(sessions.c.user_id == bindparam("user_id", type_=Id), sessions.c.revoked_at.is_(None))
    .where(sessions.c.expires_at > bindparam("now", type_=Timestamp))
    .order_by(sessions.c.id.desc())
)
SET_PASSWORD = Statement(
    update(users).where(users.c.id == bindparam("row_id", type_=Id)).values(password_hash=bindparam("password_hash"))
)
ADD_SECRET = Statement(insert(one_time_secrets))
TAKE_SECRET = Statement(
    delete(one_time_secrets)
    .where(one_time_secrets.c.digest == bindparam("digest"), one_time_secrets.c.purpose == bindparam("purpose"))
    .returning(*one_time_secrets.c)
)
"""Reading a secret is the end of it, so of two who bring the same one only one finds it."""

FORGET_SECRETS = Statement(
    delete(one_time_secrets).where(
        one_time_secrets.c.user_id == bindparam("of_user", type_=Id), one_time_secrets.c.purpose == bindparam("of_purpose")
    )
)
FORGET_EXPIRED_SECRETS = Statement(
    delete(one_time_secrets).where(one_time_secrets.c.expires_at < bindparam("before", type_=Timestamp))
)
FORGET_EXPIRED_SESSIONS = Statement(delete(sessions).where(sessions.c.expires_at < bindparam("before", type_=Timestamp)))
FORGET_USED_TOKENS = Statement(delete(refresh_tokens).where(refresh_tokens.c.used_at < bindparam("before", type_=Timestamp)))
"""A used token that is forgotten opens nothing either; only its reuse ends no session any more."""

GOOD_AMONG = Statement(
    select(sessions.c.id)
    .select_from(sessions.join(users, users.c.id == sessions.c.user_id))
    .where(users.c.is_active)
    .where(one_of(sessions.c.id, bindparam("ids", type_=Json)), sessions.c.revoked_at.is_(None))
    .where(sessions.c.expires_at > bindparam("now", type_=Timestamp))
)
"""Those of `ids` that were not revoked, have not expired at `now`, and whose owner may log in."""


def session_of(row: Row, current_id: str | None) -> Session:
    """The session in `row` as its owner sees it from the session `current_id`."""
    return Session(
        id=row["id"],
        user_agent=row["user_agent"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        current=row["id"] == current_id,
    )
