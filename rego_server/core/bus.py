"""The fast path of the news: who has just committed events tells who delivers them. Losing a message here loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from rego_server.core.events import Committed

Listener = Callable[[Committed], None]


class Bus(Protocol):
    """Carries committed events to every hub. Delivery is best effort and may repeat, delay or drop; the log is the truth."""

    def publish(self, committed: Committed) -> None:
        """Tell all listeners, without waiting for any."""

    def listen(self, listener: Listener) -> None:
        """Call `listener` with everything that is published from now on."""


class LocalBus:
    """The bus of one process."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def publish(self, committed: Committed) -> None:
        for listener in self._listeners:
            listener(committed)

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)
