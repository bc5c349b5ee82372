"""What a column shows beside its cards: its header, the strip that it collapses to, and a sentence when it is empty. Pure."""

from __future__ import annotations

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from rego.wire.columns import Column
from rego_tui.widgets.card_lines import MARGIN, text_width
from rego_tui.widgets.looks import Styles, label_color
from rego_tui.widgets.text_cells import cut, pad, steady, wrap

HEADER = 2
"""Lines of the header, which stays while the cards scroll."""

NOTE_LINES = 4
"""Lines that the sentence in an empty column may take."""


class Head(Struct, frozen=True):
    """A column as its header shows it: `counts` are the cards that are shown, and all that it has."""

    column: Column
    number: int
    active: bool
    counts: tuple[int, int]


def header_line(head: Head, y: int, styles: Styles, width: int) -> Strip:
    """Number, title and count on the first line, a rule on the second, which is heavy where the cursor is."""
    if y == 1:
        rule = styles.bar if head.active else styles.bar_idle
        return Strip([Segment("━" * width if head.active else "─" * width, styles.ground + rule)], width)
    count, style = count_text(head, styles)
    room = max(width - len(count) - 4, 0)
    title = styles.title + Style(bold=True) if head.active else styles.title
    color = head.column.color
    mark = Style(color=label_color(color, dark=styles.dark)) if color else styles.muted
    segments = [
        Segment(f" {head.number} " if head.number < 10 else "   ", styles.ground + mark),
        Segment(pad(steady(head.column.title), room), styles.ground + title),
        Segment(count, styles.ground + style),
    ]
    return Strip(segments).adjust_cell_length(width, styles.ground)


def strip_line(head: Head, y: int, styles: Styles, width: int) -> Strip:
    """The strip of a collapsed column: its count above, its title from top to bottom."""
    if y == 1:
        return Strip([Segment("─" * width, styles.ground + styles.bar_idle)], width)
    if y == 0:
        text, style = str(head.counts[1]), count_text(head, styles)[1]
    else:
        text, style = steady(head.column.title)[y - HEADER : y - HEADER + 1], styles.muted
    return Strip([Segment(pad(f" {text}", width), styles.ground + style)]).adjust_cell_length(width, styles.ground)


def count_text(head: Head, styles: Styles) -> tuple[str, Style]:
    """How many cards there are, and how that stands to the work-in-progress limit, in words too."""
    limit, (listed, total) = head.column.wip_limit, head.counts
    shown = str(total) if listed == total else f"{listed} of {total}"
    if limit is None:
        return shown, styles.good if head.column.done else styles.muted
    if total > limit:
        return f"{shown}/{limit} over", styles.error
    return (f"{shown}/{limit} full", styles.warning) if total == limit else (f"{shown}/{limit}", styles.muted)


def note_line(note: str, y: int, styles: Styles, width: int) -> Strip:
    """Line `y` of the widget when the column has no cards: the `note` begins where the title of a card would."""
    lines = wrap(note, text_width(width), NOTE_LINES) if note else []
    at = y - HEADER - 1
    text = lines[at] if 0 <= at < len(lines) else ""
    return Strip([Segment(cut(" " * MARGIN + text, width), styles.ground + styles.muted)]).adjust_cell_length(
        width, styles.ground
    )
