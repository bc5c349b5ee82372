"""Being told to stop by a signal: the terminal is left clean, and the shell hears which signal it was."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

GONE = 128 + signal.SIGHUP
"""The exit code when the terminal has gone away."""

GRACE = 3.0
"""Seconds for a clean end without a terminal, whose unread output may hold everything up."""


def listen(leave: Callable[[int], None]) -> None:
    """Call `leave` with the exit code that shells expect, 128 and the number, when a signal asks the program to stop.

    Ctrl+C is a key while the board is open; SIGINT then comes from outside, as the others do.
    """
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, leave, 128 + number)
    Thread(target=_watch_terminal, args=(loop, lambda: leave(GONE)), name="terminal", daemon=True).start()


def _watch_terminal(loop: asyncio.AbstractEventLoop, leave: Callable[[], None]) -> None:
    """Call `leave` when the terminal has gone away, of which only the program that it controls hears by a signal."""
    terminal = select.poll()
    # The end of it is told though nothing is asked for.
    terminal.register(sys.__stdin__ or 0, 0)
    if any(found & select.POLLHUP for _, found in terminal.poll()):
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(leave)
        time.sleep(GRACE)
        os._exit(GONE)


def farewell(waiting: int, *, kept: bool = False) -> str:
    """A line for the shell when changes were lost by it, or wait for the next start; else nothing."""
    if not waiting:
        return ""
    if kept:
        what = "1 change waits and is" if waiting == 1 else f"{waiting} changes wait and are"
        return f"{what} sent when the board is opened again."
    return f"{'1 change was' if waiting == 1 else f'{waiting} changes were'} not sent when the program was stopped."
