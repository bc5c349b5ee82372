"""Boards as files."""

from __future__ import annotations

from rego.client.call import Call, path_of
from rego.wire.imports import ExportFormat


def export_board(board_id: str, format: ExportFormat = ExportFormat.JSON) -> Call[bytes]:  # noqa: A002 - the word of the HTTP contract
    """The board as a file: JSON that can be imported again, CSV with one card a row, or a Markdown document."""
    return Call(method="GET", path=path_of("boards", board_id, "export"), query={"format": format.value}, returns=bytes)
