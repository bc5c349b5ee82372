"""One-time secrets: random, kept as a hash, good once, for one purpose and for a while."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum

from rego_server.core.db import Row
from rego_server.core.uow import UnitOfWork
from rego_server.domains.auth import queries


class Purpose(StrEnum):
    """What a secret is good for; it also begins the secret's text, so that people see what they hold."""

    RESET = "reset"
    VERIFY = "verify"
    TICKET = "ticket"


LIFETIMES = {
    Purpose.RESET: timedelta(hours=1),
    Purpose.VERIFY: timedelta(hours=24),
    Purpose.TICKET: timedelta(seconds=30),
}


def digest_of(secret: str) -> bytes:
    """What the database keeps: a fast hash is enough for what is random and long."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def random_secret(kind: str) -> str:
    """A new secret of a kind that its text names."""
    return f"rego_{kind}_{secrets.token_urlsafe(32)}"


def issue(
    uow: UnitOfWork,
    purpose: Purpose,
    user_id: str,
    *,
    email: str | None = None,
    session_id: str | None = None,
    board_id: str | None = None,
) -> str:
    """A new secret of `user_id`. Its text is in no table, and must be in no remembered answer."""
    secret = random_secret(purpose)
    uow.write(
        queries.ADD_SECRET,
        digest=digest_of(secret),
        purpose=purpose,
        user_id=user_id,
        email=email,
        session_id=session_id,
        board_id=board_id,
        created_at=uow.now,
        expires_at=uow.now + LIFETIMES[purpose],
    )
    return secret


async def take(uow: UnitOfWork, purpose: Purpose, secret: str) -> Row | None:
    """What the secret is bound to, once; None for one that was used, has expired or was never made."""
    found = await uow.fetch(queries.TAKE_SECRET, digest=digest_of(secret), purpose=purpose)
    return found[0] if found and found[0]["expires_at"] > uow.now else None


def forget(uow: UnitOfWork, purpose: Purpose, user_id: str) -> None:
    """Make all of the person's secrets for a purpose worthless."""
    uow.write(queries.FORGET_SECRETS, of_user=user_id, of_purpose=purpose)
