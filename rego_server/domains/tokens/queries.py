"""Personal tokens and the boards that they may name."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, select

from rego.wire.tokens import PersonalToken, Scope
from rego_server.core.db import Row, Statement, one_of
from rego_server.core.db.schema import Id, Json, Timestamp
from rego_server.domains.access.models import board_members
from rego_server.domains.tokens.models import personal_tokens
from rego_server.domains.users.models import users

_OWN = personal_tokens.c.user_id == bindparam("user_id", type_=Id)

ADD = Statement(insert(personal_tokens))
OWN = Statement(select(personal_tokens).where(_OWN).order_by(personal_tokens.c.id.desc()))
REMOVE = Statement(delete(personal_tokens).where(personal_tokens.c.id == bindparam("row_id", type_=Id)))
BOARDS_AMONG = Statement(
    select(board_members.c.board_id)
    .where(board_members.c.user_id == bindparam("user_id", type_=Id))
    .where(one_of(board_members.c.board_id, bindparam("board_ids", type_=Json)))
)
"""Those of `board_ids` that the person is on."""

GOOD_AMONG = Statement(
    select(personal_tokens.c.id)
    .select_from(personal_tokens.join(users, users.c.id == personal_tokens.c.user_id))
    .where(users.c.is_active)
    .where(one_of(personal_tokens.c.id, bindparam("ids", type_=Json)))
    .where(personal_tokens.c.expires_at.is_(None) | (personal_tokens.c.expires_at > bindparam("now", type_=Timestamp)))
)
"""Those of `ids` that were not revoked, have not expired at `now`, and whose owner may log in."""


def token_of(row: Row) -> PersonalToken:
    """The token in `row`, as its owner sees it."""
    return PersonalToken(
        id=row["id"],
        name=row["name"],
        scope=Scope(row["scope"]),
        agent=row["agent"],
        board_ids=row["board_ids"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
    )
