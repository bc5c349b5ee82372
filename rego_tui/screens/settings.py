"""The settings of the TUI: each change is seen at once, and kept in the user's file."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from rego.client.settings import BY_NAME
from rego.safe_text import safe_text
from rego.wire.errors import RegoError
from rego_tui.actions import Place
from rego_tui.keymap import Press
from rego_tui.preferences import NAMES, default_of
from rego_tui.screens.keys import KeyScreen
from rego_tui.widgets.bars import OptionsBar
from rego_tui.widgets.text_cells import steady

if TYPE_CHECKING:
    from rego_tui.app import RegoApp

LATER = frozenset({"mouse"})
"""Settings that count from the next start on."""


class SettingsScreen(KeyScreen):
    """One row a setting; left and right go through its values. What a variable or a flag says cannot be changed here."""

    place = Place.SETTINGS
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]

    def __init__(self, app: RegoApp) -> None:
        super().__init__(app)
        self._row = 0

    def compose(self) -> ComposeResult:
        with Vertical(id="settings"):
            yield Static(Text("Settings"), classes="heading")
            with VerticalScroll(can_focus=False):
                yield Static(id="rows")
            yield Static(id="word")
            yield OptionsBar()

    def on_mount(self) -> None:
        self._draw()
        self.show_options()

    # --- keys --------------------------------------------------------------------------------------------------------

    def act_settings_down(self, press: Press) -> None:
        self._go(press.count)

    def act_settings_up(self, press: Press) -> None:
        self._go(-press.count)

    def act_settings_next(self, press: Press) -> None:
        self._turn(press.count)

    def act_settings_previous(self, press: Press) -> None:
        self._turn(-press.count)

    def act_settings_reset(self, _: Press) -> None:
        """Back to the default, and out of the file."""
        if self._free():
            self._set(default_of(self._setting), keep=None)

    def act_settings_close(self, _: Press) -> None:
        self.dismiss()

    # --- values ------------------------------------------------------------------------------------------------------

    @property
    def _setting(self) -> str:
        return NAMES[self._row]

    def _go(self, count: int) -> None:
        self._row = max(0, min(self._row + count, len(NAMES) - 1))
        self._draw()
        self.query_one(VerticalScroll).scroll_to(y=self._row - 1, animate=False)

    def _turn(self, count: int) -> None:
        values = self._values()
        if self._free():
            now = self.rego.wishes[self._setting]
            at = values.index(now) if now in values else 0
            value = values[(at + count) % len(values)]
            self._set(value, keep=value)

    def _values(self) -> list[str]:
        """All that the setting under the cursor can be."""
        return list(BY_NAME[self._setting].one_of) or self.rego.theme_names()

    def _free(self) -> bool:
        """Whether the setting can be changed here; says so when not."""
        if source := self._stronger(self._setting):
            self.rego.say(f"{source} decides this here.", failed=True)
            return False
        return True

    def _set(self, value: str, *, keep: str | None) -> None:
        self.rego.wish(self._setting, value)
        self.rego.run_worker(self._save(self._setting, keep), group="settings")
        if self._setting in LATER:
            self.rego.say("It counts from the next start of `rego tui` on.")
        self._draw()

    async def _save(self, name: str, value: str | None) -> None:
        """Write what was changed, in a thread and in its turn. The app does it, so that it goes on when this screen closes."""
        home = self.rego.connect.home
        if home is None:
            return
        try:
            async with self.rego.writing:
                await asyncio.to_thread(home.save, name, value)
        except RegoError as error:
            self.rego.say(f"Not kept: {error.detail}", failed=True)
        if self.is_drawable:
            self._draw()

    def _source(self, name: str) -> str:
        """Who said the setting's value, in the words of a sentence."""
        home = self.rego.connect.home
        try:
            return next(home.choices.all_of(name)).source if home is not None else ""
        except RegoError as error:
            return error.detail

    def _stronger(self, name: str) -> str:
        """The variable or flag that decides a setting whatever the file says, or nothing."""
        source = self._source(name)
        return source if source.startswith(("REGO_", "the flag")) else ""

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        rows = Text("\n").join(self._line(name, selected=row == self._row) for row, name in enumerate(NAMES))
        self.query_one("#rows", Static).update(rows)
        source = self._source(self._setting)
        about = f"{BY_NAME[self._setting].help}\nFrom {safe_text(source)}." if source else f"{BY_NAME[self._setting].help}\n"
        self.query_one("#word", Static).update(Text(about))

    def _line(self, name: str, *, selected: bool) -> Text:
        value = steady(self.rego.wishes[name])
        line = Text("▌ " if selected else "  ", no_wrap=True, overflow="ellipsis")
        line.append(f"{name.replace('_', ' '):<14}", Style(bold=selected))
        line.append("◂ " if selected else "  ").append(f"{value:^16}", Style(bold=selected)).append(" ▸" if selected else "  ")
        return line.append(f"  set by {self._stronger(name)}" if self._stronger(name) else "", Style(italic=True))
