"""`/auth`: accounts, logins and sessions."""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import parse_qs

import msgspec
from aiohttp import web

from rego.wire.errors import Forbidden, InvalidInput, NotAuthenticated
from rego.wire.users import LoggedOut, Login, Refresh, Register, Tokens, UpdateMe, User
from rego_server.core.uow import Caller, Reading
from rego_server.domains.access.policy import require_standing
from rego_server.domains.auth import actions
from rego_server.domains.auth.passwords import Passwords
from rego_server.domains.auth.tokens import AccessTokens
from rego_server.domains.users import actions as users
from rego_server.domains.users.queries import user_of
from rego_server.web.endpoint import Anyone, LoggedIn, Request, RouteTable
from rego_server.web.problems import invalid

table = RouteTable()


class Auth:
    """What logging in needs: password hashing, token signing, and how long things last."""

    def __init__(self, passwords: Passwords, tokens: AccessTokens, *, session_lifetime: timedelta, registration: bool) -> None:
        self.passwords = passwords
        self.tokens = tokens
        self.session_lifetime = session_lifetime
        self.registration = registration
        self.local: LocalKey | None = None

    def caller_of(self, request: web.Request) -> Caller:
        """Who asks, by the `Authorization` header. Raises `NotAuthenticated`."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticated("Log in first: this needs an Authorization header with a bearer token.")
        return self.caller_with(token.strip())

    def caller_with(self, token: str) -> Caller:
        """Whose `token` is. Raises `NotAuthenticated`."""
        if self.local is not None and secrets.compare_digest(token.encode(), self.local.token.encode()):
            return Caller(self.local.user_id)
        return self.tokens.verify(token)

    def tokens_of(self, grant: actions.Grant) -> Tokens:
        """What a client gets for a session."""
        return Tokens(
            access_token=self.tokens.issue(grant.user_id, grant.session_id),
            expires_in=int(self.tokens.lifetime.total_seconds()),
            refresh_token=grant.refresh_token,
        )


class LocalKey(msgspec.Struct, frozen=True):
    """Local mode: the secret that only the owner of the data directory can read, and whom it stands for."""

    token: str
    user_id: str


AUTH: web.AppKey[Auth] = web.AppKey("auth", Auth)


@table.add("POST", "/auth/register", needs=Anyone, status=201)
async def register(request: Request, body: Register) -> User:
    """Make an account."""
    auth = request.http.app[AUTH]
    if not auth.registration:
        raise Forbidden("This server does not take new accounts; ask whoever runs it.")
    hashed = await auth.passwords.hash(body.password)
    return await request.run(users.register, body, hashed)


@table.add("POST", "/auth/login", needs=Anyone)
async def login(request: Request) -> Tokens:
    """Log in with a form: `username` (or e-mail address) and `password`."""
    auth = request.http.app[AUTH]
    form = _login_form(request)
    found = await request.read(actions.find_login, form.username)
    stored = found["password_hash"] if found is not None else None
    if not await auth.passwords.verify(stored, form.password) or found is None:
        raise NotAuthenticated("The username or the password is wrong.")
    new_hash = await auth.passwords.hash(form.password) if auth.passwords.is_outdated(found["password_hash"]) else None
    agent = request.http.headers.get("User-Agent", "").encode("ascii", "replace").decode()
    grant = await request.run(actions.start_session, found["id"], agent, auth.session_lifetime, new_hash)
    assert isinstance(grant, actions.Grant)
    return auth.tokens_of(grant)


@table.add("POST", "/auth/refresh", needs=Anyone)
async def refresh(request: Request, body: Refresh) -> Tokens:
    """Exchange a refresh token for a new pair; a token that was used before ends the session."""
    auth = request.http.app[AUTH]
    grant = await request.run(actions.refresh_session, body.refresh_token, auth.session_lifetime)
    if not isinstance(grant, actions.Grant):
        raise NotAuthenticated("This refresh token was used before, so the session was ended; log in again.")
    return auth.tokens_of(grant)


@table.add("POST", "/auth/logout", needs=LoggedIn)
async def logout(request: Request) -> LoggedOut:
    """End this session."""
    await request.run(actions.logout)
    return LoggedOut()


@table.add("GET", "/auth/me", needs=LoggedIn)
async def me(request: Request) -> User:
    """One's own account."""
    return await request.read(_me)


@table.add("PATCH", "/auth/me", needs=LoggedIn)
async def update_me(request: Request, body: UpdateMe) -> User:
    """Change one's own account."""
    return await request.run(users.update_me, body)


async def _me(reading: Reading) -> User:
    await require_standing(reading)
    return user_of(await users.own_row(reading))


def _login_form(request: Request) -> Login:
    """The fields of a form body, each exactly once; JSON with the same fields is read too."""
    try:
        if request.http.content_type == "application/json":
            return msgspec.json.decode(request.content, type=Login)
        fields = parse_qs(request.content.decode(), keep_blank_values=True, max_num_fields=20)
        return msgspec.convert({name: values[0] for name, values in fields.items() if len(values) == 1}, Login)
    except msgspec.ValidationError as error:
        raise invalid(error) from error
    except (ValueError, msgspec.DecodeError):
        raise InvalidInput("Send username and password as a form.") from None
