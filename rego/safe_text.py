"""Text of other people made fit for a terminal: whatever could steer it, or hide from the reader, becomes visible.

Pure and for every client: tables, widgets, notices, window titles and completions all go through `safe_text`. It is no
markup escape: what it returns still belongs in a `Text`, `Content` or `Segment`, or behind `markup=False`.
"""

from __future__ import annotations

import re
from functools import cache

# Controls, surrogates and non-characters; bidi controls and separators (UAX 9, UTR 36); what Unicode calls default-ignorable.
_HIDDEN = (
    "\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_JOINER = "(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])"
_VARIANT = f"(?<=[^{_HIDDEN}])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"


def safe_text(value: str, *, multiline: bool = False) -> str:
    """`value` without a character that a terminal obeys or a reader cannot see; with `multiline`, newlines and tabs stay.

    Controls become their pictures (`␛`), other hidden characters their number (`<U+202E>`). Joiners between two non-ASCII
    characters (Persian, Indic scripts, emoji) and one variation selector after a visible character stay: they do a job there.
    """
    if (value.isascii() and value.isprintable()) or not _any_hidden().search(value):
        return value
    return _hidden(multiline).sub(_shown, value)


# Patterns of this size take longer to compile than many a command to run, which prints nothing but ASCII.
@cache
def _any_hidden() -> re.Pattern[str]:
    return re.compile(f"[{_HIDDEN}]")


@cache
def _hidden(multiline: bool) -> re.Pattern[str]:
    kept = f"{_JOINER}|{_VARIANT}" + (r"|[\n\t]" if multiline else "")
    return re.compile(f"({kept})|([{_HIDDEN}])")


def _shown(match: re.Match[str]) -> str:
    if (kept := match[1]) is not None:
        return kept
    code = ord(match[2])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<U+{code:04X}>"
