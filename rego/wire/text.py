"""What may stand in a text that strangers will print on their terminals.

Refused: control characters (C0, C1, DEL; newline and tab are allowed in a block), NUL and lone surrogates. Mended without a
word: Unicode is normalised to NFC, bidirectional controls are taken out of lines, and a line loses the blanks at its ends.
"""

from __future__ import annotations

import re
import unicodedata

from rego.wire.errors import InvalidInput

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

BIDI = re.compile(f"[{BIDI_CONTROLS}]")
NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
NOT_IN_A_BLOCK = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_line(value: str, *, field: str) -> str:
    """`value` as one printable line; raises `InvalidInput` when it cannot be one or nothing is left."""
    _refuse(NOT_IN_A_LINE, value, field)
    cleaned = normalised(BIDI.sub("", value)).strip()
    if value and not cleaned:
        raise InvalidInput(f"{field} is empty: give it at least one visible character.", field=field)
    return cleaned


def clean_block(value: str, *, field: str) -> str:
    """`value` as printable text of several lines with `\\n` line ends; raises `InvalidInput` when it cannot be."""
    unified = value.replace("\r\n", "\n").replace("\r", "\n")
    _refuse(NOT_IN_A_BLOCK, unified, field)
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
