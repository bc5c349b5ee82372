"""A secret that is shown once, such as the link of an invitation: to read, and to copy with a key."""

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


class SecretScreen(KeyScreen):
    """Nothing but Esc or q closes it, so that no key that was meant for something else loses what is shown."""

    place = Place.ONCE

    def __init__(self, app: RegoApp, heading: str, sentence: str, secret: str) -> None:
        super().__init__(app)
        self._heading = heading
        self._told = sentence
        self.secret = secret

    def compose(self) -> ComposeResult:
        with Vertical(id="secret"):
            yield Static(Text(self._heading), classes="heading")
            with VerticalScroll(can_focus=False):
                yield Static(Text(safe_text(self.secret)), id="text")
                yield Static(Text(safe_text(self._told)), id="told")
            yield OptionsBar()

    def on_mount(self) -> None:
        self.show_options()

    def act_once_copy(self, _: Press) -> None:
        """Copy it by the terminal's own way, which works over SSH too where the terminal allows it."""
        self.app.copy_to_clipboard(self.secret)
        self.rego.say("Copied, if your terminal lets programs do that.")

    def act_once_close(self, _: Press) -> None:
        self.dismiss()
