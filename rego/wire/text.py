"""What may stand in a text that strangers will print on their terminals.

Refused: control characters (C0, C1, DEL; newline and tab are allowed in a block), NUL and lone surrogates. Mended without a
word: Unicode is normalised to NFC, bidirectional controls are taken out of lines, and a line loses the blanks at its ends.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from rego.wire.errors import InvalidInput

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


# The patterns are compiled when they are first used, because that takes a while and most commands clean no text.
@cache
def bidi() -> re.Pattern[str]:
    """What turns the direction of writing."""
    return re.compile(f"[{BIDI_CONTROLS}]")


@cache
def not_in_a_line() -> re.Pattern[str]:
    """What no line may hold."""
    return re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@cache
def not_in_a_block() -> re.Pattern[str]:
    """What no text of several lines may hold."""
    return re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_line(value: str, *, field: str) -> str:
    """`value` as one printable line; raises `InvalidInput` when it cannot be one or nothing is left."""
    _refuse(not_in_a_line(), value, field)
    cleaned = normalised(bidi().sub("", value)).strip()
    if value and not cleaned:
        raise InvalidInput(f"{field} is empty: give it at least one visible character.", field=field)
    return cleaned


def clean_block(value: str, *, field: str) -> str:
    """`value` as printable text of several lines with `\\n` line ends; raises `InvalidInput` when it cannot be."""
    unified = value.replace("\r\n", "\n").replace("\r", "\n")
    _refuse(not_in_a_block(), unified, field)
    return normalised(unified)


def ascii_lower(value: str) -> str:
    """`value` with A to Z in lower case and all else as it is: the comparison on which Python and both databases agree."""
    return value.lower() if value.isascii() else value.translate(_ASCII_LOWER)


_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def normalised(value: str) -> str:
    """`value` in NFC, unless that is longer (as with U+0958): lengths were checked before, and limits must hold after."""
    normal = unicodedata.normalize("NFC", value)
    return normal if len(normal) <= len(value) else value


def _refuse(pattern: re.Pattern[str], value: str, field: str) -> None:
    if found := pattern.search(value):
        raise InvalidInput(
            f"{field} holds the control character U+{ord(found[0]):04X} at position {found.start() + 1}; remove it.",
            field=field,
        )
