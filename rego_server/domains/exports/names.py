"""What people call the things of a plan, for formats that are read by people."""

from __future__ import annotations

from datetime import UTC, datetime

from rego.wire.imports import Plan, PlannedCard


class Names:
    """Names by key. A label without a name is called by its colour, a person without one by the username."""

    def __init__(self, board: Plan) -> None:
        self._key = board.key or ""
        self.columns = {column.key: column.title for column in board.columns}
        self.labels = {label.key: label.name or label.color.value for label in board.labels}
        self.people = {person.key: person.name or person.username for person in board.people}

    def reference(self, card: PlannedCard) -> str:
        """The card's reference, such as OPS-12."""
        return f"{self._key}-{card.number}"


def rfc3339(moment: datetime) -> str:
    """`moment` in UTC for programs, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
