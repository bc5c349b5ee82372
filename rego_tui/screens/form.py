"""A form: several lines to type into, one of them at a time. Keys that are no text are the keymap's, so that Tab goes on."""

from __future__ import annotations

from rego_tui.keymap import Press
from rego_tui.screens.keys import KeyScreen, Typed, key_name
from rego_tui.widgets.line_input import LineInput


class FormScreen(KeyScreen):
    """Its lines stay in sight with what is in them until the screen closes."""

    def lines(self) -> list[LineInput]:
        """The lines that are in use now, from the top."""
        return [line for line in self.query(LineInput) if line.display]

    def value(self, line_id: str) -> str:
        """What stands in a line."""
        return self.query_one(f"#{line_id}", LineInput).value

    def go_to_first_empty(self) -> None:
        """Put the cursor where something is missing, or else on the last line."""
        lines = self.lines()
        self.set_focus(next((line for line in lines if not line.value), lines[-1]))

    def step(self, count: int) -> None:
        """Go to the line so many further, round and round."""
        lines = self.lines()
        at = next((n for n, line in enumerate(lines) if line.has_focus), 0)
        self.set_focus(lines[(at + count) % len(lines)])

    async def take_key(self, event: Typed) -> None:
        line = self.focused
        typing = isinstance(line, LineInput) and event.character is not None and event.character.isprintable()
        action = None if typing else self.rego.keymap.keys_at(self.place).get((key_name(event),))
        if action is not None:
            self.run(Press(action, key=event.key))
        elif isinstance(line, LineInput):
            await line.type_key(event.key, event.character)
