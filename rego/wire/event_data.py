"""What the data of every event is, whatever noun it tells of."""

from __future__ import annotations

from msgspec import Struct


class EventData(Struct, kw_only=True, frozen=True, tag_field="type"):
    """What an event type says. The tag is the event type; on the wire it stands in the envelope."""


class Actor(Struct, kw_only=True, frozen=True, gc=False):
    """Who did it, under the name they had then."""

    id: str
    username: str
