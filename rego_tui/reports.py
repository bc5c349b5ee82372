"""What a store tells its subscribers: messages at once, changes of cards gathered to one message a frame."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from copy import copy

from textual.message import Message

from rego.replica import Touched
from rego_tui.messages import BoardChanged

FRAME = 0.016
"""Seconds over which changes by others are gathered before the screen hears of them."""


class Reports:
    """Posts copies of each message to all who subscribed."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[Message], object]] = []
        self._touched = Touched(set(), set())
        self._frame: asyncio.TimerHandle | None = None

    def subscribe(self, post: Callable[[Message], object]) -> None:
        """Call `post` with every message from now on."""
        self._subscribers.append(post)

    def unsubscribe(self, post: Callable[[Message], object]) -> None:
        self._subscribers.remove(post)

    @property
    def told(self) -> bool:
        """Whether the subscribers have heard of every change."""
        return self._frame is None

    def publish(self, message: Message) -> None:
        for post in list(self._subscribers):
            post(copy(message))  # Textual marks a message as it travels, so no two receivers may share one

    def touch(self, touched: Touched, *, at_once: bool = False) -> None:
        """Report a change: at once when it is the user's own, else together with what else comes within a frame."""
        add(self._touched, touched)
        if at_once:
            self._flush()
        elif self._frame is None:
            self._frame = asyncio.get_running_loop().call_later(FRAME, self._flush)

    def stop(self) -> None:
        """Report nothing that is not reported yet."""
        if self._frame is not None:
            self._frame.cancel()

    def _flush(self) -> None:
        if self._frame is not None:
            self._frame.cancel()
            self._frame = None
        touched, self._touched = self._touched, Touched(set(), set())
        self.publish(BoardChanged(touched))


def add(total: Touched, more: Touched) -> None:
    """Take `more` into sets of `total` that are its own."""
    total.cards |= more.cards
    total.columns |= more.columns
    total.frame |= more.frame
