"""Fields of cards and their values in the words of a board: a column, a label or a person by name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rego.replica import Replica

_FIELDS = {"column_id": "column", "due_at": "due date", "assignee_ids": "people", "label_ids": "labels", "completed": "done"}
UNSAID = frozenset({"rank"})
"""Fields that mean nothing to people."""


def field_word(name: str) -> str:
    """What people call a field."""
    return _FIELDS.get(name, name)


def shown(value: Any, replica: Replica) -> str:
    """A value in the words of the board."""
    match value:
        case None | [] | "":
            return "empty"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(shown(each, replica) for each in value)
        case datetime():
            return f"{value.astimezone():%Y-%m-%d %H:%M}"
        case str() if value in replica.columns:
            return f"“{replica.columns[value].title}”"
        case str() if value in replica.labels:
            return f"“{replica.labels[value].name or replica.labels[value].color.value}”"
        case str() if value in replica.members:
            return replica.members[value].name
    return f"“{value}”"
