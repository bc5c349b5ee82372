"""The end of a card's description: what its own program kept in fields that Rego does not have, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable


def joined(*parts: str | None) -> str:
    """The parts that say something, with an empty line between them."""
    return "\n\n".join(part for part in parts if part)


def listed(heading: str, lines: Iterable[str]) -> str:
    """A section with one bullet a line; nothing without lines."""
    bullets = [f"- {line}" for line in lines]
    return "\n".join([f"## {heading}", "", *bullets]) if bullets else ""


def told(heading: str, text: str | None) -> str:
    """A section of text; nothing without text."""
    return f"## {heading}\n\n{text}" if text and text.strip() else ""


def facts(**values: object) -> list[str]:
    """`Name: value` for each value that says something; underscores in a name stand for blanks."""
    lines = ((one_line(name), one_line(str(value))) for name, value in values.items() if value not in (None, "", [], {}))
    return [f"{name.replace('_', ' ').capitalize()}: {value}" for name, value in lines if value]


def one_line(text: str) -> str:
    """`text` without line breaks and repeated blanks."""
    return " ".join(text.split())
