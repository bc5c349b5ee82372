"""How many sockets there may be, of all people and of each, and how fast one may talk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rego.wire.errors import RateLimited, Unavailable
from rego_server.core.rate_limit import MemoryLimiter, Quota
from rego_server.realtime.limits import SocketLimits

COME_BACK_AFTER = 10.0
"""What a client is told that finds no room, in seconds."""

BURST_SECONDS = 10
"""A client may send at once what it may send in this time."""


class Crowd:
    """The sockets of one process, counted. 0 is no limit."""

    def __init__(self, total: int, per_user: int) -> None:
        self.total = total
        self.per_user = per_user
        self.places = 0
        self.of_user: Counter[str] = Counter()

    @classmethod
    def of(cls, limits: SocketLimits) -> Crowd:
        """Room for as many as the limits say."""
        return cls(limits.total, limits.per_user)

    @contextmanager
    def place(self) -> Iterator[Place]:
        """Room for one more socket while this lasts. Raises `Unavailable` when there is none."""
        if 0 < self.total <= self.places:
            raise Unavailable(f"This server has all the {self.total} sockets that it may have.", retry_after=COME_BACK_AFTER)
        place = Place(self)
        self.places += 1
        try:
            yield place
        finally:
            self.places -= 1
            place.give_back()


class Place:
    """The room of one socket, and whose it is as soon as that is known."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._user_id: str | None = None

    def belongs_to(self, user_id: str) -> None:
        """Count the socket as somebody's. Raises `RateLimited` when they have as many as one person may have."""
        most, theirs = self._crowd.per_user, self._crowd.of_user
        if 0 < most <= theirs[user_id]:
            raise RateLimited(f"You have {most} sockets open here, which is the most; close some.", retry_after=COME_BACK_AFTER)
        self._user_id = user_id
        theirs[user_id] += 1

    def give_back(self) -> None:
        """The socket is gone."""
        if self._user_id is None:
            return
        self._crowd.of_user[self._user_id] -= 1
        if not self._crowd.of_user[self._user_id]:
            del self._crowd.of_user[self._user_id]


class Pace:
    """How fast one client may send frames."""

    def __init__(self, frames_per_second: int) -> None:
        self._quota = Quota("frames", frames_per_second * BURST_SECONDS, BURST_SECONDS)
        self._limiter = MemoryLimiter()

    async def allows_one_more(self) -> bool:
        """Whether the frame that just came is not one too many."""
        return not self._quota.limit or (await self._limiter.take(self._quota, "frames")).allowed
