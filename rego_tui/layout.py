"""How a user wants to see one board: columns that are collapsed or hidden, and how dense the cards are. Kept by board."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from rego.client.paths import write_private_file
from rego_tui.widgets.looks import Density


class Layout(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The ids of columns that are not shown in full. Without a `density` of its own a board has that of the settings."""

    collapsed: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    density: Density | None = None

    def with_collapsed(self, column_id: str, yes: bool) -> Layout:
        return msgspec.structs.replace(self, collapsed=self.collapsed - {column_id} | ({column_id} if yes else set()))

    def with_hidden(self, column_id: str, yes: bool) -> Layout:
        return msgspec.structs.replace(self, hidden=self.hidden - {column_id} | ({column_id} if yes else set()))


def read_layout(directory: Path, board_id: str) -> Layout:
    """What is kept for a board; the plain layout when that is nothing, or cannot be read."""
    try:
        return msgspec.json.decode(_file(directory, board_id).read_bytes(), type=Layout)
    except (OSError, msgspec.DecodeError):
        return Layout()


def keep_layout(directory: Path, board_id: str, layout: Layout) -> None:
    """Keep a layout for the next time. Raises `OSError`."""
    write_private_file(_file(directory, board_id), msgspec.json.encode(layout))


def _file(directory: Path, board_id: str) -> Path:
    return directory / f"{board_id}.json"
