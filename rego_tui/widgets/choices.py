"""Rows to choose from, one line each: a number, a tick, a coloured dot and text. Only the rows in sight are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from rego_tui.widgets.text_cells import cut, pad, steady, wrap

NUMBERED = 9
"""How many rows a digit reaches."""

TICKS = {True: "✓", False: "·", None: "~"}
"""How a row shows whether it holds: yes, no, and for some of several cards."""


class Row(Struct, frozen=True, kw_only=True):
    """Something to choose. `also` are words that find it beside its text, `detail` stands on the right.

    `ticked` is None where it holds for some of several cards.
    """

    id: str
    text: str
    color: str = ""
    ticked: bool | None = False
    also: str = ""
    detail: str = ""


def fitting(rows: Sequence[Row], words: str) -> list[Row]:
    """The rows that have all the words somewhere; those that begin with what was typed come first."""
    wanted = words.casefold().split()
    if not wanted:
        return list(rows)
    found = [row for row in rows if all(word in f"{row.text} {row.also}".casefold() for word in wanted)]
    return sorted(found, key=lambda row: not row.text.casefold().startswith(words.strip().casefold()))


class RowClicked(Message):
    """A row was clicked."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index


class ChoiceList(Widget):
    """Draws the rows around the cursor. What a key does to them is the screen's business."""

    can_focus = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choices--cursor", "choices--muted", "choices--tick"}

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Row] = ()
        self._cursor = 0
        self._first = 0
        self._ticks: dict[str, bool | None] | None = None
        self._numbered = False
        self._instead = ""

    def show(
        self, rows: Sequence[Row], cursor: int, *, ticks: dict[str, bool | None] | None, numbered: bool, instead: str = ""
    ) -> None:
        """Show rows with the cursor on one; `ticks` by row id where several can be chosen, `instead` when there are no rows."""
        self._rows, self._cursor, self._ticks, self._numbered, self._instead = rows, cursor, ticks, numbered, instead
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, height = self.size.width, max(self.size.height, 1)
        self._first = max(min(self._first, self._cursor), self._cursor - height + 1, 0)
        index = self._first + y
        ground = Style(color=self.rich_style.color, bgcolor=self.rich_style.bgcolor)
        if index < len(self._rows):
            return self._line(index, ground, width)
        lines = wrap(steady(self._instead), max(width - 2, 2), height) if self._instead and not self._rows else []
        words = f" {lines[y]}" if y < len(lines) else ""
        return Strip([Segment(pad(words, width), ground + self._part("muted"))], width)

    def _line(self, index: int, ground: Style, width: int) -> Strip:
        row = self._rows[index]
        if index == self._cursor:
            ground = Style(color=ground.color, bgcolor=self.get_component_rich_style("choices--cursor").bgcolor)
        muted = ground + self._part("muted")
        bar = Segment("▌", ground + self._part("tick")) if index == self._cursor else Segment(" ", ground)
        number = f"{index + 1} " if self._numbered and index < NUMBERED else "  " if self._numbered else ""
        segments = [bar, Segment(number, muted)]
        if self._ticks is not None:
            tick = self._ticks.get(row.id, False)
            segments.append(Segment(f"{TICKS[tick]} ", muted if tick is False else ground + self._part("tick")))
        if row.color:
            segments.append(Segment("● ", ground + Style(color=row.color)))
        room = max(width - sum(segment.cell_length for segment in segments) - 1, 0)
        detail = cut(steady(row.detail), room // 2)
        text_room = room - cell_len(detail)
        segments.append(Segment(pad(cut(steady(row.text), max(text_room - bool(detail), 0)), text_room), ground))
        segments += [Segment(detail, muted), Segment(" ", ground)]
        return Strip(segments).adjust_cell_length(width, ground)

    def _part(self, name: str) -> Style:
        whole = self.get_component_rich_style(f"choices--{name}")
        return Style(color=whole.color, bold=whole.bold)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if self._first + event.y < len(self._rows):
            self.post_message(RowClicked(self._first + event.y))
