"""The mouse on a board: a card that is dragged is one in move mode, led by the pointer instead of by keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.timer import Timer

from rego_tui import messages
from rego_tui.actions import Place
from rego_tui.keymap import Press, key_label
from rego_tui.screens.board_page import BoardPage
from rego_tui.store import BoardStore
from rego_tui.widgets.column import ColumnView
from rego_tui.widgets.column_head import HEADER

if TYPE_CHECKING:
    from rego_tui.app import RegoApp

EDGE_PACE = 0.09
"""Seconds between two steps while a dragged card is held at the edge of what is in sight."""

SIDE_STEPS = 5
"""How many of these pass before the next column comes in at the side."""


class BoardMouse(BoardPage):
    """A board whose cards can be dragged. The keys of move mode work meanwhile: Esc puts the card back."""

    ALLOW_SELECT = False

    def __init__(self, app: RegoApp, store: BoardStore) -> None:
        super().__init__(app, store)
        self._grip: tuple[str, str] | None = None
        self._pressed_at = self._pointer = (0, 0)
        self._dragging = self._dragged = False
        self._edge_timer: Timer | None = None
        self._edge_steps = 0

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._dragged = False
        self._grip = None
        widget = self._column_at(event.screen_x)
        if event.button == 1 and self.place is Place.BOARD and self.focused is None and widget is not None:
            card = widget.card_at(event.screen_y - widget.region.y)
            self._grip = (widget.column.id, card.id) if card is not None else None
            self._pressed_at = (event.screen_x, event.screen_y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._grip is None:
            return
        if event.button != 1:
            self._let_go("carry.cancel")  # released where the terminal could not see it
            return
        self._pointer = (event.screen_x, event.screen_y)
        if not self._dragging and self._pointer != self._pressed_at:
            self._begin()
        if self._dragging:
            self._lead()

    def on_mouse_up(self, _: events.MouseUp) -> None:
        self._let_go("carry.drop")

    def on_card_clicked(self, message: messages.CardClicked) -> None:
        if self._dragged:
            message.stop()
            message.prevent_default()  # the end of a drag within one column looks like a click to Textual

    # --- dragging ----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Put the cursor on the card under the pressed button, and carry it."""
        view = self.view
        index = view.index_of(*self._grip) if view is not None and self._grip is not None else None
        if view is None or self._grip is None or index is None:
            self._grip = None
            return
        view.go_to(self._grip[0], index)
        if self._grip[1] not in view.marked():
            view.marks.clear()  # whoever takes hold of another card means that one
        self._run("card.carry")
        if view.carried is None:
            self._grip = None
            return
        self._dragging = self._dragged = True
        self._edge_timer = self.set_interval(EDGE_PACE, self._step_at_edge)
        self.show_options()

    def _lead(self) -> None:
        """Let the card hover in the gap that is nearest to the pointer."""
        view, widget = self.view, self._column_at(self._pointer[0])
        if not self._has_hold or view is None or widget is None:
            return
        gap = widget.gap_at(self._pointer[1] - widget.region.y)
        cards = view.cards(widget.column.id)[:gap]
        index = gap - sum(card.id in view.riding for card in cards)
        before = view.column_id
        if (before, index) != (widget.column.id, view.place_of_carried()):
            view.carry_to(widget.column.id, index)
            self._cursor_moved(before, view.column_id)

    def _let_go(self, action: str) -> None:
        if self._has_hold:
            self._run(action)
        self._stop()

    def _stop(self) -> None:
        self._grip, self._dragging = None, False
        if self._edge_timer is not None:
            self._edge_timer.stop()
            self._edge_timer = None

    @property
    def _has_hold(self) -> bool:
        """Whether a drag is on; a key may have ended it, or somebody may have taken the card away."""
        on = self._dragging and self.place is Place.MOVE and self.view is not None and self.view.carried is not None
        if self._dragging and not on:
            self._stop()
        return on

    def _step_at_edge(self) -> None:
        """While the pointer stays at an edge, go on beyond it."""
        widget = self._column_at(self._pointer[0])
        if not self._has_hold or widget is None:
            return
        x, y = self._pointer[0], self._pointer[1] - widget.region.y
        first, last, count = self.columns.window
        side = -1 if x <= 0 and first else 1 if x >= self.size.width - 1 and last < count else 0
        if side:
            self._edge_steps += 1
            if self._edge_steps % SIDE_STEPS == 0:
                self._run("carry.left" if side < 0 else "carry.right")
        elif y <= HEADER and widget.scroll_offset.y:
            self._run("carry.up")
        elif y >= widget.size.height - 1 and widget.scroll_offset.y < widget.max_scroll_y:
            self._run("carry.down")
        else:
            self._lead()  # what moved below the pointer may have been the column

    def _run(self, action: str) -> None:
        self.run(Press(self.rego.keymap.actions[action]))

    def _column_at(self, x: int) -> ColumnView | None:
        """The column in sight that is nearest to a place on the screen, from left to right."""
        shown = [widget for widget in self.columns.views.values() if widget.display]
        return min(shown, key=lambda widget: _distance(widget, x), default=None)

    def hints(self) -> Sequence[tuple[str, str]]:
        if self._dragging and self.place is Place.MOVE:
            keys = self.rego.keymap.actions["carry.cancel"].keys
            return [("release", "put it here"), *([(key_label(keys[0]), "put it back")] if keys else [])]
        return super().hints()


def _distance(widget: ColumnView, x: int) -> int:
    return max(widget.region.x - x, x - widget.region.right + 1, 0)
