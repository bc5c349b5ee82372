"""A board as a table: one card a row, as RFC 4180 has it, with cells that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from io import StringIO

from rego.wire.imports import Plan, PlannedCard
from rego_server.domains.exports.names import Names, rfc3339

HEADINGS = (
    "card",
    "column",
    "title",
    "description",
    "labels",
    "assignees",
    "priority",
    "start",
    "due",
    "completed",
    "archived",
    "items done",
    "items",
    "comments",
    "created",
    "updated",
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}")
"""What a cell of a formula may begin with (OWASP, "CSV Injection")."""


class TableWriter:
    """Writes CSV in UTF-8, without a byte order mark."""

    def begin(self, board: Plan) -> bytes:
        self._names = Names(board)
        return _row(HEADINGS)

    def card(self, card: PlannedCard) -> bytes:
        items = [item for checklist in card.checklists for item in checklist.items]
        return _row(
            (
                self._names.reference(card),
                self._names.columns[card.column],
                card.title,
                card.description,
                "; ".join(self._names.labels[key] for key in card.labels),
                "; ".join(self._names.people[key] for key in card.assignees),
                card.priority,
                _moment(card.start_at),
                _moment(card.due_at),
                _flag(card.completed),
                _flag(card.archived),
                sum(item.done for item in items),
                len(items),
                len(card.comments),
                _moment(card.created_at),
                _moment(card.updated_at or card.created_at),
            )
        )

    def end(self) -> bytes:
        return b""


def _row(cells: Iterable[str | int]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(map(_harmless, cells))
    return text.getvalue().encode()


def _harmless(cell: str | int) -> str:
    """`cell` behind an apostrophe where a spreadsheet would compute it."""
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _moment(moment: datetime | None) -> str:
    return rfc3339(moment) if moment else ""


def _flag(flag: bool) -> str:
    return "yes" if flag else "no"
