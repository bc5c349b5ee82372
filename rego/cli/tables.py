"""Tables on a terminal: the only place that loads rich, and only when a table is really drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO, TypeVar

from rich.console import Console
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from rego.cli.output import Cell, Piece
from rego.safe_text import safe_text
from rego.wire.columns import Color

T = TypeVar("T")

STYLES = {
    Color.GREEN: "green",
    Color.YELLOW: "yellow",
    Color.ORANGE: "dark_orange",
    Color.RED: "red",
    Color.PURPLE: "medium_purple",
    Color.BLUE: "dodger_blue1",
    Color.SKY: "deep_sky_blue1",
    Color.LIME: "chartreuse3",
    Color.PINK: "hot_pink",
    Color.GRAY: "grey62",
}
"""The style of each colour. Rich drops colours when NO_COLOR is set."""

_PAPER = Console(markup=False, emoji=False, highlight=False)

GAP = 2
"""Blank cells between two columns."""

LEAST = 8
"""How narrow a long column may become while the others are whole."""

SHORTEST = 3
"""How narrow any column but the first may become."""


def print_table(
    out: TextIO, cells: Sequence[Cell[T]], items: Sequence[T], *, width: int | None = None, colors: bool | None = None
) -> None:
    """Draw `items`, one line each, in the width of the terminal; `colors` is whether to colour, by default as usual there."""
    console = Console(
        file=out,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
        no_color=None if colors is None else not colors,
        force_terminal=True if colors else None,
    )
    columns = _shown([(cell, [_text(cell.show(item)) for item in items]) for cell in cells], console.width)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))
    available = console.width - GAP * (len(columns) - 1)
    widths = fit([_natural(*column) for column in columns], [cell.long for cell, _ in columns], available)
    for (cell, _), wide in zip(columns, widths, strict=True):
        table.add_column(cell.heading.upper(), no_wrap=True, overflow="ellipsis", width=wide)
    for row in zip(*(texts for _, texts in columns), strict=True):
        table.add_row(*row)
    console.print(table, crop=True)


def _shown(columns: list[tuple[Cell[T], list[Text]]], width: int) -> list[tuple[Cell[T], list[Text]]]:
    """The columns, without those that say nothing in any row where they would take room from others."""
    whole = sum(_natural(*column) for column in columns) + GAP * (len(columns) - 1)
    first, *others = columns
    return columns if whole <= width else [first, *(column for column in others if any(column[1]))]


def _natural(cell: Cell[T], texts: list[Text]) -> int:
    """How wide a column would be with all the room that there is."""
    return max([len(cell.heading), *(text.cell_len for text in texts)])


def fit(naturals: Sequence[int], long: Sequence[bool], available: int) -> list[int]:
    """How wide each column is drawn: the long ones give way first, then all but the first, which is the name to give."""
    widths = list(naturals)
    _narrow(widths, [n for n, is_long in enumerate(long) if is_long], LEAST, available)
    _narrow(widths, range(1, len(widths)), SHORTEST, available)
    return widths


def _narrow(widths: list[int], among: Sequence[int], least: int, available: int) -> None:
    """Take what is too much from `among`, the widest first, but leave each `least`."""
    while among and (excess := sum(widths) - available) > 0:
        widest = max(among, key=lambda n: widths[n])
        if widths[widest] <= least:
            break
        second = max((widths[n] for n in among if n != widest), default=least)
        widths[widest] -= min(excess, max(1, widths[widest] - max(second, least)))


def painted(shown: str | list[Piece]) -> str:
    """A cell with its colours as escape sequences, for a pipe whose reader wants them."""
    return "".join(segment.style.render(segment.text) if segment.style else segment.text for segment in _segments(_text(shown)))


def _segments(text: Text) -> list[Segment]:
    return list(text.render(_PAPER))


def _text(shown: str | list[Piece]) -> Text:
    if isinstance(shown, str):
        return Text(safe_text(shown))
    words = [Text(safe_text(piece.text), style=STYLES[piece.color] if piece.color else "") for piece in shown]
    return Text(", ").join(words)
