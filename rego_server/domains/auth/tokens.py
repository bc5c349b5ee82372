"""Tokens of a session: JWTs (RFC 7519) that say who and which session, and nothing about rights.

An access token is short-lived and renewed with a refresh token. A browser keeps no refresh token, so its cookie is a JWT that
lives as long as the session. It is no harder to end: every request reads the session's row, in the same statement as what it
is about, so a cookie of a session that was revoked opens nothing from the next request on. An opaque secret would need one
more join in that statement and gain nothing by it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from rego.wire.errors import NotAuthenticated
from rego_server.core.clock import Clock
from rego_server.core.uow import Caller

ALGORITHM = "HS256"
ISSUER = AUDIENCE = "rego"
KEY_MIN_BYTES = 32
CACHE_MAX = 4_096
_REQUIRED = ["exp", "iat", "sub", "aud", "iss", "sid", "typ"]


class Kind(StrEnum):
    """What a token may be presented as: neither is good in the other's place."""

    ACCESS = "access"
    COOKIE = "cookie"


class Verified(NamedTuple):
    """A token that was checked: whose it is, as what, and until when."""

    caller: Caller
    kind: Kind
    expires_at: datetime


class AccessTokens:
    """Signs and checks a session's tokens; a checked one is remembered until it expires.

    Each names its key (`kid`), so that what a `former` one signed stays good when the key is changed.
    """

    def __init__(self, key: bytes, lifetime: timedelta, clock: Clock, former: Sequence[bytes] = ()) -> None:
        if len(key) < KEY_MIN_BYTES:
            raise ValueError(f"The signing key needs at least {KEY_MIN_BYTES} bytes.")
        self.lifetime = lifetime
        self._key = key
        self._former = {_name_of(each): each for each in former}
        self._clock = clock
        self._verified: OrderedDict[str, Verified] = OrderedDict()

    def issue(self, user_id: str, session_id: str, kind: Kind = Kind.ACCESS, lifetime: timedelta | None = None) -> str:
        """A token for `user_id` in `session_id`, good for `lifetime`, by default that of an access token."""
        import jwt

        now = self._clock.now()
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user_id,
            "sid": session_id,
            "typ": kind.value,
            "iat": int(now.timestamp()),
            "exp": int((now + (lifetime or self.lifetime)).timestamp()),
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": _name_of(self._key)})

    def verify(self, token: str, kind: Kind = Kind.ACCESS) -> Caller:
        """Whose token it is. Raises `NotAuthenticated`. Whether the session still stands is the database's to say."""
        verified = self._verified.get(token) or self._decode(token)
        if verified.kind is not kind:
            raise NotAuthenticated(f"This token is good as {verified.kind}, not as {kind}; log in again.")
        if verified.expires_at <= self._clock.now():
            self._verified.pop(token, None)
            raise NotAuthenticated("Your access token has expired; refresh it or log in again.")
        return verified.caller

    def _decode(self, token: str) -> Verified:
        # Loaded at its first use: it brings all of cryptography, which a local server, for whom somebody waits, never needs.
        import jwt

        try:
            claims = jwt.decode(
                token,
                self._former.get(jwt.get_unverified_header(token).get("kid", ""), self._key),
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
            )
        except jwt.PyJWTError as error:
            raise NotAuthenticated("This access token is not valid; log in again.") from error
        if claims["typ"] not in tuple(Kind):
            raise NotAuthenticated("This token is not an access token; log in again.")
        expires_at = datetime.fromtimestamp(claims["exp"], tz=self._clock.now().tzinfo)
        verified = Verified(Caller(claims["sub"], claims["sid"]), Kind(claims["typ"]), expires_at)
        self._verified[token] = verified
        if len(self._verified) > CACHE_MAX:
            self._verified.popitem(last=False)
        return verified


def _name_of(key: bytes) -> str:
    """What a token calls its key: enough to tell keys apart, and nothing to find one by."""
    return hashlib.sha256(b"rego key " + key).hexdigest()[:16]
