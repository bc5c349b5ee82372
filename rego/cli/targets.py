"""Where a command puts a file that it fetches."""

from __future__ import annotations

from pathlib import Path

from rego.wire.errors import InvalidInput

STDOUT = "-"


def refuse_existing(target: Path, *, force: bool) -> None:
    """Raise `InvalidInput` before anything is fetched for a place where it could not stay."""
    if target.is_dir():
        raise InvalidInput(f"{target} is a directory; name a file in it.")
    if target.exists() and not force:
        raise InvalidInput(f"{target} is there already; --force overwrites it.")
