"""Who is on a board right now, kept in memory, and told to the others in one frame for all that happens in a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from msgspec.structs import replace

from rego.wire.frames import PresenceFrame
from rego.wire.presence import Person

COALESCE = 0.05
"""Changes within this many seconds go out as one frame, the last word of each connection."""


class Presence:
    """The people on one board, by connection."""

    def __init__(self, announce: Callable[[PresenceFrame], None]) -> None:
        self.people: dict[str, Person] = {}
        self._announce = announce
        self._changed: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def join(self, person: Person) -> None:
        """Somebody came."""
        self.people[person.connection_id] = person
        self._soon(person.connection_id)

    def focus(self, connection_id: str, card_id: str | None, *, editing: bool) -> None:
        """Somebody looks at a card, or at none; unknown connections are passed over."""
        person = self.people.get(connection_id)
        if person is None or (person.card_id, person.editing) == (card_id, editing):
            return
        self.people[connection_id] = replace(person, card_id=card_id, editing=editing)
        self._soon(connection_id)

    def leave(self, connection_id: str) -> None:
        """Somebody went."""
        if self.people.pop(connection_id, None) is not None:
            self._soon(connection_id)

    def since(self, seen: dict[str, Person]) -> PresenceFrame | None:
        """What has changed for somebody who has `seen` the people that were here then; None when nothing has."""
        present = [person for each, person in self.people.items() if seen.get(each) != person]
        left = sorted(seen.keys() - self.people.keys())
        return PresenceFrame(present=present, left=left) if present or left else None

    def close(self) -> None:
        """Announce nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _soon(self, connection_id: str) -> None:
        self._changed.add(connection_id)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(COALESCE, self._tell)

    def _tell(self) -> None:
        self._timer = None
        changed, self._changed = self._changed, set()
        present = [self.people[each] for each in changed if each in self.people]
        self._announce(PresenceFrame(present=present, left=sorted(changed - self.people.keys())))
