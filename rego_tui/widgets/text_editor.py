"""A text of several lines that the user types. What is in it is kept as it is; what is drawn of it never steers a terminal."""

from __future__ import annotations

import re

from rich.segment import Segment
from textual.binding import Binding
from textual.events import Key, Paste
from textual.strip import Strip
from textual.widgets import TextArea

from rego.safe_text import safe_text
from rego_tui.widgets.text_cells import steady
from rego_tui.widgets.typed_into import TypedInto

_BINDINGS = [binding for binding in TextArea.BINDINGS if isinstance(binding, Binding)]
_EDITING = {key.strip(): binding.action for binding in _BINDINGS for key in binding.key.split(",")}
_BEGUN_MENTION = re.compile(r"(?<![\w@/.-])@([A-Za-z0-9_.-]*)$")
INDENT = "  "


class TextEditor(TypedInto, TextArea):
    """Hidden until it is asked for."""

    multiline = True

    def __init__(self, *, editor_id: str) -> None:
        super().__init__(id=editor_id, compact=True, highlight_cursor_line=False)
        self.display = False
        self.cursor_blink = False
        self.show_vertical_scrollbar = True

    def open(self, text: str, placeholder: str = "") -> None:
        """Show the editor with `text` in it and the cursor at its end."""
        self.placeholder = placeholder
        self.load_text(text)
        self.move_cursor(self.document.end)
        self.display = True
        self.screen.set_focus(self)

    def close(self) -> None:
        """Vanish, and forget what was typed."""
        self.screen.set_focus(None)
        self.display = False
        self.load_text("")

    async def type_key(self, key: str, character: str | None) -> None:
        event = Key(key, character)
        if event.is_printable or key == "enter":
            await self._on_key(event)
        elif action := _EDITING.get(key):
            await self.run_action(action)

    def indent(self) -> None:
        """Put an indent at the cursor."""
        self.insert(INDENT)

    def begun_mention(self) -> str | None:
        """What stands between an @ and the cursor, or None where no name is being typed."""
        row, column = self.cursor_location
        found = _BEGUN_MENTION.search(self.document.get_line(row)[:column])
        return found[1] if found is not None else None

    def finish_mention(self, name: str) -> None:
        """Put a name in place of what was typed of it."""
        row, column = self.cursor_location
        begun = self.begun_mention() or ""
        self.replace(f"{name} ", (row, column - len(begun)), (row, column))

    async def _on_paste(self, event: Paste) -> None:
        """Take a paste in with its control characters made visible: the server takes none of them."""
        event.prevent_default()
        event.stop()
        text = safe_text(event.text.replace("\r\n", "\n").replace("\r", "\n"), multiline=True)
        self.move_cursor(self.replace(text, *self.selection).end_location)

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        text = strip.text
        if text.isascii() and text.isprintable():
            return strip
        return Strip([_drawn(segment) for segment in strip]).adjust_cell_length(strip.cell_length, self.rich_style)


def _drawn(segment: Segment) -> Segment:
    """A segment without what no terminal should get; hidden characters take no cells here, so that the cursor stays in step."""
    return Segment(steady("".join(c for c in segment.text if safe_text(c) == c)), segment.style)
