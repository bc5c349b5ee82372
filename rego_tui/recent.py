"""Which boards were opened last, kept in the cache: a file that can be thrown away."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from rego.client.paths import write_private_file

KEPT = 50
"""How many boards are remembered."""


def recent_boards(directory: Path) -> list[str]:
    """The ids of the boards that were opened, the last one first; none when nothing can be read."""
    try:
        return msgspec.json.decode(_file(directory).read_bytes(), type=list[str])
    except (OSError, msgspec.DecodeError):
        return []


def remember_board(directory: Path, board_id: str) -> None:
    """Note that a board was opened; a cache that cannot be written is no misfortune."""
    ids = [board_id, *(each for each in recent_boards(directory) if each != board_id)][:KEPT]
    with suppress(OSError):
        write_private_file(_file(directory), msgspec.json.encode(ids))


def _file(directory: Path) -> Path:
    return directory / "recent-boards.json"
