"""A list of one-line entries with a cursor, drawn line by line: however long it is, only the lines in sight cost anything."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, TypeAlias

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rego_tui.widgets.text_cells import cut, steady

LEFT_MIN = 16
"""Cells that the left side of an entry keeps before its right side is drawn at all."""


class Tone(StrEnum):
    """How a part of an entry is coloured, by what it says."""

    PLAIN = "plain"
    TITLE = "title"
    MUTED = "muted"
    GOOD = "good"
    WARNING = "warning"
    ERROR = "error"
    ACCENT = "accent"


Part: TypeAlias = tuple[str, Tone]


class Entry(Struct, frozen=True):
    """One line: `left` is cut where there is no room, `right` stands at the edge or not at all.

    A heading has no `key`, and the cursor passes over it.
    """

    key: str
    left: tuple[Part, ...]
    right: tuple[Part, ...] = ()

    @property
    def words(self) -> str:
        """All that it says, to look for something in."""
        return " ".join(text for text, _ in (*self.left, *self.right)).casefold()


class EntryClicked(Message):
    """An entry was clicked; `twice` on a double click."""

    def __init__(self, key: str, *, twice: bool) -> None:
        super().__init__()
        self.key = key
        self.twice = twice


class EndInSight(Message):
    """The last entry is about to be seen."""


class Entries(ScrollView):
    """Draws the entries that it is given, and keeps the cursor on its entry while others come and go."""

    can_focus = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"entries--focused", "entries--bar", *(f"entries--{tone}" for tone in Tone)}

    def __init__(self) -> None:
        super().__init__()
        self.entries: Sequence[Entry] = ()
        self._cursor = 0

    # --- the cursor ----------------------------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """The entry under the cursor, or nothing."""
        return self.entries[self._cursor].key if self._cursor < len(self.entries) else ""

    def show(self, entries: Sequence[Entry]) -> None:
        """Draw other entries. The cursor's stays where it is on the screen; a list that is at its very top stays there,
        so that what comes in above is seen, for as long as the cursor is in sight."""
        key, line, at_top = self.key, self._cursor - self.scroll_offset.y, self.at_top
        self.entries = entries
        found = self._index_of(key)
        self._cursor = self._nearest(self._cursor if found is None else found, 1)
        self._measure()
        if found is not None and not (at_top and self._cursor < self.page):
            self._scroll_to_line(self._cursor - line)
        self._bring_into_sight()
        self.refresh()

    def move(self, count: int) -> None:
        """The cursor goes down, or up with a count below 0, as far as there are entries."""
        last = max(len(self.entries) - 1, 0)
        self._go(max(0, min(self._cursor + count, last)), 1 if count > 0 else -1)

    def go_to(self, key: str) -> None:
        """The cursor goes to an entry, where there is one of that key."""
        if (index := self._index_of(key)) is not None:
            self._go(index, 1)

    @property
    def page(self) -> int:
        """The lines in sight."""
        return self.size.height

    @property
    def at_top(self) -> bool:
        """Whether the first entry is in sight."""
        return self.scroll_offset.y == 0

    def _go(self, index: int, direction: int) -> None:
        self._cursor = self._nearest(index, direction)
        self._bring_into_sight()
        self.refresh()

    def _index_of(self, key: str) -> int | None:
        return next((n for n, entry in enumerate(self.entries) if entry.key == key), None) if key else None

    def _nearest(self, index: int, direction: int) -> int:
        """The entry at `index`, or the next one in a direction that is no heading, or else in the other one."""
        last = len(self.entries) - 1
        index = max(0, min(index, last))
        ways = (range(index, last + 1), range(min(index, last), -1, -1))
        for way in ways if direction > 0 else reversed(ways):
            for found in way:
                if self.entries[found].key:
                    return found
        return 0

    def _bring_into_sight(self) -> None:
        top = self.scroll_offset.y
        # The heading above an entry is seen with it.
        first = self._cursor - 1 if self._cursor and not self.entries[self._cursor - 1].key else self._cursor
        if first < top:
            self._scroll_to_line(first)
        elif self._cursor >= top + self.page > 0:
            self._scroll_to_line(self._cursor - self.page + 1)
        self._look_at_end()

    def _scroll_to_line(self, y: int) -> None:
        self.scroll_to(y=max(0, y), animate=False, force=True, immediate=True)

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, len(self.entries))

    def _look_at_end(self) -> None:
        if self.entries and self.scroll_offset.y + 2 * self.page >= len(self.entries):
            self.post_message(EndInSight())

    # --- drawing -------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        width, ground = self.size.width, Style(bgcolor=self.rich_style.bgcolor)
        if index >= len(self.entries):
            return Strip.blank(width, ground)
        entry = self.entries[index]
        focused = index == self._cursor and bool(entry.key)
        if focused:
            ground += self._style("focused")
        bar = Segment("▌" if focused else " ", ground + self._style("bar"))
        room = width - 2
        right = self._cells(entry.right, room - LEFT_MIN, ground, whole=True)
        left = self._cells(entry.left, room - 1 - sum(part.cell_length for part in right), ground)
        used = 1 + sum(part.cell_length for part in (*left, *right))
        gap = Segment(" " * max(width - used - 1, 0), ground)
        return Strip([bar, *left, gap, *right]).adjust_cell_length(width, ground)

    def _cells(self, parts: Sequence[Part], room: int, ground: Style, *, whole: bool = False) -> list[Segment]:
        """Parts in at most `room` cells; `whole`: all of them or none."""
        safe = [(steady(text), tone) for text, tone in parts]
        if whole and sum(cell_len(text) for text, _ in safe) > room:
            return []
        found = []
        for text, tone in safe:
            shown = cut(text, room)
            if shown:
                found.append(Segment(shown, ground + self._style(tone)))
            room -= cell_len(text)
        return found

    def _style(self, name: str) -> Style:
        whole = self.get_component_rich_style(f"entries--{name}")
        if name == "focused":
            return Style(color=whole.color, bgcolor=whole.bgcolor)
        return Style(color=whole.color, bold=whole.bold)

    # --- what Textual tells --------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self._measure()
        self._bring_into_sight()
        self.refresh()

    def watch_scroll_y(self, old: float, new: float) -> None:
        super().watch_scroll_y(old, new)
        if round(old) != round(new):
            self._look_at_end()

    def on_click(self, event: events.Click) -> None:
        index = event.y + self.scroll_offset.y
        if index < len(self.entries) and (key := self.entries[index].key):
            self._go(index, 1)
            self.post_message(EntryClicked(key, twice=event.chain > 1))
