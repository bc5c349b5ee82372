"""User text as cells of a fixed width: made safe, steady on every terminal, wrapped, and cut."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rich.cells import cell_len, chop_cells, set_cell_size

from rego.safe_text import safe_text

ELLIPSIS = "…"

# Terminals disagree on how wide these make the character before them; without them all agree.
_UNSTEADY = re.compile("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]")
_ACCENT = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED = re.compile(f"({_ACCENT}{{3}}){_ACCENT}+")


def steady(text: str) -> str:
    """`text` in one safe line whose width is the same on every terminal: emoji sequences come apart, piled-up accents go."""
    if text.isascii() and text.isprintable():
        return text
    return _STACKED.sub(r"\1", _UNSTEADY.sub("", safe_text(text)))


def cut(text: str, width: int) -> str:
    """`text` (steady) in at most `width` cells, with an ellipsis where something was cut off."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + ELLIPSIS if width > 0 else ""


def pad(text: str, width: int) -> str:
    """`text` (steady) in exactly `width` cells."""
    return set_cell_size(cut(text, width), width)


def at_least(text: str, width: int) -> str:
    """`text` (made steady), with blanks behind it where it has less than `width` cells."""
    text = steady(text)
    return text + " " * max(width - cell_len(text), 0)


def widest(texts: Iterable[str], most: int) -> int:
    """The cells of the widest of `texts`, but at most so many: what a column of them takes."""
    return min(max((cell_len(steady(text)) for text in texts), default=0), most)


def wrap(text: str, width: int, max_lines: int) -> list[str]:
    """`text` (steady) in one to `max_lines` lines of at most `width` cells, broken at blanks where that is possible."""
    if text.isascii():
        if len(text) <= width:
            return [text]
        # A board of thousands is measured at once: for plain text one pass in C, unless a word must be broken.
        lines = _rows_of(width).findall(text)
        if sum(map(len, lines)) + len(lines) - 1 == len(text) and "  " not in text:
            return _at_most(max_lines, lines, width)
    return _wrap_cells(text, width, max_lines)


@lru_cache(maxsize=64)
def _rows_of(width: int) -> re.Pattern[str]:
    """Finds in plain text whose words are one blank apart the longest rows that end with a word."""
    inner = rf"(?:.{{0,{width - 2}}}\S)?" if width > 1 else ""
    return re.compile(rf"\S{inner}(?= |$)")


def _wrap_cells(text: str, width: int, max_lines: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split():
        candidate = f"{line} {word}" if line else word
        if cell_len(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(word, max(width, 2)) or [""]
        lines += full
        if len(lines) > max_lines:
            break
    return _at_most(max_lines, [*lines, line], width)


def _at_most(max_lines: int, lines: list[str], width: int) -> list[str]:
    if len(lines) > max_lines:
        return [*lines[: max_lines - 1], cut(" ".join(lines[max_lines - 1 :]), width)]
    return lines
