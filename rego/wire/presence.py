"""Who is on a board right now, and what they look at."""

from __future__ import annotations

from msgspec import Struct


class Person(Struct, kw_only=True, frozen=True, gc=False):
    """One connection of one person, or of an agent of theirs: `agent` is then the name of its token.

    `editing` is true while they change the card that they focus.
    """

    connection_id: str
    user_id: str
    username: str
    agent: str | None = None
    card_id: str | None = None
    editing: bool = False
