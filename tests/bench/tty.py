"""A program on a pseudo-terminal under measurement: what it writes, and when the first and the last byte of it came."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import perf_counter
from typing import NamedTuple

PATIENCE = 60.0
"""Seconds after which a wait is given up."""

SILENCE = 0.09
"""Seconds without a byte after which a reaction is over."""


class Reaction(NamedTuple):
    """Seconds from a cause to the first and to the last byte of what a program wrote about it."""

    first: float
    last: float


class Tty:
    """A program on a terminal of its own. Nothing answers what it asks the terminal."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], *, columns: int, lines: int) -> None:
        self._main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.began = perf_counter()
        self.process = subprocess.Popen(
            command,
            env={**environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            stdin=side,
            stdout=side,
            stderr=side,
            start_new_session=True,
        )
        os.close(side)

    def press(self, key: str) -> float:
        """Press a key; when that was."""
        pressed = perf_counter()
        os.write(self._main, key.encode())
        return pressed

    def until(self, sign: str) -> float:
        """Read until `sign` was written; when that was."""
        seen = b""
        while sign.encode() not in seen:
            piece = self._read(PATIENCE)
            if not piece:
                raise RuntimeError(f"{sign!r} never came; the last bytes were {seen[-2_000:]!r}")
            seen += piece
        return perf_counter()

    def reaction(self, cause: float) -> Reaction:
        """Read what is written next, until there is silence; `cause` is the time of what brings it about."""
        if not self._read(PATIENCE):
            raise RuntimeError("Nothing was written.")
        first = perf_counter()
        return Reaction(first - cause, (self.drain(SILENCE) or first) - cause)

    def drain(self, silence: float) -> float | None:
        """Read until nothing was written for `silence` seconds; when the last byte came, if one came."""
        last = None
        while self._read(silence):
            last = perf_counter()
        return last

    def read_for(self, seconds: float) -> None:
        """Read whatever is written meanwhile."""
        end = perf_counter() + seconds
        while (left := end - perf_counter()) > 0:
            self._read(left)

    def close(self) -> None:
        """End the program if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self._main)

    def _read(self, patience: float) -> bytes:
        """What comes next within some seconds; nothing when nothing does, or when the program is gone."""
        if not select.select([self._main], [], [], patience)[0]:
            return b""
        with suppress(OSError):  # which is how a pseudo-terminal tells that its program is gone
            return os.read(self._main, 65_536)
        return b""
