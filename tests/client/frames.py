"""Frames of the live protocol as a well-behaved server on board `b`, epoch `e`, at event 10 sends them."""

from __future__ import annotations

from typing import Any

import msgspec

from rego.wire import events as e
from rego.wire.codec import encode_data
from rego.wire.event_data import RawEvent
from rego.wire.frames import EventFrame, Hello, Resume, SnapshotFrame
from tests.unit.samples import ADA, LATER, a_move, a_rank, a_snapshot

MOVE: e.EventData = a_move("a1", ("a", a_rank(1)), ("b", a_rank(9)))


def a_hello(**fields: Any) -> Hello:
    usual = {"connection_id": "c0", "board_id": "b", "epoch": "e", "seq": 10, "heartbeat": 15.0, "resume": Resume.REPLAY}
    return Hello(**{**usual, **fields})


def an_event_frame(seq: int, op_id: str | None = None) -> EventFrame:
    data = msgspec.Raw(encode_data(MOVE))
    raw = RawEvent(seq=seq, board_id="b", type="card.moved", at=LATER, actor=ADA, op_id=op_id, data=data)
    return EventFrame(event=raw)


def a_snapshot_frame() -> SnapshotFrame:
    return SnapshotFrame(snapshot=a_snapshot())
