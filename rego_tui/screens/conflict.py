"""Two people changed the same text: both are shown, and the user says which one stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.geometry import Size
from textual.widgets import Static

from rego.safe_text import safe_text
from rego_tui.actions import Place
from rego_tui.collision import Choice, Collision, marked_lines
from rego_tui.keymap import Press
from rego_tui.screens.keys import KeyScreen
from rego_tui.widgets.bars import OptionsBar
from rego_tui.widgets.text_cells import steady, wrap

if TYPE_CHECKING:
    from rego_tui.app import RegoApp

CONTEXT = 2
"""Rows above the first difference that are shown with it."""

SIDE_BY_SIDE = 100
"""Cells from which on the two texts stand beside each other instead of one above the other."""


class ConflictScreen(KeyScreen):
    """Answers a `Choice`, or None when the user wants to decide later. Nothing is sent and nothing is dropped here."""

    place = Place.CONFLICT

    def __init__(self, app: RegoApp, collision: Collision) -> None:
        super().__init__(app)
        self._collision = collision
        self._merges = not collision.merged.conflicts

    def compose(self) -> ComposeResult:
        clash = self._collision
        with Vertical(id="conflict"):
            yield Static(Text(safe_text(f"{clash.who} changed {clash.what} while you did.")), classes="heading")
            with Container(id="sides"):
                yield from self._side("mine", "Yours", clash.mine, clash.theirs)
                yield from self._side("theirs", f"As {clash.who} left it", clash.theirs, clash.mine)
            yield OptionsBar()

    def _side(self, name: str, heading: str, text: str, other: str) -> ComposeResult:
        with Vertical(id=name, classes="side"):
            yield Static(Text(safe_text(heading), no_wrap=True, overflow="ellipsis"), classes="subheading")
            with VerticalScroll(can_focus=False):
                yield Static(side_text(text, other))

    def on_mount(self) -> None:
        self.show_options()
        self.call_after_refresh(self._show_first_difference)

    def _show_first_difference(self) -> None:
        """Begin where the texts part, which may be far down."""
        clash = self._collision
        for name, text, other in (("mine", clash.mine, clash.theirs), ("theirs", clash.theirs, clash.mine)):
            side = self.query_one(f"#{name} VerticalScroll", VerticalScroll)
            if self.is_drawable and not side.scroll_offset.y:
                side.scroll_to(y=max(rows_before_difference(text, other, side.size.width) - CONTEXT, 0), animate=False)

    def fit(self, size: Size) -> None:
        self.set_class(size.width < SIDE_BY_SIDE, "stacked")

    def hints(self) -> Sequence[tuple[str, str]]:
        merged = self.rego.keymap.actions["conflict.both"].hint
        return [(key, word) for key, word in super().hints() if self._merges or word != merged]

    def act_conflict_mine(self, _: Press) -> None:
        self.dismiss(Choice.MINE)

    def act_conflict_theirs(self, _: Press) -> None:
        self.dismiss(Choice.THEIRS)

    def act_conflict_both(self, _: Press) -> None:
        if self._merges:
            self.dismiss(Choice.BOTH)
        else:
            self.rego.say("Both changed the same lines, so they cannot be joined by themselves: e edits both.", failed=True)

    def act_conflict_edit(self, _: Press) -> None:
        self.dismiss(Choice.EDIT)

    def act_conflict_later(self, _: Press) -> None:
        self.dismiss(None)

    def act_conflict_down(self, press: Press) -> None:
        self._scroll(press.count)

    def act_conflict_up(self, press: Press) -> None:
        self._scroll(-press.count)

    def act_conflict_page_down(self, _: Press) -> None:
        self._scroll(max(self.size.height // 2, 1))

    def act_conflict_page_up(self, _: Press) -> None:
        self._scroll(-max(self.size.height // 2, 1))

    def _scroll(self, lines: int) -> None:
        for side in self.query(VerticalScroll):
            side.scroll_relative(y=lines, animate=False)


def rows_before_difference(text: str, other: str, width: int) -> int:
    """How many rows of `width` cells stand above the first line that the other text has otherwise; none where all is alike."""
    rows = 0
    for line, differs in marked_lines(text, other):
        if differs:
            return rows
        rows += len(wrap(f"  {steady(line)}", max(width, 2), len(line) + 1))
    return 0


def side_text(text: str, other: str) -> Text:
    """A text in which the lines that the other one has otherwise are marked, by more than a colour."""
    shown = Text()
    for number, (line, differs) in enumerate(marked_lines(safe_text(text, multiline=True), safe_text(other, multiline=True))):
        shown.append("\n" if number else "").append("▌ " if differs else "  ", "yellow").append(line, "bold" if differs else "")
    return shown if text else Text("  (empty)", "dim")
