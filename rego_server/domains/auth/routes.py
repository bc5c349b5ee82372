"""`/auth`: accounts, logins and sessions."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import parse_qs

import msgspec
from aiohttp import web

from rego.wire.errors import Forbidden, InvalidInput, NotAuthenticated
from rego.wire.users import (
    ChangePassword,
    CreateTicket,
    LoggedOut,
    Login,
    Refresh,
    Register,
    Session,
    Ticket,
    Tokens,
    UpdateMe,
    User,
)
from rego_server.core.clock import Clock
from rego_server.core.uow import Caller, Reading
from rego_server.domains.access.policy import require_standing
from rego_server.domains.auth import actions
from rego_server.domains.auth.passwords import Passwords
from rego_server.domains.auth.tokens import AccessTokens, Kind
from rego_server.domains.tokens.secret import PREFIX, read_token
from rego_server.domains.users import actions as users
from rego_server.domains.users.queries import user_of
from rego_server.web.admission import Tier
from rego_server.web.cookies import cookie_of, refuse_foreign, refuse_foreign_login, set_cookie
from rego_server.web.endpoint import Anyone, LoggedIn, Request, RouteTable
from rego_server.web.problems import invalid

table = RouteTable()


class Auth:
    """What logging in needs: password hashing, token signing, and how long things last."""

    def __init__(
        self, passwords: Passwords, tokens: AccessTokens, clock: Clock, *, session_lifetime: timedelta, registration: bool
    ) -> None:
        self.passwords = passwords
        self.tokens = tokens
        self.clock = clock
        self.session_lifetime = session_lifetime
        self.registration = registration
        self.local: LocalKey | None = None

    def caller_of(self, request: web.Request) -> Caller:
        """Who asks, by the `Authorization` header, else by the session cookie.

        Raises `NotAuthenticated`, and `Forbidden` for a cookie that another site's page may have made the browser send.
        """
        if (cookie := cookie_of(request)) is not None:
            caller = self.tokens.verify(cookie, Kind.COOKIE)
            refuse_foreign(request)
            return caller
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticated("Log in first: this needs an Authorization header with a bearer token.")
        return self.caller_with(token.strip())

    def caller_with(self, token: str) -> Caller:
        """Whose `token` is. Raises `NotAuthenticated`."""
        if self.local is not None and secrets.compare_digest(token.encode(), self.local.token.encode()):
            return Caller(self.local.user_id, local=True)
        if token.startswith(PREFIX):
            return read_token(token, self.clock.now())
        return self.tokens.verify(token)

    def cookie_value(self, user_id: str, session_id: str) -> str:
        """What a browser keeps of a session, for as long as the session can last."""
        return self.tokens.issue(user_id, session_id, Kind.COOKIE, self.session_lifetime)

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


FORM = {"application/x-www-form-urlencoded": Login, "application/json": Login}
"""What a login reads."""

AUTH: web.AppKey[Auth] = web.AppKey("auth", Auth)


@table.add("POST", "/auth/register", needs=Anyone, tier=Tier.REGISTER, status=201)
async def register(request: Request, body: Register) -> User:
    """Make an account."""
    auth = request.http.app[AUTH]
    if not auth.registration:
        raise Forbidden("This server does not take new accounts; ask whoever runs it.")
    await request.admit_account(body.username)
    hashed = await auth.passwords.hash(body.password)
    return await request.run(users.register, body, hashed)


@table.add("POST", "/auth/login", needs=Anyone, tier=Tier.LOGIN, reads=FORM)
async def login(request: Request) -> Tokens:
    """Log in with a form: `username` (or e-mail address) and `password`."""
    auth = request.http.app[AUTH]
    person = await _person(request)
    grant = await request.run(actions.start_session, person.id, _agent(request), auth.session_lifetime, person.new_hash)
    assert isinstance(grant, actions.Grant)
    return auth.tokens_of(grant)


@table.add("POST", "/auth/cookie/login", needs=Anyone, tier=Tier.LOGIN, reads=FORM)
async def cookie_login(request: Request) -> None:
    """Log in with the same form; the answer sets the cookie `rego_auth`, which then stands for an `Authorization` header."""
    refuse_foreign_login(request.http)
    auth = request.http.app[AUTH]
    person = await _person(request)
    session_id = await request.run(actions.open_session, person.id, _agent(request), auth.session_lifetime, person.new_hash)
    value = auth.cookie_value(person.id, session_id)
    request.headers["Set-Cookie"] = set_cookie(request.http, value, auth.session_lifetime)


@table.add("POST", "/auth/cookie/logout", needs=LoggedIn)
async def cookie_logout(request: Request) -> None:
    """End this session and take the cookie away."""
    await request.run(actions.logout)
    request.headers["Set-Cookie"] = set_cookie(request.http, "", timedelta(0))


@table.add("POST", "/auth/refresh", needs=Anyone, tier=Tier.REFRESH)
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


@table.add("POST", "/auth/change-password", needs=LoggedIn, tier=Tier.LOGIN)
async def change_password(request: Request, body: ChangePassword) -> None:
    """Set a new password; all other sessions end, personal tokens stay."""
    passwords = request.http.app[AUTH].passwords
    stored = await request.read(actions.own_password)
    if await passwords.verify(stored, body.current_password):
        hashed = await passwords.hash(body.new_password, field="new_password")
        await request.run(actions.change_password, hashed)
    elif not await passwords.verify(stored, body.new_password):
        # Where the new password stands already, this is a repeat whose first answer was lost.
        raise InvalidInput("The current password is wrong.", field="current_password")


@table.add("POST", "/auth/ws-ticket", needs=LoggedIn)
async def create_ticket(request: Request, body: CreateTicket) -> Ticket:
    """A ticket that opens one socket on a board, for clients that can set no header: `GET /ws/boards/{board_id}?ticket=…`."""
    return await request.run(actions.create_ticket, body.board_id)


@table.add("GET", "/auth/sessions", needs=LoggedIn)
async def list_sessions(request: Request) -> Sequence[Session]:
    """One's own sessions, the newest first; `current` marks the one that asks."""
    return await request.read(actions.list_sessions, request.http.app[AUTH].clock.now())


