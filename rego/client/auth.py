"""Accounts and sessions: register, log in, stay logged in, log out."""

from __future__ import annotations

from rego.client.call import Call, path_of
from rego.wire.users import ChangePassword, LoggedOut, Refresh, Register, Session, Tokens, UpdateMe, User


def register(body: Register) -> Call[User]:
    """Open an account; raises `Taken` when somebody has that name or address."""
    return Call(method="POST", path="/auth/register", body=body, returns=User, authenticated=False)


def login(username: str, password: str) -> Call[Tokens]:
    """Begin a session; `username` may be the e-mail address. Raises `NotAuthenticated` when the two do not belong together."""
    form = {"username": username, "password": password}
    return Call(method="POST", path="/auth/login", form=form, returns=Tokens, authenticated=False)


def refresh(refresh_token: str) -> Call[Tokens]:
    """New tokens for a session; the old refresh token is spent (10 seconds of grace)."""
    body = Refresh(refresh_token=refresh_token)
    return Call(method="POST", path="/auth/refresh", body=body, returns=Tokens, authenticated=False)


def logout() -> Call[LoggedOut]:
    """End the session whose token sends this."""
    return Call(method="POST", path="/auth/logout", returns=LoggedOut)


def me() -> Call[User]:
    """The account whose token sends this."""
    return Call(method="GET", path="/auth/me", returns=User)


def update_me(body: UpdateMe) -> Call[User]:
    """Change one's own account."""
    return Call(method="PATCH", path="/auth/me", body=body, returns=User)


def change_password(body: ChangePassword) -> Call[None]:
    """Set a new password and end all other sessions; raises `InvalidInput` when the current one is wrong."""
    return Call(method="POST", path="/auth/change-password", body=body, returns=None)


def list_sessions() -> Call[list[Session]]:
    """The account's own sessions, the newest first."""
    return Call(method="GET", path="/auth/sessions", returns=list[Session])


def revoke_session(session_id: str) -> Call[None]:
    """End one of the account's own sessions; its live connections close within seconds."""
    return Call(method="DELETE", path=path_of("auth", "sessions", session_id), returns=None)
