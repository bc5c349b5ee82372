"""Being told to stop by a signal: the terminal is left clean, and the shell hears which signal it was."""

from __future__ import annotations

import asyncio
import select
import signal
import sys
from collections.abc import Callable

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

LOOK_EVERY = 1.0
"""Seconds between looks whether the terminal is still there."""


def listen(leave: Callable[[int], None]) -> None:
    """Call `leave` with the exit code that shells expect, 128 and the number, when a signal asks the program to stop.

    Ctrl+C is a key while the board is open; SIGINT then comes from outside, as the others do.
    """
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, leave, 128 + number)
    _watch_terminal(lambda: leave(128 + signal.SIGHUP))


def _watch_terminal(gone: Callable[[], None]) -> None:
    """Call `gone` when the terminal has gone away: only the program whose controlling terminal it was gets a signal."""
    loop, poll = asyncio.get_running_loop(), select.poll()
    poll.register(sys.__stdin__ or 0, 0)

    def look() -> None:
        if any(found & select.POLLHUP for _, found in poll.poll(0)):
            gone()
        else:
            loop.call_later(LOOK_EVERY, look)

    look()


def farewell(waiting: int) -> str:
    """A line for the shell when changes were lost by it, else nothing."""
    if not waiting:
        return ""
    return f"{'1 change was' if waiting == 1 else f'{waiting} changes were'} not sent when the program was stopped."
