"""A board with something of everything, as the writers of an export get it: a plan without cards, then the cards."""

from __future__ import annotations

from datetime import UTC, datetime

from rego.wire.base import Role
from rego.wire.cards import Priority
from rego.wire.columns import Color
from rego.wire.imports import (
    ExportFormat,
    Plan,
    PlannedCard,
    PlannedChecklist,
    PlannedColumn,
    PlannedComment,
    PlannedItem,
    PlannedLabel,
    PlannedPerson,
)
from rego_server.domains.exports.formats import WRITERS

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)

BOARD = Plan(
    title="Quay *and* crane",
    description="What we do\nat the harbour",
    key="HAR",
    created_at=NOON,
    last_number=9,
    people=[
        PlannedPerson(key="p1", username="ann", name="Ann Lee", role=Role.OWNER),
        PlannedPerson(key="p2", username="bo", role=None),
    ],
    labels=[PlannedLabel(key="l1", name="height", color=Color.RED), PlannedLabel(key="l2", name="", color=Color.SKY)],
    columns=[
        PlannedColumn(key="c1", title="To do", wip_limit=3),
        PlannedColumn(key="c2", title="Empty"),
        PlannedColumn(key="c3", title="Done", done=True, archived=True),
    ],
)
CRANE = PlannedCard(
    column="c1",
    title="Paint <the> crane",
    number=1,
    description="```\nunclosed",
    due_at=NOON,
    priority=Priority.HIGH,
    created_at=NOON,
    labels=["l1", "l2"],
    assignees=["p1"],
    checklists=[
        PlannedChecklist(title="Steps", items=[PlannedItem(text="Ladder", done=True), PlannedItem(text="[x]", assignee="p1")])
    ],
    comments=[PlannedComment(text="Two\n\ncoats", author="p2", at=NOON), PlannedComment(text="?", at=NOON, edited_at=NOON)],
)
ROPE = PlannedCard(column="c3", title='=HYPERLINK("x")', number=2, completed=True, archived=True, created_at=NOON)


def written(wanted: ExportFormat, board: Plan = BOARD, *cards: PlannedCard) -> str:
    """What the writer of that format makes of the board, by default with both cards."""
    writer = WRITERS[wanted]()
    return b"".join([writer.begin(board), *map(writer.card, cards or (CRANE, ROPE)), writer.end()]).decode()
