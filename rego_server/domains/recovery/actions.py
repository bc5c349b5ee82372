"""Resetting a forgotten password and verifying an e-mail address, each by a secret that was mailed to it."""

from __future__ import annotations

from rego.wire.errors import InvalidInput
from rego.wire.users import PasswordReset, User
from rego_server.core.db import Row
from rego_server.core.mail import Letter
from rego_server.core.patch import save
from rego_server.core.uow import UnitOfWork
from rego_server.domains.auth import queries as auth
from rego_server.domains.auth.onetime import Purpose, forget, issue, take
from rego_server.domains.recovery.letters import reset_letter, verification_letter
from rego_server.domains.users import queries as users
from rego_server.domains.users.models import users as table


async def forgot_password(uow: UnitOfWork, email: str, server: str) -> Letter | None:
    """The letter with a token that sets a new password, if there is such an account; earlier tokens are worth nothing then."""
    person = await _active_person(uow, email)
    if person is None:
        return None
    forget(uow, Purpose.RESET, person["id"])
    secret = issue(uow, Purpose.RESET, person["id"], email=person["email"])
    return reset_letter(person["email"], person["username"], secret, server)


async def reset_password(uow: UnitOfWork, token: str, password_hash: str) -> PasswordReset:
    """Set the password of whoever the token was made for, and end all their sessions. Raises `InvalidInput`."""
    person = await _person_with(uow, Purpose.RESET, token)
    uow.op = None
    uow.write(auth.SET_PASSWORD, row_id=person["id"], password_hash=password_hash)
    uow.write(auth.REVOKE_OTHERS, of_user=person["id"], but_session=None, revoked_at=uow.now)
    forget(uow, Purpose.RESET, person["id"])
    return PasswordReset()


async def request_verification(uow: UnitOfWork, email: str, server: str) -> Letter | None:
    """The letter with a token that verifies the address, if it is one of an account and not verified yet."""
    person = await _active_person(uow, email)
    if person is None or person["is_verified"]:
        return None
    forget(uow, Purpose.VERIFY, person["id"])
    secret = issue(uow, Purpose.VERIFY, person["id"], email=person["email"])
    return verification_letter(person["email"], person["username"], secret, server)


async def verify(uow: UnitOfWork, token: str) -> User:
    """The account whose address the token shows to be its owner's. Raises `InvalidInput`."""
    person = await _person_with(uow, Purpose.VERIFY, token)
    if person["is_verified"]:
        return users.user_of(person)
    return users.user_of({**person, **save(uow, table, person, {"is_verified": True})})


async def _active_person(uow: UnitOfWork, email: str) -> Row | None:
    row = await uow.fetch_one(users.BY_EMAIL, email=email)
    return row if row is not None and row["is_active"] and not row["placeholder"] else None


async def _person_with(uow: UnitOfWork, purpose: Purpose, token: str) -> Row:
    """Whose secret it is; one that was mailed to another address than the account has now is worth nothing."""
    found = await take(uow, purpose, token)
    person = await uow.fetch_one(users.HOLD, user_id=found["user_id"]) if found is not None else None
    if found is None or person is None or not person["is_active"] or found["email"] not in (None, person["email"]):
        raise InvalidInput(
            "This token is not valid: it was used, has expired or was replaced by a newer one; ask for another.", field="token"
        )
    return person
