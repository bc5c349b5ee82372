"""Styled text flowing into lines of cells: what `markdown_lines` and the rows of a card are made with. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct
from rich.cells import cell_len, chop_cells
from rich.style import Style

from rego_tui.widgets.text_cells import steady

Span: TypeAlias = tuple[str, Style]
"""Steady text in one style; `\\n` ends a line."""

Line: TypeAlias = list[Span]

TAB = 4

_PIECES = re.compile(r"\n|[^\S\n]+|[^\s]+")


class Inks(Struct, frozen=True):
    """The styles of text, resolved from the theme by the widget that draws."""

    text: Style
    muted: Style
    heading: Style
    accent: Style
    code: Style
    good: Style
    warning: Style
    error: Style


def steady_block(text: str) -> str:
    """`text` of several lines made safe and steady, without tabs."""
    return "\n".join(steady(line.expandtabs(TAB)) for line in text.replace("\r\n", "\n").split("\n"))


def width_of(line: Iterable[Span]) -> int:
    """The cells of a line."""
    return sum(cell_len(text) for text, _ in line)


def flow(spans: Iterable[Span], width: int) -> list[Line]:
    """Spans in lines of at most `width` cells, broken at blanks where that is possible."""
    flowing = _Flow(max(width, 2))
    for text, style in spans:
        for piece in _PIECES.findall(text):
            flowing.take(piece, style)
    return flowing.end()


class _Flow:
    """The line that is being filled, the blank that may come before the next word, and that word, whose style may change."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._lines: list[Line] = []
        self._line: Line = []
        self._used = 0
        self._blank: Span = ("", Style.null())
        self._word: Line = []

    def take(self, piece: str, style: Style) -> None:
        if piece == "\n":
            self._put_word()
            self._break()
        elif piece.isspace():
            self._put_word()
            # Blanks at the beginning of a line that somebody ended are an indent and stay.
            self._blank = (piece if not self._used else " ", style)
        else:
            self._word.append((piece, style))

    def end(self) -> list[Line]:
        self._put_word()
        self._break()
        return self._lines

    def _break(self) -> None:
        self._lines.append(self._line)
        self._line, self._used, self._blank = [], 0, ("", Style.null())

    def _put_word(self) -> None:
        if not self._word:
            return
        length, gap = width_of(self._word), cell_len(self._blank[0])
        if self._used and self._used + gap + length > self._width:
            self._break()
            gap = 0
        if gap and gap + length <= self._width:
            self._line.append(self._blank)
            self._used += gap
        for text, style in self._word:
            self._put(text, style)
        self._word, self._blank = [], ("", Style.null())

    def _put(self, text: str, style: Style) -> None:
        """Put a piece of a word down; one that fits no line is cut into lines."""
        room = self._width - self._used
        if cell_len(text) > room:
            head, rest = _split(text, room)
            if head:
                self._line.append((head, style))
            for part in chop_cells(rest, self._width):
                self._break()
                self._line.append((part, style))
                self._used = cell_len(part)
            return
        self._line.append((text, style))
        self._used += cell_len(text)


def _split(text: str, room: int) -> tuple[str, str]:
    """`text` cut after at most `room` cells."""
    if room <= 0:
        return "", text
    head = chop_cells(text, room)[0]
    return (head, text[len(head) :]) if cell_len(head) <= room else ("", text)


def hang(lines: Sequence[Line], first: Span, rest: Span | None = None) -> list[Line]:
    """Lines with something before the first, and as many blanks (or `rest`) before the others."""
    rest = rest or (" " * cell_len(first[0]), first[1])
    return [[first if number == 0 else rest, *line] for number, line in enumerate(lines)]
