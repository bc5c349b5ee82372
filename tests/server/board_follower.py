"""A replica of a board that is brought up to date by events alone, and what must be true of each step that it takes."""

from __future__ import annotations

from typing import Any

from rego.client import boards
from rego.client.blocking import Client
from rego.replica import Replica
from rego.wire.base import to_json
from rego.wire.cards import CardSummary
from rego.wire.codec import read_event
from rego.wire.snapshot import Snapshot

UNVERSIONED = ("rank", "label_ids", "assignee_ids", "checklist_done", "checklist_total", "comment_count", "attachment_count")
"""What changes of a card without its version: what hangs on it, room that is made, a label or a member that goes."""


class Follower:
    """A replica of a board, in one of its two forms, that is brought up to date by events alone."""

    def __init__(self, client: Client, board_id: str, *, archived: bool) -> None:
        self._client = client
        self._board_id = board_id
        self._archived = archived
        self._replica = Replica(self._read())

    def check(self) -> Snapshot:
        """Whether the events since the last look lead to the board as it is; their numbers have no hole."""
        old = self._replica.snapshot()
        events = [read_event(raw) for raw in self._client.send(boards.list_events(self._board_id, old.seq, 200))]
        assert [event.seq for event in events] == list(range(old.seq + 1, old.seq + 1 + len(events)))
        for event in events:
            self._replica.apply(event)
        new = self._read()
        assert to_json(self._replica.snapshot()) == to_json(new)
        _check_versions(old, new)
        return new

    def _read(self) -> Snapshot:
        return self._client.send(boards.get_snapshot(self._board_id, archived=self._archived))


def _check_versions(old: Snapshot, new: Snapshot) -> None:
    """A version never falls, and grows with every change that is one of the card itself."""
    before = {card.id: card for card in old.cards}
    for card in new.cards:
        was = before.get(card.id, card)
        assert card.version >= was.version
        assert card.version > was.version or _own(card) == _own(was)


def _own(card: CardSummary) -> dict[str, Any]:
    return {name: getattr(card, name) for name in card.__struct_fields__ if name not in UNVERSIONED}
