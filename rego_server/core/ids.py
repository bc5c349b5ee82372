"""New ids: UUIDs of version 7 (RFC 9562, 5.7), which sort by the time of their making."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

NewId = Callable[[], str]
"""Makes a new id, in canonical lower-case form."""


def uuid7() -> str:
    """48 bits of Unix milliseconds, 12 bits of the millisecond's fraction (6.2, method 3), then 62 random bits."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    value = milliseconds << 80 | (rest << 12) // 1_000_000 << 64 | int.from_bytes(os.urandom(8), "big")
    value = value | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
