"""Boards to draw: snapshots built from the wire structs, from a handful of cards to ten thousand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from rego.wire.base import Role
from rego.wire.boards import Board, Member
from rego.wire.cards import CardSummary, Priority
from rego.wire.columns import Color, Column, WipMode
from rego.wire.labels import Label
from rego.wire.snapshot import Snapshot

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

ADA = Member(user_id="a" * 8 + "-0000-4000-8000-000000000001", username="ada", firstname="Ada", lastname="", role=Role.OWNER)
MIA = Member(user_id="b" * 8 + "-0000-4000-8000-000000000002", username="mia", firstname="Mia", lastname="", role=Role.MEMBER)


def uid(kind: int, number: int) -> str:
    """A UUID that says which thing of which kind it is."""
    return str(UUID(int=(kind << 96) + number))


def board_id(number: int = 1) -> str:
    return uid(1, number)


def column_id(number: int) -> str:
    return uid(2, number)


def card_id(number: int) -> str:
    return uid(3, number)


def label_id(number: int) -> str:
    return uid(4, number)


def rank(number: int) -> str:
    return f"{number << 40:016x}"


def board(title: str = "Website relaunch", key: str = "OPS", number: int = 1) -> Board:
    return Board(
        id=board_id(number), version=1, created_at=NOW, updated_at=NOW, title=title, description="", key=key, archived=False
    )


def column(number: int, title: str, **fields: Any) -> Column:
    known: dict[str, Any] = {"wip_limit": None, "wip_mode": WipMode.SOFT, "done": False, "color": None, "archived": False}
    stamps: dict[str, Any] = {"version": 1, "created_at": NOW, "updated_at": NOW}
    return Column(id=column_id(number), title=title, rank=rank(number), **stamps, **(known | fields))


def label(number: int, name: str, color: Color) -> Label:
    return Label(id=label_id(number), version=1, created_at=NOW, updated_at=NOW, name=name, color=color)


def card(number: int, title: str, column_number: int = 1, **fields: Any) -> CardSummary:
    known: dict[str, Any] = {"rank": rank(number), "version": 1, "created_at": NOW, "updated_at": NOW}
    return CardSummary(
        id=card_id(number),
        board_id=board_id(),
        column_id=column_id(column_number),
        number=number,
        title=title,
        **(known | fields),
    )


def snapshot(columns: list[Column], cards: list[CardSummary], **fields: Any) -> Snapshot:
    known: dict[str, Any] = {"board": board(), "seq": 100, "epoch": uid(9, 1), "archived": False, "labels": []}
    known |= {"members": [ADA, MIA]}
    return Snapshot(columns=columns, cards=cards, **(known | fields))


def small() -> Snapshot:
    """Two columns: A1, A2, A3 and B1."""
    cards = [card(1, "A1"), card(2, "A2"), card(3, "A3"), card(4, "B1", 2)]
    return snapshot([column(1, "Todo"), column(2, "Doing")], cards)


def rich() -> Snapshot:
    """Four columns with all that a card can show."""
    labels = [label(1, "bug", Color.RED), label(2, "design", Color.PURPLE), label(3, "infra", Color.SKY)]
    bug, design, infra = (one.id for one in labels)
    columns = [
        column(1, "Backlog"),
        column(2, "In progress", wip_limit=3, color=Color.BLUE),
        column(3, "Review", wip_limit=1, color=Color.YELLOW),
        column(4, "Done", done=True, color=Color.GREEN),
    ]
    cards = [
        card(1, "Write down what the first week taught us", label_ids=[design], comment_count=3),
        card(2, "Search forgets the filter", label_ids=[bug], priority=Priority.URGENT, assignee_ids=[ADA.user_id]),
        card(3, "Choose a typeface", has_description=True),
        card(4, "Move the mail queue to the new host without losing a message", label_ids=[infra, bug], checklist_total=5),
        card(5, "日本語の表題が列の幅を壊さないこと", 2, assignee_ids=[MIA.user_id]),
        card(
            6,
            "Rotate the signing keys",
            2,
            label_ids=[infra],
            due_at=NOW + timedelta(days=1),
            checklist_done=2,
            checklist_total=4,
            assignee_ids=[ADA.user_id, MIA.user_id],
            comment_count=1,
        ),
        card(7, "Landing page on small phones", 2, label_ids=[design], due_at=NOW - timedelta(days=3), has_description=True),
        card(8, "Quotas per team", 3, priority=Priority.HIGH, attachment_count=2),
        card(9, "A second pair of eyes on the licence text", 3),
        card(10, "Backups are restored each night", 4, completed=True, checklist_done=3, checklist_total=3, label_ids=[infra]),
        card(11, "Logo", 4, completed=True),
    ]
    return snapshot(columns, cards, labels=labels)


def large(count: int, columns: int = 5) -> Snapshot:
    """`count` cards spread over some columns."""
    cards = [
        card(n, f"Card number {n} with a title that may need a second line", 1 + n % columns, rank=rank(n))
        for n in range(1, count + 1)
    ]
    return snapshot([column(n, f"Column {n}") for n in range(1, columns + 1)], cards)
