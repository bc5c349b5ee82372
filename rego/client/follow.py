"""A client's end of the live protocol without the socket: frames in, updates out, and the position to resume from."""

from __future__ import annotations

from rego.client.updates import EventCame, Online, PresenceCame, SnapshotCame, Update
from rego.wire.codec import read_event
from rego.wire.event_data import RawEvent
from rego.wire.frames import AnyServerFrame, EventFrame, Hello, Ping, PresenceFrame, Resume, SnapshotFrame
from rego.wire.presence import Person
from rego.wire.snapshot import Snapshot

Position = tuple[str, int]
"""An epoch and the number of the last event that the reader has."""


class OutOfStep(Exception):
    """The stream is not what it should be, so that only a new connection helps; the text says what was wrong."""


class Follower:
    """Follows one board over any number of connections; `begin` starts each."""

    def __init__(self, board_id: str, position: Position | None) -> None:
        self.position = position
        self.people: dict[str, Person] = {}
        self._degraded = False
        self._board_id = board_id
        self._greeted = False
        self._awaits_snapshot = False
        self._announced = 0

    def begin(self) -> None:
        """A new connection is open: its first frame must be a hello."""
        self._greeted = False
        self._awaits_snapshot = False
        self._announced = 0

    @property
    def is_behind(self) -> bool:
        """Whether the server told of an event that has not come yet. A snapshot may take its time."""
        return not self._awaits_snapshot and self.position is not None and self.position[1] < self._announced

    def receive(self, frame: AnyServerFrame) -> list[Update]:
        """What `frame` means for the reader; raises `OutOfStep` when it cannot be the next one."""
        if isinstance(frame, Hello):
            return self._greet(frame)
        if not self._greeted:
            raise OutOfStep("the server did not say hello")
        match frame:
            case EventFrame(event=event):
                return self._follow(event)
            case SnapshotFrame(snapshot=snapshot):
                return self._replace(snapshot)
            case PresenceFrame():
                return [self._meet(frame)]
            case Ping(seq=seq):
                self._announced = max(self._announced, seq)
        return []

    def _greet(self, hello: Hello) -> list[Update]:
        if hello.board_id != self._board_id:
            raise OutOfStep("the server greeted with another board")
        if hello.resume is Resume.REPLAY and (self.position is None or self.position[0] != hello.epoch):
            # What we hold is of no use with this database; the next connection asks for a snapshot.
            self.position = None
            raise OutOfStep("the server resumed from a place that was not asked for")
        self._greeted = True
        self._awaits_snapshot = hello.resume is not Resume.REPLAY
        self._announced = hello.seq
        self.people = {person.connection_id: person for person in hello.people}
        self._degraded = hello.degraded
        return [Online(hello=hello), self._people_now()]

    def _follow(self, raw: RawEvent) -> list[Update]:
        if self._awaits_snapshot or self.position is None:
            raise OutOfStep("an event came before the snapshot")
        epoch, seq = self.position
        if raw.seq <= seq:
            return []
        if raw.seq != seq + 1:
            raise OutOfStep(f"event {seq + 1} is missing")
        self.position = (epoch, raw.seq)
        return [EventCame(event=read_event(raw), raw=raw)]

    def _replace(self, snapshot: Snapshot) -> list[Update]:
        self._awaits_snapshot = False
        self.position = (snapshot.epoch, snapshot.seq)
        return [SnapshotCame(snapshot=snapshot)]

    def _meet(self, frame: PresenceFrame) -> Update:
        self.people.update((person.connection_id, person) for person in frame.present)
        for connection_id in frame.left:
            self.people.pop(connection_id, None)
        self._degraded = frame.degraded
        return self._people_now()

    def _people_now(self) -> PresenceCame:
        return PresenceCame(people=dict(self.people), degraded=self._degraded)
