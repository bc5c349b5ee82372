"""A table as lines of cells: columns as wide as they need, narrower where the room ends, the first row as a heading. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rego_tui.widgets.prose import Inks, Line, flow, width_of

_BETWEEN = 3
_LEAST = 4


def table_lines(rows: Sequence[Sequence[Line]], width: int, inks: Inks) -> list[Line]:
    """Rows of cells, each one line of spans, in lines of at most `width` cells where the columns are not too many for that."""
    if not rows or not rows[0]:
        return []
    widths = _widths(rows, width)
    lines: list[Line] = []
    for number, row in enumerate(rows):
        lines += _row(row, widths, inks)
        if number == 0:
            lines.append([("─┼─".join("─" * each for each in widths), inks.muted)])
    return [_cut(line, width) for line in lines]


def _widths(rows: Sequence[Sequence[Line]], width: int) -> list[int]:
    """What each column needs, with the widest ones narrowed until all fit."""
    widths = [max((width_of(row[n]) for row in rows if n < len(row)), default=0) or 1 for n in range(len(rows[0]))]
    spare = width - _BETWEEN * (len(widths) - 1)
    while sum(widths) > spare and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _row(row: Sequence[Line], widths: Sequence[int], inks: Inks) -> list[Line]:
    cells = [flow(row[n] if n < len(row) else [], each) for n, each in enumerate(widths)]
    lines = []
    for number in range(max(map(len, cells))):
        line: Line = []
        for n, cell in enumerate(cells):
            part = cell[number] if number < len(cell) else []
            line += [(" │ ", inks.muted)] if n else []
            line += [*part, (" " * max(widths[n] - width_of(part), 0), inks.text)]
        lines.append(line)
    return lines


def _cut(line: Line, width: int) -> Line:
    """As much of a line as fits; only tables with very many columns lose anything."""
    return flow(line, width)[0] if width_of(line) > width else line
