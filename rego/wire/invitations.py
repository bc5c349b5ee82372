"""Invitations to a board: a secret that makes a member of whoever brings it first, or of one e-mail address alone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from rego.wire import limits
from rego.wire.base import Command, Role
from rego.wire.boards import Board, Member
from rego.wire.users import Email, Secret

ExpiresIn = Annotated[int, Meta(ge=limits.INVITATION_LIFE_MIN, le=limits.INVITATION_LIFE_MAX)]


class Invitation(Struct, kw_only=True, frozen=True):
    """An invitation without its secret. With `email` only the account of that address may accept it."""

    id: str
    board_id: str
    role: Role
    email: str | None
    created_by: str | None
    created_at: datetime
    expires_at: datetime


class NewInvitation(Invitation, kw_only=True, frozen=True):
    """An invitation that was just made. `token` is what the invited person brings; it is shown this once."""

    token: str


class CreateInvitation(Command, kw_only=True):
    """With `email` a letter goes to that address. `expires_in` is in seconds."""

    line_fields = ("email",)

    role: Role
    email: Email | None = None
    expires_in: ExpiresIn = limits.INVITATION_LIFE_DEFAULT


class AcceptInvitation(Command, kw_only=True):
    token: Secret


class Joined(Struct, kw_only=True, frozen=True):
    """The board that somebody is on now, and as what."""

    board: Board
    member: Member
