"""The shapes that all nouns share: ids, texts, entities, commands, and the three states of a PATCH field."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from rego.wire import limits
from rego.wire.errors import InvalidInput
from rego.wire.text import clean_block, clean_line

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$(?!\n)")]
"""A UUID in its canonical lower-case form. (Python's `$` also matches before a last newline, hence the lookahead.)"""

Rank = str
"""A place in an order: 16 hexadecimal digits that sort as text."""

Line = Annotated[str, Meta(min_length=1, max_length=limits.TITLE_MAX)]
"""One line of text that names something."""

Block = Annotated[str, Meta(max_length=limits.DESCRIPTION_MAX)]
"""Text of several lines, in Markdown."""

SmallInt = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class Role(StrEnum):
    """What a member may do on a board; each role includes the ones below it."""

    OWNER = "owner"
    MEMBER = "member"
    VIEWER = "viewer"

    def allows(self, needed: Role) -> bool:
        """Whether this role is at least `needed`."""
        return _POWER[self] >= _POWER[needed]


_POWER = {Role.VIEWER: 0, Role.MEMBER: 1, Role.OWNER: 2}


class Entity(Struct, kw_only=True, frozen=True, gc=False):
    """What every stored thing answers beside its own fields."""

    id: str
    version: int
    created_at: datetime
    updated_at: datetime
    created_by: str | None = None
    updated_by: str | None = None


class Command(Struct, kw_only=True, forbid_unknown_fields=True):
    """A request body. Texts, and lists of texts, are cleaned as they come in: see `rego.wire.text` for what that is.

    Moments are put into UTC. Of the fields in `one_of` exactly one is given, of those in `at_most_one_of` one or none. Raises
    `InvalidInput` (a `ValueError`) when a text holds characters that no terminal should be sent, or a moment is at the end of
    time.
    """

    line_fields: ClassVar[tuple[str, ...]] = ()
    block_fields: ClassVar[tuple[str, ...]] = ()
    moment_fields: ClassVar[tuple[str, ...]] = ()
    one_of: ClassVar[tuple[str, ...]] = ()
    at_most_one_of: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for names, clean in ((self.line_fields, clean_line), (self.block_fields, clean_block)):
            for name in names:
                value = getattr(self, name)
                if isinstance(value, str):
                    setattr(self, name, clean(value, field=name))
                elif isinstance(value, list):
                    setattr(self, name, [clean(each, field=name) for each in value])
        for name in self.moment_fields:
            moment = getattr(self, name)
            if isinstance(moment, datetime) and moment.tzinfo is not None:
                setattr(self, name, _in_utc(moment, name))
        if self.one_of and self._given(self.one_of) != 1:
            raise InvalidInput(f"Give one of {_listed(self.one_of)}.", field=self.one_of[0])
        if self._given(self.at_most_one_of) > 1:
            raise InvalidInput(f"Give one of {_listed(self.at_most_one_of)}, not several.", field=self.at_most_one_of[0])

    def _given(self, names: tuple[str, ...]) -> int:
        return sum(getattr(self, name) is not None for name in names)


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _in_utc(moment: datetime, field: str) -> datetime:
    # The first and the last year are left out: there a moment may have no local time, and for PostgreSQL the ends are infinity.
    if MINYEAR < moment.year < MAXYEAR:
        return moment.astimezone(UTC)
    raise InvalidInput(f"{field} must lie in the years {MINYEAR + 1} to {MAXYEAR - 1}.", field=field)


class Patch(Command, omit_defaults=True):
    """A PATCH body: an absent field keeps its value, `null` clears it. `version` asks for a conflict check."""

    version: SmallInt | UnsetType = UNSET

    def changes(self) -> dict[str, Any]:
        """The fields that the sender named, without `version`."""
        return {
            name: value for name in self.__struct_fields__ if name != "version" and (value := getattr(self, name)) is not UNSET
        }


class Parameters(Command, omit_defaults=True):
    """What a request says in its query string: each parameter at most once, with the rules of a body."""


class Paged(Parameters):
    """The parameters of a list that comes in pages."""

    limit: Annotated[int, Meta(ge=1, le=limits.LIST_MAX, description="entries of a page")] = limits.LIST_DEFAULT
    cursor: (
        Annotated[
            str,
            Meta(max_length=limits.CURSOR_MAX, description="where the page begins, from the `Link` of the page before"),
        ]
        | None
    ) = None


class Change(Struct, frozen=True, gc=False):
    """One field of one entity, as it was and as it is."""

    before: Any
    after: Any


class Position(StrEnum):
    """An end of an order."""

    TOP = "top"
    BOTTOM = "bottom"


class Place(Command, omit_defaults=True):
    """Where something goes in an order: next to a neighbour, or at an end. At most one of the three is given."""

    at_most_one_of = ("after_id", "before_id", "position")

    after_id: Id | None = None
    before_id: Id | None = None
    position: Position | None = None


def to_json(value: Any) -> bytes:
    """`value` as the bytes that go over the network."""
    return _encoder.encode(value)


_encoder = msgspec.json.Encoder()
