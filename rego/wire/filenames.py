"""Names of files that strangers gave: made into one harmless name, which no system reads as a path, a device or an option."""

from __future__ import annotations

import re

from rego.wire import limits
from rego.wire.text import bidi, normalised, not_in_a_line

UNNAMED = "file"
"""What a file is called whose name has nothing to keep."""

_SEPARATORS = re.compile(r"[/\\]")
_NOT_EVERYWHERE = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\.|$)", re.IGNORECASE)
_AT_THE_FRONT = re.compile(r"^[.\-~]+")


def clean_filename(name: str) -> str:
    """The last piece of `name` without what some system would obey: control characters, wildcards, device names, a dot, dash or
    tilde in front. At most `limits.FILENAME_MAX_BYTES` of UTF-8, shortened before its ending; `file` when nothing is left.
    """
    last = _SEPARATORS.split(name)[-1]
    printable = normalised(bidi().sub("", not_in_a_line().sub("", last)))
    harmless = _AT_THE_FRONT.sub("", _NOT_EVERYWHERE.sub("_", printable).strip()).strip(" ").rstrip(". ")
    if _DEVICE.match(harmless):
        harmless = f"_{harmless}"
    return _shortened(harmless) or UNNAMED


def _shortened(name: str) -> str:
    if len(name.encode()) <= limits.FILENAME_MAX_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 16:
        stem, dot, ending = name, "", ""
    room = limits.FILENAME_MAX_BYTES - len((dot + ending).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + dot + ending
