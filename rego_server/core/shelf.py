"""Where servers leave encoded snapshots for each other, under the version of what they hold."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Version(NamedTuple):
    """Which state of a board something holds: `seq` in one life of the database. A later one of the same life is as good."""

    epoch: str
    seq: int


class Shelf(Protocol):
    """Keeps the newest body of each name for a while. Whatever it loses is only read from the database again."""

    async def take(self, name: str, version: Version) -> tuple[Version, bytes] | None:
        """What lies there, if it is of `version` or a later one of the same life."""

    def put(self, name: str, version: Version, body: bytes) -> None:
        """Leave a body there, without waiting."""


class NoShelf:
    """The shelf of a server that is alone: its own cache is all there is."""

    async def take(self, name: str, version: Version) -> None:
        """Nothing."""

    def put(self, name: str, version: Version, body: bytes) -> None:
        """Nowhere."""
