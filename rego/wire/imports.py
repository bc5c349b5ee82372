"""What an import brings, in Rego's own words: every reader of a foreign format makes a `Plan`, one action carries it out.

A plan is also Rego's own file format (`format=rego`), which an export writes. Inside it things refer to each other by `key`,
any string unique in its list; ids are given when it is carried out. Orders are the orders of the lists. A field at its default
is not written.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from rego.wire.base import Parameters, Role
from rego.wire.boards import Board
from rego.wire.cards import Priority
from rego.wire.columns import Color, WipMode


class ExportFormat(StrEnum):
    """What a board can be written as: Rego's own file, which can be imported again; a table; a document to read."""

    JSON = "json"
    CSV = "csv"
    MD = "md"


class ImportFormat(StrEnum):
    """Whose files can be imported."""

    REGO = "rego"
    TRELLO = "trello"
    KANBAN_CLI = "kanban-cli"
    TASKWARRIOR = "taskwarrior"
    BEADS = "beads"


class ExportBoard(Parameters, kw_only=True):
    format: ExportFormat = ExportFormat.JSON


class ImportBoard(Parameters, kw_only=True):
    format: ImportFormat = ImportFormat.REGO


class Planned(Struct, kw_only=True, omit_defaults=True):
    """Common settings of all parts of a plan."""


class PlannedPerson(Planned, kw_only=True):
    """Somebody whom the board names. `role` is null for those who are not on it any more.

    `lastname` is the end of `name` that is the last name; by default all after the first blank.
    """

    key: str
    username: str
    name: str = ""
    lastname: str | None = None
    role: Role | None = Role.MEMBER


class PlannedLabel(Planned, kw_only=True):
    key: str
    name: str
    color: Color


class PlannedColumn(Planned, kw_only=True):
    key: str
    title: str
    wip_limit: int | None = None
    wip_mode: WipMode = WipMode.SOFT
    done: bool = False
    color: Color | None = None
    archived: bool = False


class PlannedItem(Planned, kw_only=True):
    text: str
    done: bool = False
    assignee: str | None = None
    due_at: datetime | None = None


class PlannedChecklist(Planned, kw_only=True):
    title: str
    items: list[PlannedItem] = []


class PlannedComment(Planned, kw_only=True):
    """`author` is a person's key, `at` the time of writing, `edited_at` of the last change; comments stand oldest first.

    `rule` is the name of the automation rule that wrote it, if no person did.
    """

    text: str
    author: str | None = None
    at: datetime | None = None
    edited_at: datetime | None = None
    rule: str | None = None


class PlannedRule(Planned, kw_only=True):
    """An automation rule; `trigger` and `actions` are as in a `CreateAutomation`, with keys in place of ids."""

    name: str
    trigger: dict[str, Any]
    actions: list[dict[str, Any]]
    conditions: str | None = None
    enabled: bool = True


class PlannedFile(Planned, kw_only=True):
    """A file on a card, without its content. In an archive that lies beside the board, under `path`; `sha256` is in hex."""

    filename: str
    size: int = 0
    sha256: str = ""
    path: str | None = None


class PlannedCard(Planned, kw_only=True):
    """`column`, `labels` and `assignees` are keys, `created_by` and `updated_by` too. Cards of one column stand in their order.

    Without `updated_at` a card was not changed since it was made; without `created_at` it is made now, by whoever imports it.
    """

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
    created_by: str | None = None
    updated_at: datetime | None = None
    updated_by: str | None = None
    labels: list[str] = []
    assignees: list[str] = []
    checklists: list[PlannedChecklist] = []
    comments: list[PlannedComment] = []
    files: list[PlannedFile] = []


class Plan(Planned, kw_only=True):
    """A whole board. `key` is what it would like to be called by, `last_number` the highest number that a card ever had."""

    title: str
    description: str = ""
    key: str | None = None
    archived: bool = False
    created_at: datetime | None = None
    last_number: int = 0
    people: list[PlannedPerson] = []
    labels: list[PlannedLabel] = []
    columns: list[PlannedColumn] = []
    rules: list[PlannedRule] = []
    cards: list[PlannedCard] = []


FILES_LEFT = "files left out"
"""What a report says of files that came without their content."""


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
