"""Undoing as the tests of it do: the last event of a board, and taking one back."""

from __future__ import annotations

from rego.client import boards, history
from rego.wire.event_data import RawEvent
from tests.running import Somebody
from tests.server.furnished import Furnished


async def last_event(desk: Furnished) -> RawEvent:
    (event,) = await desk.own(boards.list_events(desk.board.id, order="desc", limit=1))
    return event


async def revert(desk: Furnished, seq: int, *, whole: bool = False, by: Somebody | None = None) -> list[RawEvent]:
    client = (by or desk.owner).client
    return await client.send(history.revert_event(desk.board.id, seq, whole=whole))
