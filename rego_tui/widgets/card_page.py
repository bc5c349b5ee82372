"""An open card as one line-rendering widget: rows below each other, a cursor on one of them, scrolled by lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rego_tui.widgets.card_rows import Row
from rego_tui.widgets.prose import Inks, Line

LEFT, RIGHT = 2, 1
"""Cells beside the text: the cursor's bar and a blank, and a blank."""


class RowClicked(Message):
    """A row was clicked; `twice` on a double click."""

    def __init__(self, row_id: str, *, twice: bool) -> None:
        super().__init__()
        self.row_id = row_id
        self.twice = twice


class CardPage(ScrollView):
    """Draws the rows that it is given. When they change, what is in sight stays where it is."""

    can_focus = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "page--text",
        "page--muted",
        "page--heading",
        "page--accent",
        "page--code",
        "page--good",
        "page--warning",
        "page--error",
        "page--cursor",
    }

    def __init__(self) -> None:
        super().__init__()
        self.cursor = ""
        self._rows: list[Row] = []
        self._index: dict[str, int] = {}
        self._tops: list[int] = [0]
        self._drawn: dict[str, tuple[object, list[Line]]] = {}
        self._drawn_for = 0
        self._inks: Inks | None = None
        self._cursor_ground = Style.null()
        self._restyled = False

    # --- what is shown -------------------------------------------------------------------------------------------

    def show(self, rows: Iterable[Row], renamed: Callable[[str], str]) -> None:
        """Show rows. The cursor stays on its row and where that is on the screen, or else the topmost row stays.

        A row that is gone may be there under the id that `renamed` gives; else the cursor goes to what took its place.
        """
        before = self._index.get(self.cursor, 0)
        anchor = self.cursor if self._in_sight(self.cursor) else self._row_at(self.scroll_offset.y)
        offset = self._top_of(anchor) - self.scroll_offset.y
        self._rows = list(rows)
        self._index = {row.id: number for number, row in enumerate(self._rows)}
        if anchor not in self._index:
            anchor = renamed(anchor)
        if self.cursor not in self._index:
            self.cursor = renamed(self.cursor)
        if self.cursor not in self._index:
            self.cursor = self._rows[min(before, len(self._rows) - 1)].id if self._rows else ""
        self._measure()
        if anchor in self._index and (self.scroll_offset.y or anchor == self.cursor):
            self._scroll_to_line(self._top_of(anchor) - offset)
        self.refresh()

    def go_to(self, row_id: str, *, at_top: bool = False) -> None:
        """Put the cursor on a row and bring its beginning into sight, `at_top` with the row above it where there is room."""
        if row_id not in self._index:
            return
        self.cursor = row_id
        top, bottom = self._span(row_id)
        first, height = self.scroll_offset.y, self.size.height
        if self._index[row_id] == 0:
            self._scroll_to_line(0)
        elif at_top:
            self._scroll_to_line(self._tops[self._index[row_id] - 1])
        elif top < first or bottom - top > height:
            self._scroll_to_line(top)
        elif bottom > first + height:
            self._scroll_to_line(bottom - height)
        self.refresh()

    def step(self, count: int) -> None:
        """Move by rows; a row that goes on beyond the edge is scrolled line by line first."""
        for _ in range(abs(count)):
            if not (self._step_down() if count > 0 else self._step_up()):
                return

    def _step_down(self) -> bool:
        index = self._index.get(self.cursor, -1)
        below = self._tops[index + 1] - (self.scroll_offset.y + self.size.height) if index >= 0 else 0
        if below > 0:
            self._scroll_to_line(self.scroll_offset.y + 1)
            return True
        if index + 1 >= len(self._rows):
            return False
        self.go_to(self._rows[index + 1].id)
        return True

    def _step_up(self) -> bool:
        index = self._index.get(self.cursor, 0)
        if self._rows and self._tops[index] < self.scroll_offset.y:
            self._scroll_to_line(self.scroll_offset.y - 1)
            return True
        if index == 0:
            self._scroll_to_line(0)
            return False
        self.cursor = self._rows[index - 1].id
        top, bottom = self._span(self.cursor)
        if top < self.scroll_offset.y:
            self._scroll_to_line(max(top, bottom - self.size.height) if index > 1 else top)
        self.refresh()
        return True

    def scroll_pages(self, halves: int) -> None:
        """Scroll by half pages; the cursor goes along when it would be out of sight."""
        self._scroll_to_line(self.scroll_offset.y + halves * max(self.size.height // 2, 1))
        if not self._in_sight(self.cursor) and (row := self._row_at(self.scroll_offset.y)):
            index = self._index[row]
            whole = self._tops[index] >= self.scroll_offset.y or index + 1 >= len(self._rows)
            self.cursor = row if whole or self._tops[index + 1] > self._bottom else self._rows[index + 1].id
        self.refresh()

    def go_to_end(self, *, last: bool) -> None:
        """Put the cursor on the first or last row, and show everything up to there."""
        if self._rows:
            self.go_to(self._rows[-1 if last else 0].id)
            self._scroll_to_line(self._tops[-1] if last else 0)

    def row_ids(self) -> list[str]:
        """The ids of the rows from top to bottom."""
        return [row.id for row in self._rows]

    # --- geometry ------------------------------------------------------------------------------------------------

    @property
    def _bottom(self) -> int:
        return self.scroll_offset.y + self.size.height

    def _measure(self) -> None:
        width = self.size.width - LEFT - RIGHT
        if width != self._drawn_for:
            self._drawn_for = width
            self._drawn.clear()
        self._drawn = {row.id: (row.stamp, self._lines_of(row)) for row in self._rows} if width > 0 else {}
        self._tops = [0, *accumulate(len(self._drawn[row.id][1]) if width > 0 else 0 for row in self._rows)]
        self.virtual_size = Size(self.size.width, self._tops[-1])

    def _lines_of(self, row: Row) -> list[Line]:
        """The lines of a row, from before when nothing of it changed."""
        known = self._drawn.get(row.id)
        if known is not None and known[0] == row.stamp:
            return known[1]
        return row.draw(self._drawn_for, self.inks)

    def _span(self, row_id: str) -> tuple[int, int]:
        index = self._index[row_id]
        return self._tops[index], self._tops[index + 1]

    def _top_of(self, row_id: str) -> int:
        return self._tops[self._index[row_id]] if row_id in self._index else 0

    def _row_at(self, line: int) -> str:
        if not self._rows or line >= self._tops[-1]:
            return ""
        return self._rows[min(bisect_right(self._tops, line) - 1, len(self._rows) - 1)].id

    def _in_sight(self, row_id: str) -> bool:
        if row_id not in self._index:
            return False
        top, bottom = self._span(row_id)
        return top < self._bottom and bottom > self.scroll_offset.y

    def _scroll_to_line(self, line: int) -> None:
        self.scroll_to(y=line, animate=False, force=True)

    # --- drawing ---------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        ground = Style(bgcolor=self.rich_style.bgcolor)
        number = y + self.scroll_offset.y
        if number >= self._tops[-1] or self._drawn_for != width - LEFT - RIGHT:
            return Strip([Segment(" " * width, ground)], width)
        if self._restyled:
            self._take_styles()
        row = self._rows[bisect_right(self._tops, number) - 1]
        line = self._drawn[row.id][1][number - self._top_of(row.id)]
        here = row.id == self.cursor
        under = ground + self._cursor_ground if here and line else ground
        bar = Segment("▌ " if here and line else "  ", under + self.inks.accent)
        return Strip([bar, *(Segment(text, under + style) for text, style in line)]).adjust_cell_length(width, under)

    @property
    def inks(self) -> Inks:
        """The theme's styles for text."""
        if self._inks is None:
            self._inks = self._resolve()
        return self._inks

    def _take_styles(self) -> None:
        """Draw everything anew where the theme changed; Textual asks for this more often than that."""
        self._restyled = False
        inks = self._resolve()
        if inks != self._inks:
            self._inks = inks
            self._drawn.clear()
            self._measure()

    def _resolve(self) -> Inks:
        def part(name: str) -> Style:
            whole = self.get_component_rich_style(f"page--{name}")
            return Style(color=whole.color, bold=whole.bold or None)

        code = self.get_component_rich_style("page--code")
        self._cursor_ground = Style(bgcolor=self.get_component_rich_style("page--cursor").bgcolor)
        return Inks(
            text=part("text"),
            muted=part("muted"),
            heading=part("heading"),
            accent=part("accent"),
            code=Style(color=code.color, bgcolor=code.bgcolor),
            good=part("good"),
            warning=part("warning"),
            error=part("error"),
        )

    # --- what Textual tells ------------------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        self._restyled = True
        super().notify_style_update()

    def on_resize(self) -> None:
        self.show(self._rows, str)
        if self.cursor and not self._in_sight(self.cursor):
            self.go_to(self.cursor)

    def on_click(self, event: events.Click) -> None:
        if row := self._row_at(event.y + self.scroll_offset.y):
            self.post_message(RowClicked(row, twice=event.chain > 1))