@table.add("DELETE", "/auth/sessions/{session_id}", needs=LoggedIn)
async def revoke_session(request: Request) -> None:
    """End one of one's own sessions; its sockets close within a tick."""
    await request.run(actions.revoke_session, request.id("session_id"))


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


class Person(NamedTuple):
    """Somebody whose password was right. `new_hash` replaces the stored one, where that was made at another cost."""

    id: str
    new_hash: str | None


async def _person(request: Request) -> Person:
    """Who logs in with the form. Raises `NotAuthenticated`."""
    passwords = request.http.app[AUTH].passwords
    form = _login_form(request)
    await request.admit_account(form.username)
    found = await request.read(actions.find_login, form.username)
    stored = found["password_hash"] if found is not None else None
    if not await passwords.verify(stored, form.password) or found is None:
        raise NotAuthenticated("The username or the password is wrong.")
    return Person(found["id"], await passwords.hash(form.password) if passwords.is_outdated(found["password_hash"]) else None)


def _agent(request: Request) -> str:
    return request.http.headers.get("User-Agent", "").encode("ascii", "replace").decode()


def _login_form(request: Request) -> Login:
    """The fields of a form body, each exactly once; JSON with the same fields is read too."""
    try:
        if request.http.content_type == "application/json":
            return msgspec.json.decode(request.content, type=Login)
        fields = parse_qs(request.content.decode(), keep_blank_values=True, max_num_fields=20)
        return msgspec.convert({name: values[0] for name, values in fields.items() if len(values) == 1}, Login)
    except msgspec.ValidationError as error:
        raise invalid(error, Login) from error
    except (ValueError, msgspec.DecodeError):
        raise InvalidInput("Send username and password as a form.") from None
