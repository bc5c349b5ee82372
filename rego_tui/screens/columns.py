"""The columns of a board side by side: as many widgets as columns, of which those in the window are shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from time import monotonic

from textual.containers import Horizontal
from textual.timer import Timer

from rego_tui.board_view import BoardView
from rego_tui.screens.board_frame import arrange
from rego_tui.widgets.column import ColumnView
from rego_tui.widgets.glide import AT_ONCE, DURATION, FRAME, Passing, sides_of
from rego_tui.widgets.looks import Density, Face, Looks


class Columns(Horizontal):
    """Fills its `ColumnView`s from a `BoardView`. `window` is the range of columns in sight, and how many there are.

    The `note` stands in the cursor's column when it has no cards.
    """

    def __init__(self) -> None:
        super().__init__()
        self.views: dict[str, ColumnView] = {}
        self.width = 80
        self.note = ""
        self.window = (0, 0, 0)
        self.clock: Callable[[], float] = monotonic
        self._looks: Looks | None = None
        self._set_off: deque[float] = deque()
        self._glide_timer: Timer | None = None

    @property
    def density(self) -> Density | None:
        """How much of each card was drawn last."""
        return self._looks.density if self._looks is not None else None

    def look(self, looks: Looks) -> None:
        """Draw every card with `looks` from now on."""
        self._looks = looks

    async def show_frame(self, view: BoardView, looks: Looks) -> None:
        """Have one widget per column, hidden ones too, in the order of the columns; every card is to be drawn with `looks`."""
        self.look(looks)
        columns = view.replica.columns_in_order()
        wanted = [column.id for column in columns]
        if list(self.views) == wanted:
            return
        for column_id in [known for known in self.views if known not in wanted]:
            await self.views.pop(column_id).remove()
        for column in columns:
            if column.id not in self.views:
                self.views[column.id] = ColumnView(column, looks)
                self.views[column.id].display = False
                await self.mount(self.views[column.id])
        self.views = {column_id: self.views[column_id] for column_id in wanted}
        self.sort_children(key=lambda child: wanted.index(child.column.id) if isinstance(child, ColumnView) else 0)

    def show_cards(self, view: BoardView, only: set[str] | None, passing: Mapping[str, Passing] | None = None) -> None:
        """Draw the headers in sight, and the cards of the columns in `only` (None: of all); those that are `passing` glide."""
        came = self._show_window(view)
        order = [column.id for column in view.replica.columns_in_order()]
        now = self.clock()
        passing = self._that_may_glide(passing or {}, now)
        for number, column in enumerate(view.columns(), 1):
            widget = self.views.get(column.id)
            if widget is None or not widget.display or self._looks is None:
                continue
            active = column.id == view.column_id
            narrow = view.is_narrow(column.id)
            note = self.note if active else ""
            widget.show_frame(column, self._looks, number=number, active=active, collapsed=narrow, note=note)
            if only is None or column.id in only or column.id in came:
                keep, sides = view.card_id if active else None, sides_of(column.id, order, passing)
                widget.show_cards(view.cards(column.id), view.counts(column.id), keep=keep, sides=sides, now=now)
        if passing and self._glide_timer is None:
            self._glide_timer = self.set_interval(FRAME, self.glide_on)

    def glide_on(self) -> None:
        """Draw the cards that glide where they are by now."""
        now = self.clock()
        if not [widget for widget in self.views.values() if widget.glide_on(now)] and self._glide_timer is not None:
            self._glide_timer.stop()
            self._glide_timer = None

    def _that_may_glide(self, passing: Mapping[str, Passing], now: float) -> Mapping[str, Passing]:
        """The passing cards, or none: where animation is off, where nobody looks, and in a flood."""
        while self._set_off and self._set_off[0] <= now - DURATION:
            self._set_off.popleft()
        self._set_off.extend([now] * len(passing))
        seen = self.app.animation_level != "none" and self.screen.is_current
        return passing if seen and len(self._set_off) <= AT_ONCE else {}

    def _show_window(self, view: BoardView) -> set[str]:
        """Show as many columns as fit, among them the cursor's; returns the ids of those that were hidden before."""
        ids = [column.id for column in view.columns()]
        cursor = ids.index(view.column_id) if view.column_id in ids else 0
        first, last = arrange([view.is_narrow(each) for each in ids], cursor, self.window[0], self.width)
        self.window = (first, last, len(ids))
        came = set()
        for column_id, widget in self.views.items():
            shown = column_id in ids[first:last]
            if widget.display != shown:
                widget.display = shown
                came.update([column_id] if shown else [])
        return came

    def show_faces(self, view: BoardView, faces: Mapping[str, Face]) -> None:
        """Give each column the faces of its cards."""
        found: dict[str | None, dict[str, Face]] = {}
        for card_id, face in faces.items():
            found.setdefault(view.column_of(card_id), {})[card_id] = face
        for column_id, widget in self.views.items():
            if widget.display:
                widget.show_faces(found.get(column_id, {}))
