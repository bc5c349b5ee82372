"""What people type who come from `gh` and the like: other names that a command is found by. Completion loads this too."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

SYNONYMS = {
    "view": ("show",),
    "create": ("add",),
    "new": ("add",),
    "ls": ("list",),
    "close": ("done",),
    "mv": ("move",),
    "cp": ("copy",),
    "rm": ("delete", "remove", "revoke"),
    "remove": ("delete",),
}
"""Words with the commands that they may mean, the likelier ones first."""


def meant(word: str, commands: Container[str]) -> str | None:
    """The command of that name, else the one that the word means: `card` is `cards`, `cards view` is `cards show`."""
    return next((name for name in (word, f"{word}s", *SYNONYMS.get(word, ())) if name in commands), None)
