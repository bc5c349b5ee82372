"""What the tools of `rego mcp` answer: as little JSON as says it, with names in place of ids, and nothing that is empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from rego.cli.output import escaped
from rego.naming import label_name
from rego.wire.activity import UNSEEN
from rego.wire.cards import Card, CardSummary, FoundCard, Priority
from rego.wire.checklists import Checklist
from rego.wire.codec import read_event
from rego.wire.comments import Comment
from rego.wire.event_data import RawEvent
from rego.wire.sentences import sentence_of
from rego.wire.snapshot import Snapshot

View = dict[str, Any]


def as_text(view: View) -> str:
    """`view` as compact JSON in which nothing steers a terminal."""
    return escaped(msgspec.json.encode(view).decode())


class Names:
    """What the ids on a board stand for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._columns = {column.id: column.title for column in snapshot.columns}
        self._labels = {label.id: label_name(label) for label in snapshot.labels}
        self._people = {member.user_id: member.username for member in snapshot.members}

    def ref(self, card: CardSummary) -> str:
        """Such as OPS-12."""
        return f"{self.snapshot.board.key}-{card.number}"

    def person(self, user_id: str | None) -> str:
        """A username; nothing for who has left."""
        return self._people.get(user_id or "", "")

    def row(self, card: CardSummary) -> View:
        """A card as a list shows it."""
        return _full(
            {
                "ref": self.ref(card),
                "title": card.title,
                "column": self._columns.get(card.column_id),
                **_state(card),
                "labels": [self._labels[each] for each in card.label_ids if each in self._labels],
                "people": [self._people[each] for each in card.assignee_ids if each in self._people],
            }
        )

    def in_order(self) -> list[CardSummary]:
        """The board's cards column by column, as people see them."""
        place = {column.id: n for n, column in enumerate(self.snapshot.columns)}
        return sorted(self.snapshot.cards, key=lambda card: (place.get(card.column_id, len(place)), card.rank, card.id))

    def board(self, me: str) -> View:
        """The board without its cards."""
        held = [card.column_id for card in self.snapshot.cards]
        columns = [
            _full({"title": each.title, "cards": held.count(each.id), "limit": each.wip_limit, "done": each.done})
            for each in self.snapshot.columns
            if not each.archived
        ]
        board = self.snapshot.board
        return _full(
            {
                "board": board.key,
                "title": board.title,
                "description": board.description,
                "you": me,
                "columns": columns,
                "labels": list(self._labels.values()),
                "people": {member.username: member.role.value for member in self.snapshot.members},
            }
        )

    def sheet(self, card: Card, checklists: list[Checklist], comments: list[Comment]) -> View:
        """A card with what people wrote on it."""
        hanging = {
            "description": card.description,
            "files": card.attachment_count,
            "checklists": [
                {"title": each.title, "items": [f"[{'x' if item.done else ' '}] {item.text}" for item in each.items]}
                for each in checklists
            ],
            "comments": [
                {"by": self.person(each.created_by) or each.author, "at": _minute(each.created_at), "text": each.text}
                for each in comments
            ],
        }
        return {**self.row(card), **_full(hanging)}


def found(card: FoundCard) -> View:
    """A card that a search found on some board."""
    return _full({"ref": card.ref, "title": card.title, "board": card.board_title, "column": card.column_title, **_state(card)})


def told(events: list[RawEvent], since: int) -> View:
    """Events after `since` in sentences, and where to go on."""
    seen = [read_event(raw) for raw in events if raw.type not in UNSEEN]
    sentences = [f"{_minute(event.at)} {sentence_of(event)}" for event in seen]
    return {"events": sentences, "next": events[-1].seq if events else since}


def listed(rows: list[View], limit: int) -> View:
    """The first rows, and whether that was all."""
    return {"cards": rows[:limit], "more": True} if len(rows) > limit else {"cards": rows}


def _state(card: CardSummary) -> View:
    return {
        "done": card.completed,
        "archived": card.archived,
        "priority": "" if card.priority is Priority.NONE else card.priority.value,
        "due": _minute(card.due_at) if card.due_at else "",
        "start": _minute(card.start_at) if card.start_at else "",
    }


def _minute(moment: datetime) -> str:
    return moment.astimezone().isoformat(timespec="minutes")


def _full(view: Mapping[str, Any]) -> View:
    """`view` without what is empty; a nought is told."""
    return {name: value for name, value in view.items() if value is not False and value not in (None, "", [], {})}
