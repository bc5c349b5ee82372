"""The keys of a place, made from the keymap: type to search, Enter does it on the screen below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from rego_tui.actions import Action, Place
from rego_tui.keymap import Keymap, Press, key_label
from rego_tui.screens.keys import KeyScreen, Typed
from rego_tui.widgets.bars import OptionsBar
from rego_tui.widgets.line_input import LineInput
from rego_tui.widgets.text_cells import wrap

if TYPE_CHECKING:
    from rego_tui.app import RegoApp

KEYS_WIDTH = 18


class HelpScreen(KeyScreen):
    """All that can be done where the user came from. Dismissed with the action to run there, or None."""

    place = Place.HELP

    def __init__(self, app: RegoApp, about: Place) -> None:
        super().__init__(app)
        self._about = about

    def compose(self) -> ComposeResult:
        with Vertical(id="help"):
            yield Static(Text(f"Keys: {self._about}"), classes="heading")
            yield LineInput(line_id="search", placeholder="type to search, Enter does it")
            yield OptionList(id="actions", markup=False)
            yield Static(Text("A number before a movement repeats it: 3L. F2 is for keys of your own."), classes="foot")
            yield OptionsBar()

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self.query_one("#search", LineInput).open()
        self.show_options()
        self._list("")

    async def take_key(self, event: Typed) -> None:
        if (press := self.press_beside_typing(event)) is not None:
            self.run(press)
        else:
            await self.query_one("#search", LineInput).type_key(event.key, event.character)

    def hints(self) -> Sequence[tuple[str, str]]:
        return [(key_label(a.keys[0]), a.hint) for a in self.rego.keymap.at(Place.HELP) if a.place is Place.HELP and a.hint]

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._list(event.value)

    def fit(self, _: Size) -> None:
        self._list(self.query_one("#search", LineInput).value)

    def _list(self, words: str) -> None:
        """Show the actions that have all the words in their key, name or help."""
        listed = self.query_one(OptionList)
        listed.clear_options()
        options: list[Option] = []
        for group, actions in groupby(found(self.rego.keymap, self._about, words), key=lambda action: action.group):
            options.append(Option(Text(group, "bold"), disabled=True))
            options += [Option(action_line(action, listed.size.width), id=action.id) for action in actions]
        listed.add_options(options or [Option(Text("Nothing here is called that."), disabled=True)])
        listed.highlighted = 1 if options else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option.id is not None:
            self.dismiss(self.rego.keymap.actions[event.option.id])

    def act_help_down(self, _: Press) -> None:
        self.query_one(OptionList).action_cursor_down()

    def act_help_up(self, _: Press) -> None:
        self.query_one(OptionList).action_cursor_up()

    def act_help_page_down(self, _: Press) -> None:
        self._page(1)

    def act_help_page_up(self, _: Press) -> None:
        self._page(-1)

    def _page(self, direction: int) -> None:
        listed = self.query_one(OptionList)
        for _ in range(max(listed.size.height - 1, 1)):
            before = listed.highlighted
            (listed.action_cursor_down if direction > 0 else listed.action_cursor_up)()
            if before is None or listed.highlighted is None or (listed.highlighted - before) * direction < 0:
                listed.highlighted = before  # it went round the end
                return

    def act_help_run(self, _: Press) -> None:
        self.query_one(OptionList).action_select()

    def act_help_close(self, _: Press) -> None:
        self.dismiss(None)


def found(table: Keymap, place: Place, words: str) -> list[Action]:
    """The actions of a place in which every word occurs, case aside; all of them without words."""
    wanted = words.casefold().split()
    return [action for action in table.at(place) if all(word in _text_of(action) for word in wanted)]


def _text_of(action: Action) -> str:
    keys = " ".join(key_label(key) for key in action.keys)
    return f"{keys} {' '.join(action.keys)} {action.help} {action.id} {action.group}".casefold()


def action_line(action: Action, width: int) -> Text:
    """The keys and what they do; a long help goes on below itself."""
    keys = "  ".join(key_label(key) for key in action.keys) or "no key"
    if cell_len(keys) > KEYS_WIDTH:
        keys = f"{key_label(action.keys[0])} … {key_label(action.keys[-1])}"
    lines = wrap(action.help, max(width - KEYS_WIDTH - 7, 12), 3)
    text = Text(f"  {keys:<{KEYS_WIDTH}}", "cyan").append(f" {lines[0]}", "default")
    for line in lines[1:]:
        text.append(f"\n{' ' * (KEYS_WIDTH + 3)}{line}", "default")
    return text
