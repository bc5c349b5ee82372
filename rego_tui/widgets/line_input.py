"""One line that the user types in place: a card's title, or a filter. It never holds what a terminal would obey."""

from __future__ import annotations

from textual.binding import Binding
from textual.events import Key
from textual.widgets import Input

from rego.safe_text import safe_text
from rego.wire import limits
from rego_tui.widgets.typed_into import TypedInto

_EDITING = {
    key.strip(): binding.action for binding in Input.BINDINGS if isinstance(binding, Binding) for key in binding.key.split(",")
}


class LineInput(TypedInto, Input):
    """Hidden until it is asked for."""

    def __init__(self, *, line_id: str, placeholder: str, secret: bool = False) -> None:
        super().__init__(
            id=line_id,
            placeholder=placeholder,
            compact=True,
            max_length=limits.TITLE_MAX,
            select_on_focus=False,
            password=secret,
        )
        self.display = False
        self.cursor_blink = False

    def open(self, text: str = "") -> None:
        """Show the line with `text` in it."""
        self.value = safe_text(text)
        self.cursor_position = len(self.value)
        self.display = True
        self.screen.set_focus(self)

    def close(self) -> None:
        """Vanish, and forget what was typed."""
        self.screen.set_focus(None)
        self.display = False
        self.value = ""

    async def type_key(self, key: str, character: str | None) -> None:
        event = Key(key, character)
        if event.is_printable:
            await self._on_key(event)
        elif action := _EDITING.get(key):
            await self.run_action(action)

    def validate_value(self, value: str) -> str:
        """What is pasted or typed, with its hidden characters made visible; a secret is never shown, and stays as it is."""
        return value if self.password else safe_text(value)[: limits.TITLE_MAX]
