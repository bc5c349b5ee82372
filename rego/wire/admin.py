"""What superusers do with the accounts of a server."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from rego.wire import limits
from rego.wire.base import Paged, Patch


class ListUsers(Paged, kw_only=True):
    """A page of the accounts, oldest first."""

    line_fields = ("name",)

    name: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=limits.EMAIL_MAX,
                description="only the account with this username or this e-mail address, wholly written",
            ),
        ]
        | None
    ) = None


class UpdateUser(Patch, kw_only=True):
    """Who is not active cannot log in, and every session of theirs has ended."""

    is_active: bool | UnsetType = UNSET
    is_superuser: bool | UnsetType = UNSET


class PasswordToken(Struct, kw_only=True):
    """`token` sets a new password, once and within `expires_in` seconds: `POST /auth/reset-password` takes it."""

    token: str
    expires_in: int
