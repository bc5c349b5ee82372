"""Buses that do what the port allows: lose, repeat, delay and reorder. Each keeps what it passed on, to show how bad it was."""

from __future__ import annotations

import random

from rego_server.core.bus import Listener
from rego_server.core.events import Committed


class BadBus:
    """Passes on what is published, as a subclass decides."""

    flowing = False

    def __init__(self) -> None:
        self.passed_on: list[int] = []
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def publish(self, committed: Committed) -> None:
        raise NotImplementedError

    def follow(self, board_id: str) -> None:
        """Whatever is published is passed on, or not, for all boards."""

    def unfollow(self, board_id: str) -> None:
        """As above."""

    def _tell(self, committed: Committed) -> None:
        self.passed_on.append(committed.first_seq)
        for listener in self._listeners:
            listener.hear(committed)


class SilentBus(BadBus):
    """Loses everything."""

    def publish(self, committed: Committed) -> None:
        """Do nothing."""


class LossyBus(BadBus):
    """Loses some, repeats some, and keeps some to pass them on after later ones, by a die with a seed."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._die = random.Random(seed)
        self._kept: list[Committed] = []

    def publish(self, committed: Committed) -> None:
        match self._die.choice(("pass on", "lose", "repeat", "keep")):
            case "pass on":
                self._tell(committed)
            case "repeat":
                self._tell(committed)
                self._tell(committed)
            case "keep":
                self._kept.append(committed)
        if self._kept and self._die.random() < 0.3:
            self._tell(self._kept.pop(self._die.randrange(len(self._kept))))
