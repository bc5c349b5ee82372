"""What the operating system says of this process's files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def open_files(below: Path) -> list[Path]:
    """The files in `below` that this process has open, one as often as it is open."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        # One of them was the listing itself.
        with suppress(FileNotFoundError):
            found.append(link.readlink())
    return [path for path in found if path.is_relative_to(below)]
