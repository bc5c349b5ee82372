"""The boards of other programs that the tests import."""

from __future__ import annotations

from pathlib import Path

_DATA = Path(__file__).parents[1] / "data"

TRELLO = {path.stem: path.read_bytes() for path in sorted((_DATA / "trello").glob("*.json"))}
"""Exports of Trello boards by name, as bytes."""

FILES = {f"{path.parent.name}/{path.name}": path.read_bytes() for path in sorted(_DATA.glob("*/*.json*"))}
"""All files of other programs, by format and name."""
