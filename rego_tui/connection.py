"""How fresh the board on the screen is, and what the store needs of a live feed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from msgspec import Struct

from rego.client.follow import Position
from rego.client.updates import Update


class Feed(Protocol):
    """What the TUI needs of `rego.client.live.LiveBoard`."""

    def __aiter__(self) -> AsyncIterator[Update]: ...

    async def focus(self, card_id: str | None, editing: bool = False) -> None: ...


OpenFeed: TypeAlias = Callable[[str, Position | None], AbstractAsyncContextManager[Feed]]
"""Opens the feed of a board, by its id, from a position on that the reader has already."""


class Phase(StrEnum):
    """How fresh the board on the screen is."""

    CONNECTING = "connecting"
    CATCHING_UP = "catching up"
    LIVE = "live"
    OFFLINE = "offline"


class Connection(Struct, frozen=True, kw_only=True):
    """The state of the connection; `since`, `reason` and `retry_in` (seconds) are of an outage."""

    phase: Phase
    since: datetime | None = None
    reason: str = ""
    retry_in: float = 0.0

    @property
    def in_touch(self) -> bool:
        """Whether the server says at present who is here; otherwise that is known only as of the last contact."""
        return self.phase in (Phase.LIVE, Phase.CATCHING_UP)
