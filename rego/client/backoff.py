"""The pauses between attempts to reconnect: exponential with full jitter, so that a restarted server is not stormed. Pure."""

from __future__ import annotations

from collections.abc import Callable

BASE = 0.5
CAP = 30.0
HEALTHY_AFTER = 60.0
"""Seconds: the ceiling of the first pause, the ceiling of all, and how long a connection must last to wipe the slate clean."""


class Backoff:
    """Counts failures in a row. `jitter` gives numbers from 0 up to 1.

    Full jitter is the variant that Amazon's "Exponential Backoff And Jitter" found to finish first with the least work.
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._failures = 0

    def pause(self, *, healthy_for: float, at_once: bool = False, floor: float = 0.0) -> float:
        """Seconds to wait before the next attempt, after a connection that lasted `healthy_for` seconds (0: none came about).

        `at_once` is for a close that asks to resume now; a second one in a row waits all the same, so that a server that
        cuts every connection is not asked in a loop. `floor` is the least that the server asked for.
        """
        if healthy_for >= HEALTHY_AFTER:
            self._failures = 0
        self._failures += 1
        if at_once and self._failures == 1:
            return floor
        return floor + self._jitter() * self._ceiling()

    def _ceiling(self) -> float:
        return min(CAP, BASE * 2.0 ** min(self._failures - 1, 16))
