"""The proof of "an event is enough": the board before an action plus the action's events is the board after it.

The same `rego.replica` code that every client runs applies the events, to both forms of the snapshot.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from msgspec import Struct

from rego.client import boards
from rego.client.aio import Client
from rego.replica import Replica
from rego.wire import limits
from rego.wire.base import to_json
from rego.wire.codec import read_event
from rego.wire.events import Event, Unknown
from rego.wire.snapshot import Snapshot

T = TypeVar("T")


class Replayed(Struct, Generic[T]):
    """What an action answered, and the events that it made."""

    answer: T
    events: list[Event]

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]


async def replay(client: Client, board_id: str, action: Callable[[], Awaitable[T]]) -> Replayed[T]:
    """Run `action` and check that its events lead from the old board to the new one.

    `client` belongs to a reader of the board who can still read it after the action.
    """
    before = await _both_forms(client, board_id)
    answer = await action()
    events = await events_since(client, board_id, before[0].seq)
    for old, new in zip(before, await _both_forms(client, board_id), strict=True):
        check_replay(old, events, new)
    return Replayed(answer, events)


def check_replay(old: Snapshot, events: list[Event], new: Snapshot) -> None:
    """Whether `old` and `events` are `new`: byte for byte, as lists in order and as a client draws them."""
    replica = Replica(old)
    for event in events:
        assert not isinstance(event.data, Unknown), f"{event.type} cannot be read"
        replica.apply(event)
    replayed = replica.snapshot()
    assert _by_id(replayed) == _by_id(new), "replayed content is not the board's"
    assert to_json(replayed) == to_json(new), "replayed board is in another order or written otherwise"
    assert [column.id for column in replica.columns_in_order(archived=True)] == [column.id for column in new.columns]
    for column in new.columns:
        shown = [card.id for card in replica.cards_in(column.id)]
        assert shown == [card.id for card in new.cards if card.column_id == column.id]


async def events_since(client: Client, board_id: str, seq: int) -> list[Event]:
    """All events after `seq`, however many pages they fill; their numbers must have no hole."""
    events: list[Event] = []
    while page := await client.send(boards.list_events(board_id, since=seq, limit=limits.LIST_MAX)):
        events += map(read_event, page)
        assert [event.seq for event in page] == list(range(seq + 1, seq + 1 + len(page)))
        seq = page[-1].seq
    return events


async def _both_forms(client: Client, board_id: str) -> list[Snapshot]:
    return [await client.send(boards.get_snapshot(board_id, archived=archived)) for archived in (False, True)]


def _by_id(snapshot: Snapshot) -> dict[str, object]:
    """The snapshot with its lists as dictionaries, so that a difference in content is not hidden in one of order."""
    return {
        "board": snapshot.board,
        "seq": snapshot.seq,
        "epoch": snapshot.epoch,
        "archived": snapshot.archived,
        "members": {member.user_id: member for member in snapshot.members},
        "labels": {label.id: label for label in snapshot.labels},
        "columns": {column.id: column for column in snapshot.columns},
        "cards": {card.id: card for card in snapshot.cards},
    }
