"""The `rego …` command that equals the last act, to read and to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from rego.safe_text import safe_text
from rego_tui.actions import Place
from rego_tui.keymap import Press
from rego_tui.screens.keys import KeyScreen
from rego_tui.widgets.bars import OptionsBar

if TYPE_CHECKING:
    from rego_tui.app import RegoApp


class CommandScreen(KeyScreen):
    """Shows a command, one a line where it takes several."""

    place = Place.COMMAND

    def __init__(self, app: RegoApp, command: str) -> None:
        super().__init__(app)
        self._command = command

    def compose(self) -> ComposeResult:
        with Vertical(id="command"):
            yield Static(Text("The same in a shell"), classes="heading")
            with VerticalScroll(can_focus=False):
                yield Static(Text(safe_text(self._command, multiline=True)), id="words")
            yield OptionsBar()

    def on_mount(self) -> None:
        self.show_options()

    def act_command_copy(self, _: Press) -> None:
        self.app.copy_to_clipboard(self._command)
        self.rego.say("Copied the command" if "\n" not in self._command else "Copied the commands")
        self.dismiss()

    def act_command_close(self, _: Press) -> None:
        self.dismiss()
