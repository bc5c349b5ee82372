"""The user's directories as the platform has them, found without loading anything: a completion at a key press asks too.

As in the XDG Base Directory Specification, whose variables count on macOS too, and as `platformdirs` finds them for the server.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` alone would take a third of a completion's time
    from collections.abc import Mapping
    from typing import Literal

    Kind = Literal["config", "data", "cache"]

_USUAL = {"config": "~/.config", "data": "~/.local/share", "cache": "~/.cache"}
_ON_MACOS = {
    "config": "~/Library/Application Support",
    "data": "~/Library/Application Support",
    "cache": "~/Library/Caches",
}


def user_directory(kind: Kind, environ: Mapping[str, str]) -> str:
    """Rego's own directory: what `REGO_CONFIG_DIR`, `REGO_DATA_DIR` or `REGO_CACHE_DIR` says, else the usual one."""
    if chosen := environ.get(f"REGO_{kind.upper()}_DIR"):
        return os.path.abspath(os.path.expanduser(chosen))
    shared = environ.get(f"XDG_{kind.upper()}_HOME", "")
    if not os.path.isabs(shared):
        shared = os.path.expanduser((_ON_MACOS if sys.platform == "darwin" else _USUAL)[kind])
    return os.path.join(shared, "rego")
