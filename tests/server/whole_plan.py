"""A board's file in which every field says something, and what finds a field that does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from rego.wire.base import Role
from rego.wire.cards import Priority
from rego.wire.columns import Color, WipMode
from rego.wire.imports import (
    Plan,
    PlannedCard,
    PlannedChecklist,
    PlannedColumn,
    PlannedComment,
    PlannedFile,
    PlannedItem,
    PlannedLabel,
    PlannedPerson,
    PlannedRule,
)
from rego.wire.users import User

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

NEVER_BROUGHT = {"PlannedCard.files", *(f"PlannedFile.{name}" for name in ("filename", "size", "sha256", "path"))}
"""Files only come in archives, which `tests/cli/test_export.py` is about."""


def whole_plan(owner: User) -> Plan:
    """A board of `owner`, whose name it gives as the account does."""
    people = [
        PlannedPerson(key="p1", username=owner.username, name=f"{owner.firstname} {owner.lastname}".strip(), role=Role.OWNER),
        PlannedPerson(key="p2", username="zz-viewer", name="Vi Von Ewer", lastname="Ewer", role=Role.VIEWER),
        PlannedPerson(key="p3", username="zzz-former", name="For Mer", role=None),
    ]
    return Plan(
        title="Quay and crane",
        description="What we do\nat the harbour",
        key="WHOLE",
        archived=True,
        created_at=NOON - HOUR,
        last_number=12,
        people=people,
        labels=[PlannedLabel(key="l1", name="height", color=Color.RED), PlannedLabel(key="l2", name="", color=Color.SKY)],
        columns=[
            PlannedColumn(key="c1", title="To do", wip_limit=3, wip_mode=WipMode.HARD, color=Color.BLUE),
            PlannedColumn(key="c2", title="Done", done=True, archived=True),
        ],
        rules=[
            PlannedRule(
                name="Look",
                trigger={"type": "card.moved", "from": "c1", "to": "c2"},
                conditions="label:height",
                actions=[{"type": "add_label", "label": "l2"}, {"type": "assign_member", "user": "p2"}],
                enabled=False,
            )
        ],
        cards=[_card(), PlannedCard(column="c1", title="Last", number=2, created_at=NOON, created_by="p1")],
    )


def _card() -> PlannedCard:
    item = PlannedItem(text="Ladder", done=True, assignee="p2", due_at=NOON + HOUR)
    return PlannedCard(
        column="c1",
        title="Paint the crane",
        number=7,
        description="Two coats",
        due_at=NOON + 2 * HOUR,
        start_at=NOON + HOUR,
        priority=Priority.HIGH,
        completed=True,
        archived=True,
        created_at=NOON,
        created_by="p3",
        updated_at=NOON + HOUR,
        updated_by="p2",
        labels=["l1", "l2"],
        assignees=["p1", "p2"],
        checklists=[PlannedChecklist(title="Steps", items=[item, PlannedItem(text="Rope")]), PlannedChecklist(title="Empty")],
        comments=[
            PlannedComment(text="Look, @zz-viewer", author="p3", at=NOON, edited_at=NOON + HOUR),
            PlannedComment(text="Seen", at=NOON + HOUR, rule="Look"),
        ],
    )


def fields_at_default(plan: Plan) -> set[str]:
    """The fields of all parts of a plan that no part of `plan` sets, as `PlannedCard.title`."""
    kinds: set[type[msgspec.Struct]] = {Plan, PlannedFile, *map(type, _parts(plan))}
    every = {f"{kind.__name__}.{field.name}" for kind in kinds for field in msgspec.structs.fields(kind)}
    # What is at its default is not encoded.
    said = {f"{type(part).__name__}.{name}" for part in (plan, *_parts(plan)) for name in msgspec.to_builtins(part)}
    return every - said


def _parts(part: msgspec.Struct) -> Iterator[msgspec.Struct]:
    """All structs inside `part`."""
    for field in msgspec.structs.fields(part):
        value: Any = getattr(part, field.name)
        for inner in value if isinstance(value, list) else ():
            if isinstance(inner, msgspec.Struct):
                yield inner
                yield from _parts(inner)
