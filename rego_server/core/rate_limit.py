"""Rate limits: how many requests of a kind somebody may make, by the generic cell rate algorithm. Knows no HTTP and no users.

GCRA is the leaky bucket of ATM traffic control (ITU-T Recommendation I.371, annex A), written as a virtual schedule: all that
is kept of somebody is the time at which what they have used up will have flowed back.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple, Protocol

MINUTE = 60
SUBJECTS_MAX = 65_536
"""How many subjects the memory limiter keeps in mind: some 10 MB."""

_NS = 1_000_000_000
_SWEPT_AT_ONCE = 2


class Quota(NamedTuple):
    """`limit` requests in each `period` seconds, which may all come at once. Quotas of different names do not share."""

    name: str
    limit: int
    period: int = MINUTE


class Decision(NamedTuple):
    """What was decided about one request, and what is left. Times in seconds."""

    allowed: bool
    quota: Quota
    remaining: int
    reset_after: float
    """Until the whole quota is there again, if nothing more comes."""
    retry_after: float
    """Until the next request will be allowed; 0 while there is something left."""


class Limiter(Protocol):
    """Where the used-up quotas are kept."""

    async def take(self, quota: Quota, subject: str) -> Decision:
        """Decide about one request of `subject`, and count it when it is allowed. A refused one costs nothing."""


class MemoryLimiter:
    """The limits of one process. Who was not seen for longest is forgotten first, idle ones as soon as they are whole again.

    Times are counted in `1 / limit` nanoseconds, so that the space between two requests is a whole number and no rate is
    ever a little off. A clock that goes back stands still here: it never gives a quota twice.
    """

    def __init__(self, clock: Callable[[], int] = time.monotonic_ns, subjects_max: int = SUBJECTS_MAX) -> None:
        self._clock = clock
        self._now = clock()
        self._subjects_max = subjects_max
        self._whole_at: OrderedDict[tuple[Quota, str], int] = OrderedDict()

    @property
    def subjects(self) -> int:
        """How many subjects are kept in mind."""
        return len(self._whole_at)

    async def take(self, quota: Quota, subject: str) -> Decision:
        """Decide at once: nothing is awaited, so requests of one loop cannot come in between."""
        self._now = max(self._now, self._clock())
        self._sweep()
        key = (quota, subject)
        now, space, depth = self._now * quota.limit, quota.period * _NS, quota.period * quota.limit * _NS
        before = max(self._whole_at.get(key, now), now)
        after = before + space
        allowed = after - now <= depth
        self._remember(key, after if allowed else before)
        return decision_of(quota, allowed, used=(after if allowed else before) - now)

    def _remember(self, key: tuple[Quota, str], whole_at: int) -> None:
        self._whole_at[key] = whole_at
        self._whole_at.move_to_end(key)
        if len(self._whole_at) > self._subjects_max:
            self._whole_at.popitem(last=False)

    def _sweep(self) -> None:
        """Forget a few who are whole again, more than one request can add."""
        for _ in range(min(_SWEPT_AT_ONCE, len(self._whole_at))):
            key, whole_at = next(iter(self._whole_at.items()))
            if whole_at > self._now * key[0].limit:
                return
            del self._whole_at[key]


def decision_of(quota: Quota, allowed: bool, *, used: int) -> Decision:
    """What `used` of a quota means, in `1 / limit` nanoseconds."""
    space, depth = quota.period * _NS, quota.period * quota.limit * _NS
    unit = quota.limit * _NS
    return Decision(
        allowed,
        quota,
        remaining=(depth - used) // space,
        reset_after=used / unit,
        retry_after=max(0, used + space - depth) / unit,
    )
