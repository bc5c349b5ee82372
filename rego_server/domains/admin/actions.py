"""Listing accounts, letting people in and keeping them out, and giving power over the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rego.wire.admin import ListUsers, PasswordToken, UpdateUser
from rego.wire.base import Id
from rego.wire.errors import Conflict, NotFound
from rego.wire.users import User
from rego_server.core.db import Row
from rego_server.core.paging import Page, page_of, read_cursor, write_cursor
from rego_server.core.patch import merge, save
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access.policy import require_superuser
from rego_server.domains.admin import queries
from rego_server.domains.auth import queries as auth
from rego_server.domains.auth.onetime import LIFETIMES, Purpose, forget, issue
from rego_server.domains.users.actions import find_user
from rego_server.domains.users.models import users
from rego_server.domains.users.queries import user_of


async def list_users(reading: Reading, wish: ListUsers) -> Page[User]:
    """A page of the accounts, oldest first, or the one of a name."""
    await require_superuser(reading)
    if wish.name is not None:
        found = await find_user(reading, wish.name)
        return Page([user_of(found)] if found is not None else [], None)
    if wish.cursor is None:
        rows = await reading.fetch(queries.ALL, count=wish.limit + 1)
    else:
        (after_id,) = read_cursor(wish.cursor, Id)
        rows = await reading.fetch(queries.ALL_AFTER, after_id=after_id, count=wish.limit + 1)
    return page_of(rows, wish.limit, user_of, lambda last: write_cursor(last["id"]))


async def update_user(uow: UnitOfWork, user_id: str, body: UpdateUser) -> User:
    """Let somebody in or keep them out, make them a superuser or no longer. Raises `Conflict` about the last superuser."""
    await require_superuser(uow)
    await uow.recall()
    powerful = {row["id"] for row in await uow.fetch(queries.HOLD_SUPERUSERS)}
    row = await _account(uow, user_id)
    merged = merge(row, body, user_of)
    if merged is None:
        return user_of(row)
    if powerful == {user_id} and False in merged.values.values():
        raise Conflict("This is the last superuser who can log in; make somebody else one first.")
    return user_of({**row, **_change(uow, row, merged.values)})


async def reset_password(uow: UnitOfWork, user_id: str) -> PasswordToken:
    """A token that sets a new password; earlier ones are worth nothing then. Raises `Conflict` for who is not active."""
    await require_superuser(uow)
    # The answer is not remembered: it holds a secret, and a repeat may as well have a token of its own.
    uow.op = None
    row = await _account(uow, user_id)
    if not row["is_active"]:
        raise Conflict(f"The account of {row['username']} is not active; activate it first.")
    forget(uow, Purpose.RESET, user_id)
    secret = issue(uow, Purpose.RESET, user_id)
    return PasswordToken(token=secret, expires_in=int(LIFETIMES[Purpose.RESET].total_seconds()))


async def make_superuser(uow: UnitOfWork, name: str) -> User:
    """Make the account of that name an active superuser. It asks for no right: no endpoint may lead here.

    Whoever reaches the database itself needs nobody's leave. Raises `NotFound`.
    """
    row = await find_user(uow, name)
    if row is None:
        raise NotFound(f"Nobody here is called {name}.")
    return user_of({**row, **_change(uow, row, {"is_active": True, "is_superuser": True})})


async def _account(uow: UnitOfWork, user_id: str) -> Row:
    row = await uow.fetch_one(queries.HOLD_ACCOUNT, user_id=user_id)
    if row is None:
        raise NotFound("There is no account with this id.")
    return row


def _change(uow: UnitOfWork, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """Queue the change. Who is kept out loses all sessions and one-time secrets: coming back begins with a login."""
    if values.get("is_active") is False:
        uow.write(auth.REVOKE_OTHERS, of_user=row["id"], but_session=None, revoked_at=uow.now)
        for purpose in Purpose:
            forget(uow, purpose, row["id"])
    return save(uow, users, row, values)
