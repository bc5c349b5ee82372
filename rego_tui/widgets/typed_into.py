"""What a widget is that the user types into: its screen hands it the keys, so that fast typing keeps its order across modes."""

from __future__ import annotations


class TypedInto:
    """Stands before one of Textual's widgets for typing, whose own keys it takes away. A `multiline` one gets Enter too."""

    multiline = False

    async def type_key(self, key: str, character: str | None) -> None:
        """Take one key in: a character, or an editing key such as Backspace."""
        raise NotImplementedError
