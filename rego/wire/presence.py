"""Who is on a board right now, and what they look at."""

from __future__ import annotations

from msgspec import Struct


class Person(Struct, kw_only=True, frozen=True, gc=False):
    """One connection of one person. `editing` is true while they change the card that they focus."""

    connection_id: str
    user_id: str
    username: str
    card_id: str | None = None
    editing: bool = False
