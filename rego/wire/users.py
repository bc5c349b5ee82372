"""People, and how they prove who they are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from rego.wire import limits
from rego.wire.base import Command, Entity, Id, Patch

Username = Annotated[
    str,
    Meta(
        min_length=limits.USERNAME_MIN,
        max_length=limits.USERNAME_MAX,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$(?!\n)",
        description="ASCII letters, digits, dot, dash and underscore, beginning with a letter or digit",
        examples=["ann", "ann.lee-2"],
    ),
]
# Control characters and bidirectional ones, which cleaning would refuse or take out of an address that was already checked.
_UNSEEN = r"\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_EMAIL = rf"^[^@\s{_UNSEEN}]+@[^@\s{_UNSEEN}]+\.[^@\s.{_UNSEEN}]+$(?!\n)"
Email = Annotated[str, Meta(max_length=limits.EMAIL_MAX, pattern=_EMAIL, examples=["ann@example.org"])]
Password = Annotated[str, Meta(min_length=limits.PASSWORD_MIN, max_length=limits.PASSWORD_MAX)]
Secret = Annotated[str, Meta(min_length=1, max_length=limits.SECRET_MAX)]
"""A random secret as it was mailed, shown or granted."""

PersonName = Annotated[str, Meta(max_length=limits.NAME_MAX)]


class User(Entity, kw_only=True, frozen=True):
    """An account as its owner sees it."""

    email: str | None
    username: str
    firstname: str
    lastname: str
    is_active: bool
    is_verified: bool
    is_superuser: bool


class Profile(Struct, kw_only=True, frozen=True):
    """A person as others see them: without the e-mail address."""

    id: str
    username: str
    firstname: str
    lastname: str
    placeholder: bool = False


class Register(Command, kw_only=True):
    line_fields = ("email", "firstname", "lastname")

    email: Email
    username: Username
    password: Password
    firstname: PersonName = ""
    lastname: PersonName = ""


class UpdateMe(Patch, kw_only=True):
    line_fields = ("email", "firstname", "lastname")

    email: Email | UnsetType = UNSET
    username: Username | UnsetType = UNSET
    firstname: PersonName | UnsetType = UNSET
    lastname: PersonName | UnsetType = UNSET


class Login(Command, kw_only=True):
    """The fields of the login form; `username` may be the e-mail address."""

    line_fields = ("username",)

    username: Annotated[str, Meta(min_length=1, max_length=limits.EMAIL_MAX)]
    password: Annotated[str, Meta(min_length=1, max_length=limits.PASSWORD_MAX)]


class Refresh(Command, kw_only=True):
    refresh_token: Secret


class Tokens(Struct, kw_only=True):
    """`expires_in` is the life of the access token in seconds."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105 - the name of a scheme, not a secret
    expires_in: int
    refresh_token: str


class ChangePassword(Command, kw_only=True):
    current_password: Annotated[str, Meta(min_length=1, max_length=limits.PASSWORD_MAX)]
    new_password: Password


class Session(Struct, kw_only=True, frozen=True):
    """A login that can go on until `expires_at`. `current` is the one that asks, `user_agent` its client's own name."""

    id: str
    user_agent: str
    created_at: datetime
    expires_at: datetime
    current: bool


class ForgotPassword(Command, kw_only=True):
    line_fields = ("email",)

    email: Email


class ResetPassword(Command, kw_only=True):
    """`token` is what was mailed, or what a superuser was shown."""

    token: Secret
    password: Password


class RequestVerification(Command, kw_only=True):
    line_fields = ("email",)

    email: Email


class Verify(Command, kw_only=True):
    token: Secret


class Requested(Struct):
    """The same whether there is such an account or not."""

    detail: str = "If there is such an account, a letter is on its way."


class PasswordReset(Struct):
    detail: str = "The password is set, and all sessions have ended; log in with it."


class CreateTicket(Command, kw_only=True):
    board_id: Id


class Ticket(Struct, kw_only=True):
    """`ticket` opens one socket on the board, within `expires_in` seconds."""

    ticket: str
    expires_in: int


class LoggedOut(Struct):
    detail: str = "Successfully logged out"
