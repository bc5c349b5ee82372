"""What a file is, told by its first bytes, and what does not fit on a board any more. Pure."""

from __future__ import annotations

import re

import filetype

from rego.wire.errors import TooLarge

MB = 1_000_000
HEAD = 8_192
"""Bytes at the beginning of a file that tell what it is."""

TEXT = "text/plain"
UNKNOWN = "application/octet-stream"

_READABLE = ("application/pdf", "application/rtf", "application/postscript")
"""Kinds of which a file may be made of readable characters alone and is still no text."""

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def content_type_of(head: bytes) -> str:
    """The media type of a file that begins with `head`: by its signature, else text or unknown.

    HTML, SVG and scripts are text here: nothing that a browser would run is called by a name that makes it do so.
    """
    kind = filetype.guess(head) if head else None
    found = str(kind.mime) if kind is not None else None
    if _is_text(head):
        return found if found in _READABLE else TEXT
    return found or UNKNOWN


def refuse_overfull(used: int, size: int, most_mb: int, *, field: str = "file") -> None:
    """Raise `TooLarge` when files of `size` bytes beside `used` are more than a board may have; 0 is no limit."""
    if most_mb and used + size > most_mb * MB:
        raise TooLarge(
            f"The files of a board may take {most_mb:,} MB together, and {used / MB:,.1f} MB are in use; "
            "deleted files count for a week.",
            field=field,
        )


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return False
        # The last character is cut off in the middle.
        text = head[: error.start].decode()
    return _CONTROLS.search(text) is None
