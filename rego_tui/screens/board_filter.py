"""The filter of a board: typed live, completed, and walked through from one card that fits to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.widgets import Input

from rego_tui.actions import Place
from rego_tui.keymap import Press
from rego_tui.query_words import added, completions
from rego_tui.screens.board_page import BoardPage
from rego_tui.store import BoardStore
from rego_tui.widgets.line_input import LineInput
from rego_tui.widgets.text_cells import cut, steady

if TYPE_CHECKING:
    from rego_tui.app import RegoApp


KEEPING = 40
"""Cells of the options line that are not for completions."""


class BoardFilter(BoardPage):
    """A board of which only the cards that fit a query are shown."""

    def __init__(self, app: RegoApp, store: BoardStore) -> None:
        super().__init__(app, store)
        self._offered: list[str] = []
        self._typed = self._completed = ""

    def act_filter_edit(self, _: Press) -> None:
        self._line.open(self.view.filter if self.view is not None else "")
        self._offer()

    @property
    def _line(self) -> LineInput:
        return self.query_one("#filter", LineInput)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.id == "filter" and event.input.display:
            if event.value != self._completed:
                self._offer()
            self.set_filter(event.value)

    def set_filter(self, text: str) -> None:
        """Show only the cards that fit `text`; all of them when it is empty."""
        if self.view is not None and self.view.filter != text:
            self.view.set_filter(text, self._viewer())
            self.show_options()
            self._draw_columns()
            self._look_at_cursor()
            self._draw_bar()

    def keep_filter(self) -> None:
        """Go back to the cards; a filter that cannot be read stays open."""
        if self.view is None or not self.view.filter_error:
            self.set_focus(None)
            self._line.display = False

    def leave_filter(self) -> None:
        """Show all cards again."""
        self.set_filter("")
        self._line.close()

    # --- completing ----------------------------------------------------------------------------------------------------

    @property
    def completes(self) -> bool:
        """Whether the filter is being typed and its last word can be completed."""
        return bool(self._offered) and self.focused is self._line

    def _offer(self) -> None:
        self._typed, self._completed = self._line.value, ""
        self._offered = completions(self._typed, self.view.replica) if self.view is not None else []
        self.show_options()

    def complete_line(self, line: LineInput) -> None:
        """Put the first completion in, or the next one after that."""
        if line.id != "filter" or not self._offered:
            return
        at = self._offered.index(line.value) + 1 if line.value in self._offered else 0
        line.value = self._completed = self._offered[at % len(self._offered)]
        line.cursor_position = len(line.value)
        if len(self._offered) == 1:
            self._offer()

    def hints(self) -> Sequence[tuple[str, str]]:
        if self.is_drawable and self.focused is self._line:
            words = "  ".join(steady(added(self._typed, each)) for each in self._offered)
            offer = [("Tab", cut(words, max(self.size.width - KEEPING, 8)))] if words else []
            return [*offer, ("Enter", "keep the filter"), ("Esc", "show all")]
        hints = super().hints()
        if self.place is Place.BOARD and self.view is not None and self.view.filtered:
            return [("n N", "next, previous"), *(each for each in hints if each[1] != "new")]
        return hints

    # --- from one to the next ------------------------------------------------------------------------------------------

    def run(self, press: Press) -> None:
        """With a filter, the key for a new card goes on to the next that fits, as it does in every pager."""
        if press.action.id == "card.new" and self.view is not None and self.view.filtered:
            press = Press(self.rego.keymap.actions["filter.next"], press.count, press.key)
        super().run(press)

    def act_filter_next(self, press: Press) -> None:
        self._walk(press.count)

    def act_filter_previous(self, press: Press) -> None:
        self._walk(-press.count)

    def _walk(self, count: int) -> None:
        """Go on by `count` cards in sight, column after column, and round at the end."""
        view = self.view
        if view is None:
            return
        places = [(column.id, index) for column in view.columns() for index in range(len(view.cards(column.id)))]
        if not places:
            return
        here = (view.column_id, view.index_of(view.column_id, view.card_id))
        at = places.index((here[0], here[1])) if here[1] is not None and here in places else -(count > 0)
        view.go_to(*places[(at + count) % len(places)])
        self._cursor_moved()
