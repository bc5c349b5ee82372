"""When the app has nothing left to do: asked of its event loop, and not of the clock."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

SOON = 0.05
"""Seconds: what is timed for later than that is not waited for. Textual draws at the second next sixtieth at the latest."""


async def at_rest(min_sleep: float = 0, max_sleep: float = 20) -> None:
    """Wait until nothing is ready to run, nothing runs in a thread, and nothing is timed for the next moment.

    Stands in for Textual's `wait_for_idle`. That takes a process that uses little of the processor for one that is done,
    which it is not when others have the processor.
    """
    loop: Any = asyncio.get_running_loop()
    wait: float | None = 0
    try:
        async with asyncio.timeout(max_sleep):
            while wait is not None:
                await asyncio.sleep(wait)
                wait = _busy_for(loop)
    except TimeoutError:
        raise AssertionError(f"the app never came to rest: {loop._ready}, {loop._scheduled}") from None


def _busy_for(loop: Any) -> float | None:
    """How long to wait before asking again, or None when the loop is at rest."""
    if loop._ready:
        return 0
    if _threads_work(loop._default_executor):
        return 0.001
    now = loop.time()
    due = [timer.when() - now for timer in loop._scheduled if not timer.cancelled()]
    return max((wait for wait in due if wait < SOON), default=None)


def _threads_work(threads: ThreadPoolExecutor | None) -> bool:
    return threads is not None and threads._idle_semaphore._value < len(threads._threads)
