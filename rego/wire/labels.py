"""Labels: coloured names that cards carry."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from rego.wire import limits
from rego.wire.base import Command, Entity, Patch
from rego.wire.columns import Color

LabelName = Annotated[str, Meta(max_length=limits.NAME_MAX)]
"""A label's name; it may be empty, then the colour speaks alone."""


class Label(Entity, kw_only=True, frozen=True):
    name: str
    color: Color


class CreateLabel(Command, kw_only=True):
    line_fields = ("name",)

    name: LabelName
    color: Color


class UpdateLabel(Patch, kw_only=True):
    line_fields = ("name",)

    name: LabelName | UnsetType = UNSET
    color: Color | UnsetType = UNSET
