"""Columns: the stages that cards go through."""

from __future__ import annotations

from enum import StrEnum

from msgspec import UNSET, UnsetType

from rego.wire.base import Entity, Line, Patch, Place, Rank, SmallInt


class WipMode(StrEnum):
    """What a work-in-progress limit does when it is reached: colour the column, or refuse the card."""

    SOFT = "soft"
    HARD = "hard"


class Color(StrEnum):
    """The colours of labels and columns; each client draws them in its own palette, always beside their text."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    PURPLE = "purple"
    BLUE = "blue"
    SKY = "sky"
    LIME = "lime"
    PINK = "pink"
    GRAY = "gray"


class Column(Entity, kw_only=True, frozen=True):
    """A column. Cards that enter a `done` column count as finished in statistics."""

    title: str
    rank: Rank
    wip_limit: int | None
    wip_mode: WipMode
    done: bool
    color: Color | None
    archived: bool


class CreateColumn(Place, kw_only=True):
    line_fields = ("title",)

    title: Line
    wip_limit: SmallInt | None = None
    wip_mode: WipMode = WipMode.SOFT
    done: bool = False
    color: Color | None = None


class UpdateColumn(Patch, kw_only=True):
    line_fields = ("title",)

    title: Line | UnsetType = UNSET
    wip_limit: SmallInt | UnsetType | None = UNSET
    wip_mode: WipMode | UnsetType = UNSET
    done: bool | UnsetType = UNSET
    color: Color | UnsetType | None = UNSET
    archived: bool | UnsetType = UNSET


class MoveColumn(Place, kw_only=True):
    """A new place among the board's columns; without one, the end."""
