"""What an import brings, in Rego's own words: every reader of a foreign format makes a `Plan`, one action carries it out.

A plan is also Rego's own file format (`format=rego`). Inside it things refer to each other by `key`, any string unique in
its list; ids are given when it is carried out. Orders are the orders of the lists.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field

from rego.wire.boards import Board
from rego.wire.cards import Priority
from rego.wire.columns import Color, WipMode


class PlannedPerson(Struct, kw_only=True):
    key: str
    username: str
    name: str = ""


class PlannedLabel(Struct, kw_only=True):
    key: str
    name: str
    color: Color


class PlannedColumn(Struct, kw_only=True):
    key: str
    title: str
    wip_limit: int | None = None
    wip_mode: WipMode = WipMode.SOFT
    done: bool = False
    color: Color | None = None
    archived: bool = False


class PlannedItem(Struct, kw_only=True):
    text: str
    done: bool = False
    assignee: str | None = None
    due_at: datetime | None = None


class PlannedChecklist(Struct, kw_only=True):
    title: str
    items: list[PlannedItem] = []


class PlannedComment(Struct, kw_only=True):
    """`author` is a person's key, `at` the time of writing; comments stand oldest first."""

    text: str
    author: str | None = None
    at: datetime | None = None


class PlannedCard(Struct, kw_only=True):
    """`column`, `labels` and `assignees` are keys. Cards of one column stand in their order."""

    column: str
    title: str
    number: int | None = None
    description: str = ""
    due_at: datetime | None = None
    start_at: datetime | None = None
    priority: Priority = Priority.NONE
    completed: bool = False
    archived: bool = False
    created_at: datetime | None = None
    labels: list[str] = []
    assignees: list[str] = []
    checklists: list[PlannedChecklist] = []
    comments: list[PlannedComment] = []


class Plan(Struct, kw_only=True):
    title: str
    description: str = ""
    people: list[PlannedPerson] = []
    labels: list[PlannedLabel] = []
    columns: list[PlannedColumn] = []
    cards: list[PlannedCard] = []


class Tally(Struct, kw_only=True):
    """One kind of thing: how many the file held and how many came in."""

    found: int = 0
    imported: int = 0


class Remark(Struct, kw_only=True, frozen=True):
    """What was mended or left out, why, and how often. `where` names an example, such as a card's title."""

    what: str
    why: str
    count: int = 1
    where: str = ""


class Report(Struct, kw_only=True):
    """What came in and what could not. Kinds: lists, cards, labels, label uses, checklists, items, comments, members…"""

    tallies: dict[str, Tally] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


class Imported(Struct, kw_only=True):
    board: Board
    report: Report
