"""Who is on a board right now, through this server and others, told in one frame for all that happens in a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from rego.wire.frames import PresenceFrame
from rego.wire.presence import Person
from rego_server.core.presence import Elsewhere

COALESCE = 0.05
"""Changes within this many seconds go out as one frame, the last word of each connection."""


class Presence:
    """The people on one board, by connection: a server's `own`, of whom it tells the others, and the `others`."""

    def __init__(self, board_id: str, elsewhere: Elsewhere, announce: Callable[[PresenceFrame], None]) -> None:
        self.own: dict[str, Person] = {}
        self._others: Mapping[str, Person] = {}
        self._board_id = board_id
        self._elsewhere = elsewhere
        self._announce = announce
        self._changed_here: set[str] = set()
        self._changed_there: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._said_degraded = self.degraded
        elsewhere.follow(board_id, self)

    @property
    def people(self) -> dict[str, Person]:
        """Everybody, by connection."""
        return {**self._others, **self.own}

    @property
    def degraded(self) -> bool:
        """Whether people of other servers may be missing."""
        return self._elsewhere.degraded

    def join(self, person: Person) -> None:
        """Somebody came."""
        self.own[person.connection_id] = person
        self._changed(person.connection_id)

    def focus(self, connection_id: str, card_id: str | None, *, editing: bool) -> None:
        """Somebody looks at a card, or at none; unknown connections are passed over."""
        person = self.own.get(connection_id)
        if person is None or (person.card_id, person.editing) == (card_id, editing):
            return
        self.own[connection_id] = replace(person, card_id=card_id, editing=editing)
        self._changed(connection_id)

    def leave(self, connection_id: str) -> None:
        """Somebody went."""
        if self.own.pop(connection_id, None) is not None:
            self._changed(connection_id)

    def meet(self, others: Mapping[str, Person]) -> None:
        """These are here through other servers now."""
        before, self._others = self._others, others
        self._changed_there.update(each for each in before.keys() | others.keys() if before.get(each) != others.get(each))
        if self._changed_there or self.degraded != self._said_degraded:
            self._soon()

    def since(self, seen: dict[str, Person]) -> PresenceFrame | None:
        """What has changed for somebody who has `seen` the people that were here then; None when nothing has."""
        people = self.people
        present = [person for each, person in people.items() if seen.get(each) != person]
        left = sorted(seen.keys() - people.keys())
        return PresenceFrame(present=present, left=left, degraded=self.degraded) if present or left else None

    def close(self) -> None:
        """Announce nothing more here; the others are told that everybody has gone."""
        if self._timer is not None:
            self._timer.cancel()
        self._tell_others()
        self._elsewhere.unfollow(self._board_id, self)

    def _changed(self, connection_id: str) -> None:
        self._changed_here.add(connection_id)
        self._soon()

    def _soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(COALESCE, self._tell)

    def _tell(self) -> None:
        self._timer = None
        changed = self._changed_here | self._changed_there
        self._changed_there = set()
        self._said_degraded = self.degraded
        self._tell_others()
        people = self.people
        present = [people[each] for each in changed if each in people]
        self._announce(PresenceFrame(present=present, left=sorted(changed - people.keys()), degraded=self.degraded))

    def _tell_others(self) -> None:
        changed, self._changed_here = self._changed_here, set()
        if changed:
            present = [self.own[each] for each in changed if each in self.own]
            self._elsewhere.tell(self._board_id, present, sorted(changed - self.own.keys()))
