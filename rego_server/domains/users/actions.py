"""Making and changing accounts."""

from __future__ import annotations

from typing import Any

from rego.wire.errors import NotAuthenticated, NotFound, Taken
from rego.wire.users import Profile, Register, UpdateMe, User
from rego_server.core.db import Row
from rego_server.core.patch import merge, new_entity, save
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access.policy import is_open_to, require_login, require_standing
from rego_server.domains.users import queries
from rego_server.domains.users.models import users


async def register(uow: UnitOfWork, body: Register, password_hash: str) -> User:
    """A new account. Raises `Taken` when the username or the e-mail address is somebody's."""
    await refuse_taken(uow, username=body.username, email=body.email)
    return add_user(
        uow,
        email=body.email,
        username=body.username,
        firstname=body.firstname,
        lastname=body.lastname,
        password_hash=password_hash,
    )


async def update_me(uow: UnitOfWork, body: UpdateMe) -> User:
    """Change one's own account."""
    await require_login(uow)
    await uow.recall()
    row = await uow.fetch_one(queries.HOLD, user_id=uow.caller.user_id)
    assert row is not None
    merged = merge(row, body, queries.user_of)
    if merged is None:
        return queries.user_of(row)
    await refuse_taken(uow, **{name: merged.values[name] for name in ("username", "email") if name in merged.values}, but=row)
    # Nobody has shown yet that the new address is theirs.
    unproven = {"is_verified": False} if "email" in merged.values else {}
    return queries.user_of({**row, **save(uow, users, row, {**merged.values, **unproven})})


async def get_profile(reading: Reading, user_id: str) -> Profile:
    """Somebody whom the caller shares a board with, or the caller. Raises `NotFound` for everybody else."""
    caller = await require_standing(reading)
    if user_id == caller["id"]:
        return queries.profile_of(await own_row(reading))
    shared = await reading.fetch(queries.ON_A_BOARD_WITH, user_id=user_id, with_user=caller["id"])
    for row in shared:
        if is_open_to(caller, row["board_id"]):
            return queries.profile_of(row)
    raise NotFound("There is nobody with this id on a board of yours.")


async def find_user(reading: Reading, name: str) -> Row | None:
    """The account with that username or e-mail address, if there is one."""
    if "@" in name:
        return await reading.fetch_one(queries.BY_EMAIL, email=name)
    return await reading.fetch_one(queries.BY_USERNAME, username=name)


async def own_row(reading: Reading) -> Row:
    """The caller's row."""
    row = await reading.fetch_one(queries.BY_ID, user_id=reading.caller.user_id)
    if row is None:
        raise NotAuthenticated("Your account is gone.")
    return row


def add_user(uow: UnitOfWork, **fields: Any) -> User:
    """Queue a new row; who makes an account for themselves is its creator."""
    row = {
        **new_entity(uow),
        "email": None,
        "firstname": "",
        "lastname": "",
        "password_hash": None,
        "is_active": True,
        "is_verified": False,
        "is_superuser": False,
        "placeholder": False,
        **fields,
    }
    row["created_by"] = row["updated_by"] = uow.caller.user_id or row["id"]
    uow.write(queries.ADD, **row)
    return queries.user_of(row)


async def refuse_taken(
    uow: UnitOfWork, *, username: str | None = None, email: str | None = None, but: Row | None = None
) -> None:
    """Raise `Taken` when somebody other than `but` has the name or the address."""
    own = but["id"] if but is not None else None
    if username is not None:
        found = await uow.fetch_one(queries.BY_USERNAME, username=username)
        if found is not None and found["id"] != own:
            raise Taken(f"The username {username} is taken; choose another.", field="username")
    if email is not None:
        found = await uow.fetch_one(queries.BY_EMAIL, email=email)
        if found is not None and found["id"] != own:
            raise Taken("There is an account with this e-mail address; log in instead.", field="email")
