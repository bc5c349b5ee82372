"""The parts that have a twin in memory and one in Redis, so that one server and many run the same code."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from rego_server.core.bus import Bus, LocalBus
from rego_server.core.presence import Elsewhere, NobodyElsewhere
from rego_server.core.rate_limit import Limiter, MemoryLimiter
from rego_server.core.shelf import NoShelf, Shelf


class Pulse(NamedTuple):
    """How the way to the other servers is. `lag` is how long a message to oneself took to come back, in seconds."""

    redis: bool
    subscriber: bool
    lag: float | None
    queued: int


class Ports(Protocol):
    """What servers share, or one of them has for itself."""

    @property
    def bus(self) -> Bus: ...

    @property
    def limiter(self) -> Limiter: ...

    @property
    def shelf(self) -> Shelf: ...

    @property
    def elsewhere(self) -> Elsewhere: ...

    def pulse(self) -> Pulse | None:
        """How the way to the others is; None when there is none."""


class Alone:
    """The ports of a server that shares nothing."""

    def __init__(self) -> None:
        self.bus = LocalBus()
        self.limiter = MemoryLimiter()
        self.shelf = NoShelf()
        self.elsewhere = NobodyElsewhere()

    def pulse(self) -> None:
        """There is nobody to hear of."""
