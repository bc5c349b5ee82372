"""Boards and the people on them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from rego.wire import limits
from rego.wire.base import Command, Entity, Line, Parameters, Patch, Role
from rego.wire.presence import Person

BoardKey = Annotated[
    str,
    Meta(
        pattern=rf"^[A-Z]{{{limits.BOARD_KEY_MIN},{limits.BOARD_KEY_MAX}}}$(?!\n)",
        description="2 to 6 capital letters; the first half of references such as OPS-12",
        examples=["OPS"],
    ),
]

BoardDescription = Annotated[str, Meta(max_length=limits.BOARD_DESCRIPTION_MAX)]
"""Short enough to stand in every list of boards and every snapshot."""


class Board(Entity, kw_only=True, frozen=True):
    """A board. `role` is the reader's own, and null inside events and snapshots, which all members share."""

    title: str
    description: str
    key: str
    archived: bool
    role: Role | None = None


class BoardGlance(Struct, kw_only=True, frozen=True, gc=False):
    """A board in passing: how many cards are open on it, how many of them are done or overdue, and who is there right now."""

    board_id: str
    cards: int
    done: int
    overdue: int
    people: list[Person]


class CreateBoard(Command, kw_only=True):
    line_fields = ("title",)
    block_fields = ("description",)

    title: Line
    description: BoardDescription = ""
    key: BoardKey | None = None


class UpdateBoard(Patch, kw_only=True):
    line_fields = ("title",)
    block_fields = ("description",)

    title: Line | UnsetType = UNSET
    description: BoardDescription | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class LogOrder(StrEnum):
    """Which way a log is read: the oldest first, or the newest."""

    ASC = "asc"
    DESC = "desc"


class ListEvents(Parameters, kw_only=True):
    since: Annotated[int, Meta(ge=0, le=2**53, description="the event to go on from, in that order")] | None = None
    order: LogOrder = LogOrder.ASC
    limit: Annotated[int, Meta(ge=1, le=limits.LIST_MAX, description="entries of a page")] = limits.LIST_DEFAULT


class Member(Struct, kw_only=True, frozen=True, gc=False):
    """A person on a board. A placeholder stands for somebody whom an import named and who has no account here."""

    user_id: str
    username: str
    firstname: str
    lastname: str
    role: Role
    placeholder: bool = False

    @property
    def name(self) -> str:
        """The full name where one is known, else the username."""
        return f"{self.firstname} {self.lastname}".strip() or self.username


class AddMember(Command, kw_only=True):
    """Names a person by `username` or by `email`."""

    line_fields = ("username", "email")
    one_of = ("username", "email")

    role: Role
    username: Annotated[str, Meta(max_length=limits.USERNAME_MAX)] | None = None
    email: Annotated[str, Meta(max_length=limits.EMAIL_MAX)] | None = None


class UpdateMember(Command, kw_only=True):
    role: Role
