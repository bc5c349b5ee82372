"""One line that the user types in place: a card's title, or a filter. It never holds what a terminal would obey."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Input

from rego.safe_text import safe_text
from rego.wire import limits


class LineInput(Input):
    """Hidden until it is asked for; Esc takes it away again."""

    class Cancelled(Message):
        """The user left the line with Esc."""

        def __init__(self, line: LineInput) -> None:
            super().__init__()
            self.line = line

    def __init__(self, *, line_id: str, placeholder: str) -> None:
        super().__init__(id=line_id, placeholder=placeholder, compact=True, max_length=limits.TITLE_MAX, select_on_focus=False)
        self.display = False
        self.cursor_blink = False

    def open(self, text: str = "") -> None:
        """Show the line with `text` in it and take the keys."""
        self.value = safe_text(text)
        self.cursor_position = len(self.value)
        self.display = True
        self.focus()

    def close(self) -> None:
        """Give the keys back and vanish."""
        self.display = False
        self.value = ""
        self.screen.set_focus(None)

    def validate_value(self, value: str) -> str:
        """What is pasted or typed, with its hidden characters made visible."""
        return safe_text(value)[: limits.TITLE_MAX]

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.post_message(self.Cancelled(self))
            return
        await super()._on_key(event)
