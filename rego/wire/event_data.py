"""What every event is, whatever noun it tells of, for those who pass it on without looking at its data."""

from __future__ import annotations

from datetime import datetime

from msgspec import Raw, Struct, field


class EventData(Struct, kw_only=True, frozen=True, tag_field="type"):
    """What an event type says. The tag is the event type; on the wire it stands in the envelope."""


class Actor(Struct, kw_only=True, frozen=True, gc=False, omit_defaults=True):
    """Who did it, under the name they had then; `agent` is the name of the agent's token that did it for them."""

    id: str
    username: str
    agent: str | None = None


class Cause(Struct, kw_only=True, frozen=True, gc=False):
    """The automation rule that did it, and the event that set it off; null when it was the clock, or a trial."""

    rule_id: str
    rule_name: str
    event_seq: int | None


class RawEvent(Struct, kw_only=True, omit_defaults=True):
    """An event whose data is still JSON: how the log stores it and how it is sent on."""

    seq: int
    board_id: str
    type: str
    at: datetime
    actor: Actor | None = None
    cause: Cause | None = None
    op_id: str | None = None
    reverts: int | None = None
    data: Raw = field(default_factory=lambda: Raw(b"null"))
