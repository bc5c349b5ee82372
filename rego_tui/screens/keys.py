"""What every screen shares: keys become actions of the keymap, actions run methods, and the options line shows both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.screen import ModalScreen

from rego_tui.actions import Action, Place
from rego_tui.keymap import KeyReader, Press, key_label
from rego_tui.widgets.bars import OptionsBar
from rego_tui.widgets.line_input import LineInput
from rego_tui.widgets.typed_into import TypedInto

if TYPE_CHECKING:
    from rego_tui.app import RegoApp


class Typed(Message):
    """A key press on its way to the screen. All keys take this one way, so that fast typing keeps its order across modes."""

    def __init__(self, key: str, character: str | None) -> None:
        super().__init__()
        self.key = key
        self.character = character


class KeyScreen(ModalScreen[Any]):
    """A screen whose keys are those of a place in the keymap. It is modal so that no key reaches what lies below."""

    AUTO_FOCUS = ""
    place: Place
    aside = 0

    def __init__(self, app: RegoApp) -> None:
        super().__init__()
        self.rego = app
        self._reader = KeyReader(app.keymap, self.place)

    @property
    def is_drawable(self) -> bool:
        """Whether the widgets are there: they go before the screen does, and what was asked for may come in between."""
        return self.is_mounted and self.display

    def enter_place(self, place: Place) -> None:
        """Read keys as those of another place from now on."""
        self.place = place
        self.read_keys_anew()

    def make_room(self, cells: int) -> None:
        """Leave the last `cells` of each line to what lies beside this screen."""
        if cells != self.aside:
            self.aside = cells
            self.styles.padding = (0, cells, 0, 0)
            self.fit(self.app.size - Size(cells, 0))
            self.show_options()

    def fit(self, size: Size, /) -> None:
        """Lay out what depends on how many cells there are."""

    def on_resize(self, event: events.Resize) -> None:
        self.fit(event.size - Size(self.aside, 0))

    def on_screen_resume(self) -> None:
        """Nothing lies beside the topmost screen."""
        self.make_room(0)

    def read_keys_anew(self) -> None:
        """The keymap is another one, or the place is."""
        self._reader = KeyReader(self.rego.keymap, self.place)
        self.show_options()

    async def on_typed(self, event: Typed) -> None:
        event.stop()
        await self.take_key(event)

    async def take_key(self, event: Typed) -> None:
        """Type a key into the line that is open, or take it as one of the keymap."""
        target: object = self.focused
        if isinstance(target, LineInput):
            await self._type(target, event)
            return
        if isinstance(target, TypedInto):
            await self._write(target, event)
            return
        press = self._reader.press(key_name(event))
        self.show_options()
        if press is not None:
            self.run(press)

    async def _type(self, line: LineInput, event: Typed) -> None:
        if event.key == "enter":
            self.submit_line(line)
        elif event.key == "escape":
            self.cancel_line(line)
        elif event.key == "tab":
            self.complete_line(line)
        else:
            await line.type_key(event.key, event.character)

    async def _write(self, text: TypedInto, event: Typed) -> None:
        """A key on its way into a text of several lines: what prints is typed, and what is no action of this place."""
        if (press := self.press_beside_typing(event)) is not None:
            self.run(press)
        else:
            await text.type_key(event.key, event.character)

    def press_beside_typing(self, event: Typed) -> Press | None:
        """What a key that types nothing does at this very place, or None where it is typed."""
        types = event.character is not None and event.character.isprintable()
        action = None if types else self.rego.keymap.keys_at(self.place).get((key_name(event),))
        return Press(action, key=event.key) if action is not None and action.place is self.place else None

    def submit_line(self, line: LineInput) -> None:
        """Take what was typed into a line."""

    def complete_line(self, line: LineInput) -> None:
        """Complete what was typed into a line."""

    def cancel_line(self, line: LineInput) -> None:
        """Leave a line, and what was typed into it."""

    def hear(self, message: Message) -> None:
        """Something happened on the open board; its own screen passes this on to all that lie over it."""

    def run(self, press: Press) -> None:
        """Do what an action says, unless it would change what the user may only look at."""
        if press.action.changes and (why := self.rego.why_not()):
            self.rego.say(why, failed=True)
            return
        getattr(self, press.action.method)(press)

    def hints(self) -> Sequence[tuple[str, str]]:
        """Keys and words for the options line."""
        actions = self.rego.keymap.at(self.place)
        only_look = bool(self.rego.why_not())
        return [(key_label(a.keys[0]), a.hint) for a in actions if a.hint and a.keys and not (only_look and a.changes)]

    def mode(self) -> str:
        """A word for the mode that the screen is in, or nothing."""
        return ""

    def show_options(self) -> None:
        """Draw the options line; beside another screen, whose keys are those that work, it is empty."""
        for bar in self.query(OptionsBar):
            bar.show(() if self.aside else self.hints(), mode=self.mode(), typed=self._reader.typed, kept=self._hint_of_help())

    def _hint_of_help(self) -> tuple[str, str] | None:
        """The key that tells all others, which the options line shows however narrow it is; in a mode its own keys go first."""
        action = self.rego.keymap.actions["app.help"]
        return (key_label(action.keys[0]), action.hint) if action.keys and not self.mode() else None

    def act_app_help(self, _: Press) -> None:
        from rego_tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.rego, self.place), self._run_chosen)

    def _run_chosen(self, action: Action | None) -> None:
        if action is not None:
            self.run(Press(action))

    def act_app_settings(self, _: Press) -> None:
        from rego_tui.screens.settings import SettingsScreen

        self.app.push_screen(SettingsScreen(self.rego))

    def act_app_palette(self, _: Press) -> None:
        self.app.action_command_palette()

    def act_app_quit(self, _: Press) -> None:
        self.rego.leave()

    def act_app_keys_file(self, _: Press) -> None:
        self.rego.read_keys_file()

    def act_app_suspend(self, _: Press) -> None:
        self.app.action_suspend_process()

    def act_app_interrupt(self, _: Press) -> None:
        quit_keys = [key_label(key) for key in self.rego.keymap.actions["app.quit"].keys]
        self.rego.say(f"{quit_keys[0] if quit_keys else 'Ctrl+Q'} quits from the board, Ctrl+Q anywhere.")


def key_name(event: Typed) -> str:
    """A key press as the keymap writes it."""
    character = event.character
    return character if character is not None and character.isprintable() and character != " " else event.key
