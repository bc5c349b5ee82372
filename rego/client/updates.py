"""What a live board tells its reader, one struct per kind of news."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from rego.wire.event_data import RawEvent
from rego.wire.events import Event
from rego.wire.frames import Advice, Hello
from rego.wire.presence import Person
from rego.wire.snapshot import Snapshot


class Online(Struct, kw_only=True, frozen=True):
    """The socket is open; what was missed, or a snapshot, follows as `hello.resume` says."""

    hello: Hello


class Offline(Struct, kw_only=True, frozen=True):
    """Cut off `since` then (UTC), because of `reason`; the next try begins in `retry_in` seconds."""

    since: datetime
    reason: str
    retry_in: float


class SnapshotCame(Struct, kw_only=True, frozen=True):
    """The whole board; it replaces whatever the reader had."""

    snapshot: Snapshot


class EventCame(Struct, kw_only=True, frozen=True):
    """The next event, with none missing before it. `raw` is how it came, for readers that pass it on."""

    event: Event
    raw: RawEvent


class PresenceCame(Struct, kw_only=True, frozen=True):
    """Everybody who is on the board now, by connection id; while `degraded` some may be missing."""

    people: dict[str, Person]
    degraded: bool = False


class Ended(Struct, kw_only=True, frozen=True):
    """The last update. `advice` is LOG_IN or STOP."""

    advice: Advice
    reason: str


Update = Online | Offline | SnapshotCame | EventCame | PresenceCame | Ended
