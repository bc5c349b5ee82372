"""Undo: taking back an event by another one."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from rego.wire.base import Command


class RevertEvent(Command, kw_only=True):
    """With `whole` everything that was done together with the event is taken back too: by one bulk change, or by rules."""

    whole: bool = False


class Clash(Struct, kw_only=True, frozen=True, gc=False):
    """Why an event cannot be taken back: one field as the event left it, and as it is now."""

    left: Any
    now: Any
