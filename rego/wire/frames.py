"""The frames of `/ws/boards/{id}` and the close codes, whose ranges tell a client what to do next."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, IntEnum, StrEnum

import msgspec
from msgspec import Struct

from rego.wire.base import Id
from rego.wire.event_data import RawEvent
from rego.wire.presence import Person
from rego.wire.snapshot import Snapshot


class Resume(StrEnum):
    """How a client is brought up to date: by the events it missed, by a first snapshot, or by one that replaces its state."""

    REPLAY = "replay"
    SNAPSHOT = "snapshot"
    RESET = "reset"


class ServerFrame(Struct, kw_only=True, tag_field="type"):
    """What a server sends."""


class Hello(ServerFrame, kw_only=True, tag="hello"):
    """The first frame. `seq` is the board's; `heartbeat` is in seconds; `reason` says why a reset was needed; `degraded`
    is as in a presence frame.

    After `replay` the missed events follow, after `snapshot` and `reset` a snapshot frame,
    which may be of a second before `seq`, and the events since; then live frames.
    """

    connection_id: str
    board_id: str
    epoch: str
    seq: int
    heartbeat: float
    resume: Resume
    reason: str | None = None
    people: list[Person] = []
    degraded: bool = False


class SnapshotFrame(ServerFrame, kw_only=True, tag="snapshot"):
    """The whole board, at the number from which events go on."""

    snapshot: Snapshot


class EventFrame(ServerFrame, kw_only=True, tag="event"):
    """The next event of the board's log."""

    event: RawEvent


class PresenceFrame(ServerFrame, kw_only=True, tag="presence"):
    """Connections that came or changed what they look at, and the ids of those that went.

    `degraded` is true while the server hears nothing of others on the same database, so that people may be missing.
    """

    present: list[Person] = []
    left: list[str] = []
    degraded: bool = False


class Ping(ServerFrame, kw_only=True, tag="ping"):
    """The heartbeat. A client whose own seq is behind `seq` has lost something and reconnects."""

    seq: int
    at: datetime


class Goaway(ServerFrame, kw_only=True, tag="goaway"):
    """The server stops, and closes the socket with 1012: reconnect after `delay` seconds, which is another for each client."""

    delay: float


class ClientFrame(Struct, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """What a client sends."""


class Auth(ClientFrame, kw_only=True, tag="auth"):
    """The first frame of a client that could not send an `Authorization` header."""

    token: str


class Pong(ClientFrame, kw_only=True, tag="pong"):
    """The answer to a ping; a client that sends nothing for long is taken for gone."""


class Focus(ClientFrame, kw_only=True, tag="focus"):
    """The card under the cursor, or none."""

    card_id: Id | None = None
    editing: bool = False


AnyServerFrame = Hello | SnapshotFrame | EventFrame | PresenceFrame | Ping | Goaway
AnyClientFrame = Auth | Pong | Focus

_server_frames: msgspec.json.Decoder[AnyServerFrame] = msgspec.json.Decoder(AnyServerFrame)
_client_frames: msgspec.json.Decoder[AnyClientFrame] = msgspec.json.Decoder(AnyClientFrame)


class _Type(Struct):
    type: str


def decode_server_frame(frame: bytes | str) -> AnyServerFrame | None:
    """The frame, or None when it is of a type that this version does not know; raises `msgspec.DecodeError` on garbage."""
    try:
        return _server_frames.decode(frame)
    except msgspec.ValidationError:
        if msgspec.json.decode(frame, type=_Type).type in _SERVER_TYPES:
            raise
        return None


def decode_client_frame(frame: bytes | str) -> AnyClientFrame:
    """The frame; raises `msgspec.DecodeError` when it is none."""
    return _client_frames.decode(frame)


_SERVER_TYPES = {"hello", "snapshot", "event", "presence", "ping", "goaway"}


class Advice(Enum):
    """What a close code asks of the client."""

    RESUME_NOW = "reconnect at once and resume"
    RESUME_LATER = "reconnect with backoff and resume"
    LOG_IN = "log in again, then resume"
    STOP = "do not come back"


class CloseCode(IntEnum):
    """Why a socket was closed. 40xx: resume now; 41xx: resume later; 42xx: log in; 43xx: stop."""

    NORMAL = 1000  # either side is done
    GOING_AWAY = 1001  # the other program ends
    INTERNAL_ERROR = 1011  # something went wrong in the server; its log tells
    SERVICE_RESTART = 1012  # the server is stopping
    TOO_SLOW = 4000  # more was waiting for the client than the server keeps
    LOST_SYNC = 4001  # the stream can no longer be continued without a gap
    SILENT = 4002  # nothing was heard from the client for too long
    OVERLOADED = 4100  # the server cannot serve this socket now, or the person has too many
    TOO_MANY_FRAMES = 4101  # the client sends more frames than the server takes
    AUTH_DEADLINE = 4200  # no auth frame came in time
    SESSION_ENDED = 4201  # the credentials are wrong, or the session is over
    BOARD_GONE = 4300  # the board was deleted
    ACCESS_LOST = 4301  # the board is not, or no longer, the client's to see
    BAD_FRAME = 4302  # the client sent what is no frame of this protocol


def advice_for(code: int) -> Advice:
    """What to do after a close with `code`; codes outside Rego's ranges are treated as an outage."""
    return _ADVICE.get(code // 100, Advice.RESUME_LATER)


_ADVICE = {40: Advice.RESUME_NOW, 41: Advice.RESUME_LATER, 42: Advice.LOG_IN, 43: Advice.STOP}
