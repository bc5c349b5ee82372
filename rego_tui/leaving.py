"""Being told to stop by a signal: the terminal is left clean, and the shell hears which signal it was."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def listen(leave: Callable[[int], None]) -> None:
    """Call `leave` with the exit code that shells expect, 128 and the number, when a signal asks the program to stop.

    Ctrl+C is a key while the board is open; SIGINT then comes from outside, as the others do.
    """
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, leave, 128 + number)


def farewell(waiting: int) -> str:
    """A line for the shell when changes were lost by it, else nothing."""
    if not waiting:
        return ""
    return f"{'1 change was' if waiting == 1 else f'{waiting} changes were'} not sent when the program was stopped."
