"""The boards of other programs that the tests import."""

from __future__ import annotations

from pathlib import Path

TRELLO = {path.stem: path.read_bytes() for path in sorted((Path(__file__).parents[1] / "data" / "trello").glob("*.json"))}
"""Exports of Trello boards by name, as bytes."""
