"""Keys as people write them, read as the terminal names them: `Ctrl+D`, `^D` and `ctrl+d` are one key. Pure."""

from __future__ import annotations

from rego.wire.errors import InvalidInput

_SPOKEN = {
    "esc": "escape",
    "return": "enter",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "del": "delete",
    "ins": "insert",
    "bs": "backspace",
    "blank": "space",
    "spacebar": "space",
    "↑": "up",
    "↓": "down",
    "←": "left",
    "→": "right",
}

_MODIFIERS = {"ctrl": "ctrl", "control": "ctrl", "c": "ctrl", "shift": "shift", "s": "shift", "alt": "alt", "a": "alt"}

_NAMED = {
    *("escape", "enter", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"),
    *("up", "down", "left", "right"),
    *(f"f{number}" for number in range(1, 25)),
}

# A terminal sends the same byte for both, so the key arrives under this name.
_SAME_BYTE = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+[": "escape", "shift+tab": "shift+tab"}


def read_keys(text: str) -> str:
    """A key, or several typed one after the other with blanks between, as the action table writes it.

    Raises `InvalidInput` when it cannot be pressed.
    """
    parts = text.split()
    if not parts:
        raise InvalidInput("a key is missing between the quotes; [] leaves an action without a key.")
    return " ".join(_read_key(part) for part in parts)


def _read_key(written: str) -> str:
    if len(written) == 1 and written.isprintable():
        return _SPOKEN.get(written, written)
    modifiers, name = _taken_apart(written)
    if name is None:
        raise InvalidInput(_unknown(written))
    if modifiers == {"shift"} and len(name) == 1:
        return name.upper()  # a terminal sends the letter itself
    if not modifiers:
        return name
    key = "+".join([*sorted(modifiers), name.lower() if len(name) == 1 else name])
    return _SAME_BYTE.get(key, key)


def _taken_apart(written: str) -> tuple[set[str], str | None]:
    """The modifiers and the key of a chord; None for a key that there is not."""
    text = written.replace("⇧", "shift+").replace("^", "ctrl+") if len(written) > 1 else written
    *before, last = text.split("+") if not text.endswith("++") else [*text[:-2].split("+"), "+"]
    modifiers = {_MODIFIERS.get(each.lower(), "") for each in before}
    name = _SPOKEN.get(last.lower(), last.lower() if len(last) > 1 else last)
    known = name in _NAMED or (len(name) == 1 and name.isprintable() and name != " ")
    return modifiers, name if known and "" not in modifiers else None


def _unknown(written: str) -> str:
    if written.isalnum() and len(written) <= 3:
        return f"there is no key “{written}”; keys typed one after the other have blanks between: “{' '.join(written)}”."
    return f"there is no key “{written}”; keys are written like x, X, ctrl+d, shift+left, enter, f5 or “g g”."
