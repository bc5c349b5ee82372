"""The formats of an export: each writes a board, then its cards one by one, as bytes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from rego.wire.base import to_json
from rego.wire.imports import ExportFormat, Plan, PlannedCard
from rego_server.domains.exports.document import DocumentWriter
from rego_server.domains.exports.table import TableWriter


class Writer(Protocol):
    """Writes one board."""

    def begin(self, board: Plan) -> bytes:
        """What stands before the cards; `board` has none."""

    def card(self, card: PlannedCard) -> bytes:
        """The next card; they come column by column, in their order."""

    def end(self) -> bytes:
        """What stands after the cards."""


class PlanWriter:
    """Rego's own format: a plan as JSON, one card a line, so that two exports can be compared."""

    def __init__(self) -> None:
        self._separator = b"\n"

    def begin(self, board: Plan) -> bytes:
        return to_json(board).removesuffix(b"}") + b',"cards":['

    def card(self, card: PlannedCard) -> bytes:
        separator, self._separator = self._separator, b",\n"
        return separator + to_json(card)

    def end(self) -> bytes:
        return b"\n]}\n"


WRITERS: Mapping[ExportFormat, type[Writer]] = {
    ExportFormat.JSON: PlanWriter,
    ExportFormat.CSV: TableWriter,
    ExportFormat.MD: DocumentWriter,
}

MEDIA_TYPES: Mapping[ExportFormat, str] = {
    ExportFormat.JSON: "application/json",
    ExportFormat.CSV: "text/csv; charset=utf-8; header=present",
    ExportFormat.MD: "text/markdown; charset=utf-8",
}
