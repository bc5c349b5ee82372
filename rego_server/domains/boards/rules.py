"""What a board's key looks like when nobody chose one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import product
from string import ascii_uppercase

from rego.wire import limits

SHORTEST = 3
FALLBACK = "BOARD"


def key_candidates(title: str) -> Iterator[str]:
    """Keys for a board of this title, the best first: its initials or first letters, then those with letters after them."""
    base = _base(title)
    yield base
    for length in (1, 2, 3):
        stem = base[: limits.BOARD_KEY_MAX - length]
        for letters in product(ascii_uppercase, repeat=length):
            yield stem + "".join(letters)


def _base(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().upper()
    words: list[str] = re.findall(r"[A-Z]+", plain)
    initials = "".join(word[0] for word in words)
    if len(initials) >= SHORTEST:
        return initials[: limits.BOARD_KEY_MAX]
    if words and len(words[0]) >= limits.BOARD_KEY_MIN:
        return words[0][:4]
    return FALLBACK
