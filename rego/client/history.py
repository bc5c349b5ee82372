"""Undo: taking back what an event of a board's log did."""

from __future__ import annotations

from rego.client.call import Call, path_of
from rego.wire.event_data import RawEvent
from rego.wire.undo import RevertEvent


def revert_event(board_id: str, seq: int, *, whole: bool = False) -> Call[list[RawEvent]]:
    """Undo the event `seq`, or with `whole` all that was done together with it; answers the events that do so.

    Raises `ChangedSince` when what it changed was changed again, `Conflict` for one that was undone already or cannot be. To
    redo is to revert the event that is answered.
    """
    path = path_of("boards", board_id, "events", str(seq), "revert")
    return Call(method="POST", path=path, body=RevertEvent(whole=whole), returns=list[RawEvent])
