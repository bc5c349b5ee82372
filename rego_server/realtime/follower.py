"""A socket as the hub sees it."""

from __future__ import annotations

from typing import Protocol

from rego.wire.frames import CloseCode


class Follower(Protocol):
    """Whoever the events of a board are delivered to.

    `seq` is the last event that it was sent; None while it is being brought up to date. `admitted` is the board's seq at which
    the person's right to be here was read; only what happened later can take it away.
    """

    connection_id: str
    user_id: str
    session_id: str | None
    token_id: str | None
    seq: int | None
    admitted: int

    @property
    def waiting_bytes(self) -> int:
        """What was sent and not yet taken by the peer."""

    def send(self, frame: bytes) -> None:
        """Write a frame, without waiting."""

    async def push(self, frame: bytes) -> None:
        """Write a frame and wait until there is room for the next one."""

    def close(self, code: CloseCode, reason: str) -> None:
        """Say goodbye, without waiting."""
