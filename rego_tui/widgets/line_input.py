"""One line that the user types in place: a card's title, or a filter. It never holds what a terminal would obey."""

from __future__ import annotations

from textual.binding import Binding
from textual.events import Key, Paste
from textual.widgets import Input

from rego.safe_text import safe_text
from rego.wire import limits
from rego_tui.widgets.typed_into import TypedInto

_EDITING = {
    key.strip(): binding.action for binding in Input.BINDINGS if isinstance(binding, Binding) for key in binding.key.split(",")
}


class LineInput(TypedInto, Input):
    """Hidden until it is asked for."""

    def __init__(self, *, line_id: str, placeholder: str, secret: bool = False, longest: int = limits.TITLE_MAX) -> None:
        super().__init__(
            id=line_id,
            placeholder=placeholder,
            compact=True,
            max_length=longest,
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

    def _on_paste(self, event: Paste) -> None:
        """Take in of a paste what one line can hold, and say when that is not all of it."""
        event.prevent_default()
        event.stop()
        lines = [line for line in event.text.splitlines() if line.strip()]
        if not lines:
            return
        whole = lines[0] if self.password else safe_text(lines[0])
        room = max((self.max_length or len(whole)) - len(self.value) + len(self.selected_text), 0)
        self.replace(whole[:room], *sorted(self.selection))
        if len(whole) > room:
            self.notify(
                f"Not all of what you pasted fits: a line here has at most {self.max_length} characters.", severity="warning"
            )
        elif len(lines) > 1:
            self.notify(f"Only the first of {len(lines)} pasted lines was taken.", severity="warning")

    def validate_value(self, value: str) -> str:
        """What is pasted or typed, with its hidden characters made visible; a secret is never shown, and stays as it is."""
        return value if self.password else safe_text(value)[: self.max_length]
