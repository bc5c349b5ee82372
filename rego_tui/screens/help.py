"""The keys of a place, made from the keymap."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from rego_tui.actions import Place
from rego_tui.keymap import Keymap, Press, key_label
from rego_tui.screens.keys import KeyScreen
from rego_tui.widgets.bars import OptionsBar

if TYPE_CHECKING:
    from rego_tui.app import RegoApp


class HelpScreen(KeyScreen):
    """All that can be done where the user came from."""

    place = Place.HELP

    def __init__(self, app: RegoApp, about: Place) -> None:
        super().__init__(app)
        self._about = about

    def compose(self) -> ComposeResult:
        with Vertical(id="help"):
            yield Static(Text(f"Keys: {self._about}"), classes="heading")
            with VerticalScroll(can_focus=False):
                yield Static(help_text(self.rego.keymap, self._about))
            yield OptionsBar()

    def on_mount(self) -> None:
        self.show_options()

    def act_help_down(self, press: Press) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=press.count, animate=False)

    def act_help_up(self, press: Press) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=-press.count, animate=False)

    def act_help_close(self, _: Press) -> None:
        self.dismiss()


def help_text(table: Keymap, place: Place) -> Text:
    """The actions of a place by group, each with all its keys."""
    text = Text()
    for group, actions in groupby(table.at(place), key=lambda action: action.group):
        text.append(f"{group}\n", "bold")
        for action in actions:
            keys = "  ".join(key_label(key) for key in action.keys) or "no key"
            text.append(f"  {keys:<18}", "cyan").append(f" {action.help}\n")
        text.append("\n")
    text.append("A number before a movement repeats it: 3L carries the card three columns to the right.")
    return text
