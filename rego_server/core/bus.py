"""The fast path of the news: who has just committed events tells who delivers them. Losing a message here loses nothing."""

from __future__ import annotations

from typing import Protocol

from rego_server.core.events import Committed


class Listener(Protocol):
    """Whoever delivers events."""

    def hear(self, committed: Committed) -> None:
        """Events were committed. Without the events themselves it only means that there may be some to read."""

    def missed(self) -> None:
        """Messages may have been lost: look at the log."""


class Bus(Protocol):
    """Carries committed events to every hub. Delivery is best effort and may repeat, delay or drop; the log is the truth."""

    @property
    def flowing(self) -> bool:
        """Whether what any process commits has been arriving of late. Who follows looks at the log less often then."""

    def publish(self, committed: Committed) -> None:
        """Tell all listeners, without waiting for any."""

    def listen(self, listener: Listener) -> None:
        """Tell `listener` everything that is published from now on."""

    def follow(self, board_id: str) -> None:
        """The events of a board are wanted here: once for each board, whoever follows it."""

    def unfollow(self, board_id: str) -> None:
        """They are wanted no more."""


class LocalBus:
    """The bus of one process. It never flows: of what another process commits on the same database it knows nothing."""

    flowing = False

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def publish(self, committed: Committed) -> None:
        for listener in self._listeners:
            listener.hear(committed)

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def follow(self, board_id: str) -> None:
        """All boards of this process are followed anyway."""

    def unfollow(self, board_id: str) -> None:
        """Nothing was begun for it."""
