"""Finding people, and what they look like to themselves and to others."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, not_, select

from rego.wire.users import Profile, User
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id
from rego_server.core.patch import stamps
from rego_server.domains.access.models import board_members
from rego_server.domains.users.models import users

ADD = Statement(insert(users))
BY_ID = Statement(select(users).where(users.c.id == bindparam("user_id", type_=Id)))
HOLD = Statement(select(users).where(users.c.id == bindparam("user_id", type_=Id)).with_for_update())
"""For a change: nobody else changes the account before this one is done."""

BY_USERNAME = Statement(
    select(users).where(func.lower(users.c.username) == func.lower(bindparam("username")), not_(users.c.placeholder))
)
BY_EMAIL = Statement(select(users).where(func.lower(users.c.email) == func.lower(bindparam("email"))))
FIRST_SUPERUSER = Statement(select(users.c.id).where(users.c.is_superuser, users.c.is_active).order_by(users.c.id).limit(1))
"""In local mode the one person whose data it is; never somebody who was kept out, as whom nothing could be done."""

_with = board_members.alias("with_members")

ON_A_BOARD_WITH = Statement(
    select(users, board_members.c.board_id)
    .select_from(
        users.join(board_members, board_members.c.user_id == users.c.id).join(
            _with, _with.c.board_id == board_members.c.board_id
        )
    )
    .where(users.c.id == bindparam("user_id", type_=Id), _with.c.user_id == bindparam("with_user", type_=Id))
)
"""A person, once for each board that another one shares with them."""


def user_of(row: Row) -> User:
    """The account in `row` as its owner sees it."""
    return User(
        **stamps(row),
        email=row["email"],
        username=row["username"],
        firstname=row["firstname"],
        lastname=row["lastname"],
        is_active=row["is_active"],
        is_verified=row["is_verified"],
        is_superuser=row["is_superuser"],
    )


def profile_of(row: Row) -> Profile:
    """The person in `row` as others see them."""
    return Profile(
        id=row["id"],
        username=row["username"],
        firstname=row["firstname"],
        lastname=row["lastname"],
        placeholder=row["placeholder"],
    )
