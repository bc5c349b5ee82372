"""Accounts and sessions: register, log in, stay logged in, log out."""

from __future__ import annotations

from rego.client.call import Call, path_of
from rego.wire.users import (
    ChangePassword,
    CreateTicket,
    ForgotPassword,
    LoggedOut,
    PasswordReset,
    Refresh,
    Register,
    Requested,
    RequestVerification,
    ResetPassword,
    Session,
    Ticket,
    Tokens,
    UpdateMe,
    User,
    Verify,
)


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


def forgot_password(email: str) -> Call[Requested]:
    """Have a token mailed that sets a new password; the answer does not say whether there is such an account."""
    body = ForgotPassword(email=email)
    return Call(method="POST", path="/auth/forgot-password", body=body, returns=Requested, authenticated=False)


def reset_password(body: ResetPassword) -> Call[PasswordReset]:
    """Set a new password with a token and end all sessions; raises `InvalidInput` for one that is used or late."""
    return Call(method="POST", path="/auth/reset-password", body=body, returns=PasswordReset, authenticated=False)


def request_verification(email: str) -> Call[Requested]:
    """Have a token mailed that verifies the address; the answer does not say whether there is such an account."""
    body = RequestVerification(email=email)
    return Call(method="POST", path="/auth/request-verify-token", body=body, returns=Requested, authenticated=False)


def verify(token: str) -> Call[User]:
    """Verify the address that the token was mailed to; raises `InvalidInput` for one that is used or late."""
    return Call(method="POST", path="/auth/verify", body=Verify(token=token), returns=User, authenticated=False)


def create_ticket(board_id: str) -> Call[Ticket]:
    """A ticket for one live connection, for clients that can send neither a header nor a first frame."""
    return Call(method="POST", path="/auth/ws-ticket", body=CreateTicket(board_id=board_id), returns=Ticket)
