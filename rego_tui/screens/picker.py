"""A popup with a list that typing filters: one row is chosen, or several are ticked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.widgets import Input, Static

from rego_tui.actions import Place
from rego_tui.keymap import Press, key_label
from rego_tui.screens.keys import KeyScreen, Typed, key_name
from rego_tui.widgets.bars import OptionsBar
from rego_tui.widgets.choices import NUMBERED, ChoiceList, Row, RowClicked, fitting
from rego_tui.widgets.line_input import LineInput
from rego_tui.widgets.text_cells import steady, wrap

if TYPE_CHECKING:
    from rego_tui.app import RegoApp

WIDTH = 56
"""Cells of the popup where the terminal has them."""

OFFERED = 3
"""Rows for what is made of the typed words, or for the sentence that says why it cannot be."""

ROWS_MAX = 14
"""Rows that are shown at once where the terminal has room for them."""


class Picked(Struct, frozen=True, kw_only=True):
    """What was decided: ids of rows that are to hold now and did not, and of those that did.

    Where one row is chosen it is the only one in `put`. `typed` is what stood in the filter when an offered row was taken.
    """

    put: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    typed: str = ""

    @property
    def one(self) -> str:
        """The row that was chosen, where only one can be."""
        return self.put[0]


Offer: TypeAlias = Callable[[str], Row | str | None]
"""Makes of what is typed a row below those that fit, or a sentence that is shown when no row fits."""


class Picker(KeyScreen):
    """Answers a `Picked` when the user has chosen, None when they left. Push it with a callback for that.

    With `several` rows are ticked and Enter takes them all; without, choosing a row is the answer. Digits reach the first nine
    rows while nothing is typed, unless `numbered` is off. `text` stands in the filter at first.
    """

    place = Place.PICKER

    def __init__(
        self,
        app: RegoApp,
        title: str,
        rows: Sequence[Row],
        *,
        several: bool = False,
        numbered: bool = True,
        offer: Offer | None = None,
        placeholder: str = "type to filter",
        text: str = "",
    ) -> None:
        super().__init__(app)
        self._heading = title
        self._rows = rows
        self._several = several
        self._numbered = numbered
        self._offer = offer
        self._placeholder = placeholder
        self._text = text
        self._ticks = {row.id: row.ticked for row in rows}
        self._shown: list[Row] = list(rows)
        self._typed = ""
        self._offered: str | None = None
        self._instead = "" if offer is not None else "There is nothing to choose."
        self._cursor = 0 if several else next((n for n, row in enumerate(rows) if row.ticked), 0)

    def compose(self) -> ComposeResult:
        with Vertical(id="picker"):
            yield Static(classes="heading")
            yield LineInput(line_id="words", placeholder=self._placeholder)
            yield ChoiceList()
            yield OptionsBar()

    def on_mount(self) -> None:
        self.line.open(self._text)
        self._filter()
        self._fit()
        self._draw()
        self.show_options()

    @property
    def line(self) -> LineInput:
        """Where the filter is typed."""
        return self.query_one("#words", LineInput)

    # --- keys --------------------------------------------------------------------------------------------------------

    async def take_key(self, event: Typed) -> None:
        """Keys of the picker act, all others go into the filter; what is printable acts only while that is empty."""
        action = self.rego.keymap.keys_at(self.place).get((key_name(event),))
        printable = event.character is not None and event.character.isprintable()
        digit = action is not None and action.id == "picker.number" and not self._numbered
        if action is None or action.place is not self.place or digit or (printable and self.line.value):
            await self.line.type_key(event.key, event.character)
            self._filter()
        else:
            self.run(Press(action, key=event.key))

    def hints(self) -> Sequence[tuple[str, str]]:
        wanted = ["picker.choose", *(["picker.tick"] if self._several else []), "picker.leave"]
        actions = [self.rego.keymap.actions[name] for name in wanted]
        return [(key_label(action.keys[0]), action.hint) for action in actions if action.keys]

    def act_picker_down(self, _: Press) -> None:
        self._go(1)

    def act_picker_up(self, _: Press) -> None:
        self._go(-1)

    def act_picker_page_down(self, _: Press) -> None:
        self._go(max(self.query_one(ChoiceList).size.height - 1, 1))

    def act_picker_page_up(self, _: Press) -> None:
        self._go(-max(self.query_one(ChoiceList).size.height - 1, 1))

    def act_picker_number(self, press: Press) -> None:
        """Tick, or choose, the row of a number; rows beyond the last are nothing."""
        number = int(press.key) if press.key.isdecimal() else 0
        if 0 < number <= min(len(self._shown), NUMBERED):
            self._cursor = number - 1
            self._take(self._shown[self._cursor])

    def act_picker_tick(self, _: Press) -> None:
        """Tick the row under the cursor, and let the next one be typed."""
        if self._shown and self._several and self._shown[self._cursor].id != self._offered:
            self._toggle(self._shown[self._cursor])
            self.line.value = ""
            self._filter()

    def act_picker_choose(self, _: Press) -> None:
        """Take what is ticked; the row under the cursor too where that is what was meant."""
        if self._several and not self._typed and self._changed():
            self.dismiss(self._picked())
        elif self._shown:
            self._take(self._shown[self._cursor], last=True)
        elif not self._typed:
            self.dismiss(None)

    def act_picker_leave(self, _: Press) -> None:
        self.dismiss(None)

    # --- choosing ----------------------------------------------------------------------------------------------------

    def _take(self, row: Row, *, last: bool = False) -> None:
        if not self._several:
            self.dismiss(Picked(put=(row.id,), typed=self._typed if row.id == self._offered else ""))
        elif row.id == self._offered:
            self.dismiss(self._picked(typed=self._typed))
        else:
            self._toggle(row)
            if last:
                self.dismiss(self._picked())

    def _toggle(self, row: Row) -> None:
        self._ticks[row.id] = self._ticks.get(row.id) is not True
        self._draw()

    def _changed(self) -> list[Row]:
        return [row for row in self._rows if self._ticks[row.id] is not row.ticked]

    def _picked(self, *, typed: str = "") -> Picked:
        changed = self._changed()
        return Picked(
            put=tuple(row.id for row in changed if self._ticks[row.id]),
            taken=tuple(row.id for row in changed if not self._ticks[row.id]),
            typed=typed,
        )

    # --- what is shown -----------------------------------------------------------------------------------------------

    def on_input_changed(self, event: Input.Changed) -> None:
        """What is pasted comes only here; what is typed was taken in already, so that a key after it finds it filtered."""
        event.stop()
        self._filter()

    def _filter(self) -> None:
        typed = self.line.value.strip()
        if typed == self._typed:
            return
        self._typed, self._cursor, self._offered = typed, 0, None
        self._shown = fitting(self._rows, typed)
        offered = self._offer(typed) if self._offer is not None and typed else None
        self._instead = offered if isinstance(offered, str) else "Nothing fits."
        if isinstance(offered, Row):
            self._shown.append(offered)
            self._offered = offered.id
        self._draw()

    def fit(self, _: Size) -> None:
        self._fit()

    def on_row_clicked(self, message: RowClicked) -> None:
        message.stop()
        if message.index >= len(self._shown):
            return
        self._cursor = message.index
        self._take(self._shown[message.index])

    def _go(self, count: int) -> None:
        self._cursor = max(0, min(self._cursor + count, len(self._shown) - 1))
        self._draw()

    def _fit(self) -> None:
        """Give the title and the list as many lines as they want and the terminal has."""
        width = min(self.size.width, WIDTH) - 2
        title = wrap(steady(self._heading), max(width, 2), 3 if self.size.height > ROWS_MAX else 1)
        self.query_one(".heading", Static).update(Text("\n".join(title)))
        room = self.size.height - 2 - len(title)
        wanted = max(len(self._rows), 1 if self._offer is None else OFFERED)
        self.query_one(ChoiceList).styles.height = max(1, min(wanted, ROWS_MAX, room))

    def _draw(self) -> None:
        self.query_one(ChoiceList).show(
            self._shown,
            self._cursor,
            ticks=self._ticks if self._several else None,
            numbered=self._numbered and not self._typed,
            instead=self._instead,
        )
