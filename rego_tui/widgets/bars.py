"""The line above the board (where, who, how fresh) and the line below it (what the keys do here)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from rego_tui.widgets.looks import person_color
from rego_tui.widgets.text_cells import cut, steady


class BoardBar(Widget):
    """The board's title on the left; the people who are here and the connection on the right."""

    COMPONENT_CLASSES = {"bar--title", "bar--muted", "bar--good", "bar--warning", "bar--error"}

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._people: tuple[tuple[str, str], ...] = ()
        self._state = ("", "muted")
        self._away = False

    def show(self, title: str, people: Sequence[tuple[str, str]], state: str, tone: str, *, away: bool = False) -> None:
        """Show a title, people as (user id, name), and a state in a tone: good, warning, error or muted.

        `away`: the people were here when the server was last heard, and may be gone.
        """
        self._title, self._people, self._state, self._away = title, tuple(people), (state, tone), away
        self.refresh()

    def render(self) -> Text:
        width = self.size.width
        state = Text(cut(steady(self._state[0]), width - 2), self._part(self._state[1]))
        right = self._people_text(width - state.cell_len - 16)
        if right:
            right.append("   ")
        right.append_text(state)
        room = max(width - right.cell_len - 3, 0)
        line = Text(" ", no_wrap=True, overflow="crop", end="")
        line.append(cut(steady(self._title), room), self._part("title"))
        line.append(" " * max(width - line.cell_len - right.cell_len - 1, 1))
        return line.append_text(right)

    def _people_text(self, room: int) -> Text:
        line = Text()
        for number, (user_id, name) in enumerate(self._people):
            tag = cut(steady(name), 14)
            rest = len(self._people) - number
            if line.cell_len + cell_len(tag) + 9 > room:
                return line.append(f"{'  ' if number else ''}+{rest}", self._part("muted")) if room > 4 else line
            line.append("  " if number else "").append(*self._dot(user_id)).append(tag, self._part("muted"))
        return line

    def _dot(self, user_id: str) -> tuple[str, Style]:
        """What stands before a name: a ring where it is not known whether they are here still."""
        if self._away:
            return "○ ", self._part("muted")
        return "● ", Style(color=person_color(user_id, dark=self.app.current_theme.dark))

    def _part(self, name: str) -> Style:
        whole = self.get_component_rich_style(f"bar--{name}")
        return Style(color=whole.color, bold=whole.bold)


class OptionsBar(Widget):
    """What can be done here, made from the keymap; on its left the mode or a count that is being typed."""

    COMPONENT_CLASSES = {"options--mode", "options--key", "options--word"}

    def __init__(self) -> None:
        super().__init__()
        self._shown = _Options((), "", "", None)

    def show(
        self, hints: Sequence[tuple[str, str]], *, mode: str = "", typed: str = "", kept: tuple[str, str] | None = None
    ) -> None:
        """Show hints as (key, word), the first as far as there is room; `kept` is the one that stands there in any case."""
        options = _Options(tuple(hints), mode, typed, kept)
        if options != self._shown:
            self._shown = options
            self.refresh()

    def render(self) -> Text:
        width, mode, typed = self.size.width, self._shown.mode, self._shown.typed
        line = Text("", no_wrap=True, overflow="crop", end="")
        if mode:
            line.append(f" {cut(steady(mode), max(width - 2, 1))} ", self._part("mode"))
        key_style, word_style = self._part("key"), self._part("word")
        typed = f" {typed}" if typed else ""
        for key, word in self._shown.fitting(width - line.cell_len - len(typed) - 1):
            line.append(f" {key}", key_style).append(f" {word} ", word_style)
        line.append(" " * max(width - line.cell_len - len(typed) - 1, 0))
        return line.append(typed, key_style)

    def _part(self, name: str) -> Style:
        return self.get_component_rich_style(f"options--{name}")


class _Options(Struct, frozen=True):
    """What the options bar shows."""

    hints: tuple[tuple[str, str], ...]
    mode: str
    typed: str
    kept: tuple[str, str] | None

    def fitting(self, room: int) -> list[tuple[str, str]]:
        """The hints that fit into `room` cells: the first ones, and with one of them the one to be kept."""
        needs = [cell_len(key) + cell_len(word) + 3 for key, word in self.hints]
        ends = list(accumulate(needs))
        if not ends or ends[-1] <= room:
            return list(self.hints)
        at = self.hints.index(self.kept) if self.kept in self.hints else None
        if at is not None and at >= (count := bisect_right(ends, room - needs[at])) > 0:
            return [*self.hints[:count], self.hints[at]]
        return list(self.hints[: bisect_right(ends, room)])
