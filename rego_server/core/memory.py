"""Memory that a server no longer needs goes back to the system, so that months of small requests do not add up.

glibc keeps what is freed below its highest block in use, and answers of many sizes leave ever more such holes: a server that
uses the same 26 MB all the while holds a little more every minute. Its `malloc_trim` (see malloc_trim(3)) gives the pages
of the holes back. Other C libraries have no such function, and there nothing is done.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable

from rego_server.core.rounds import Rounds


class Trim(Rounds):
    """A task in the background, whose round takes a millisecond or two of a thread."""

    every = 60.0

    def __init__(self) -> None:
        super().__init__()
        self._trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)

    async def round(self) -> None:
        """Give back what is free."""
        if self._trim is not None:
            await asyncio.to_thread(self._trim, 0)
