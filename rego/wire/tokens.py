"""Personal tokens: long-lived credentials for scripts, each with a scope and perhaps for some boards only."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from rego.wire import limits
from rego.wire.base import Command, Id

TokenName = Annotated[str, Meta(min_length=1, max_length=limits.TOKEN_NAME_MAX)]
TokenBoards = Annotated[list[Id], Meta(min_length=1, max_length=limits.TOKEN_BOARDS_MAX)]


class Scope(StrEnum):
    """What a token is good for: to look, or also to change what its owner may change."""

    READ = "read"
    WRITE = "write"


class PersonalToken(Struct, kw_only=True, frozen=True):
    """A token without its secret. Without `board_ids` it is for all boards of its owner; without `expires_at` it never ends.

    What is done with an `agent`'s token is told as that agent's doing.
    """

    id: str
    name: str
    scope: Scope
    agent: bool = False
    board_ids: list[str] | None
    created_at: datetime
    expires_at: datetime | None


class NewToken(PersonalToken, kw_only=True, frozen=True):
    """A token that was just made. `token` is what a client sends as its bearer token; it is shown this once."""

    token: str


class CreateToken(Command, kw_only=True):
    line_fields = ("name",)
    moment_fields = ("expires_at",)

    name: TokenName
    scope: Scope = Scope.READ
    agent: bool = False
    board_ids: TokenBoards | None = None
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
