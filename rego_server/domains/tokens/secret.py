"""A personal token as text: `rego_pat_`, then its id, its owner's id and 32 random bytes, together in URL-safe Base64.

The ids are in it so that one statement can find the token together with what it is to open; they prove nothing without the
random bytes, whose SHA-256 the database has.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from rego.wire.errors import NotAuthenticated
from rego_server.core.uow import Caller, Presented

PREFIX = "rego_pat_"
SECRET_BYTES = 32
_ID_BYTES = 16


def new_secret() -> bytes:
    """The random part of a new token."""
    return secrets.token_bytes(SECRET_BYTES)


def digest_of(secret: bytes) -> bytes:
    """What the database keeps of the random part."""
    return hashlib.sha256(secret).digest()


def write_token(token_id: str, user_id: str, secret: bytes) -> str:
    """The token as its owner gets it, once."""
    return PREFIX + urlsafe_b64encode(UUID(token_id).bytes + UUID(user_id).bytes + secret).rstrip(b"=").decode()


def read_token(token: str, now: datetime) -> Caller:
    """Who the token that is presented at `now` says that it is; only the database knows whether that is so.

    Raises `NotAuthenticated` for text that no token can be.
    """
    content = _content(token)
    if len(content) != 2 * _ID_BYTES + SECRET_BYTES:
        raise NotAuthenticated("This personal token is not valid; copy it again.")
    token_id, user_id = (str(UUID(bytes=content[n : n + _ID_BYTES])) for n in (0, _ID_BYTES))
    return Caller(user_id, token=Presented(token_id, digest_of(content[2 * _ID_BYTES :]), now))


def _content(token: str) -> bytes:
    """The bytes of the token, none for what is no Base64."""
    try:
        return urlsafe_b64decode(token.removeprefix(PREFIX).encode("ascii") + b"==")
    except ValueError:
        return b""
