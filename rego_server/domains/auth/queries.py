"""Sessions and refresh tokens."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select, update

from rego_server.core.db import Statement, one_of
from rego_server.core.db.schema import Id, Json
from rego_server.domains.auth.models import refresh_tokens, sessions
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
SET_PASSWORD = Statement(
    update(users).where(users.c.id == bindparam("row_id", type_=Id)).values(password_hash=bindparam("password_hash"))
)
ENDED_AMONG = Statement(
    select(sessions.c.id)
    .select_from(sessions.join(users, users.c.id == sessions.c.user_id))
    .where(one_of(sessions.c.id, bindparam("ids", type_=Json)))
    .where(sessions.c.revoked_at.is_not(None) | users.c.is_active.is_(False))
)
