"""The real command in a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable

COLUMNS = 90


class Terminal:
    """A process with a pseudo-terminal for all its streams, and what it wrote there."""

    def __init__(self, *arguments: str) -> None:
        self._main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        command = [sys.executable, "-m", "rego", *arguments]
        self._process = subprocess.Popen(command, stdin=side, stdout=side, stderr=side, start_new_session=True)
        os.close(side)
        self.text = ""

    def read_until(self, sign: Callable[[str], bool]) -> None:
        """Read on until the text has `sign` or the process has ended."""
        while not sign(self.text):
            try:
                read = os.read(self._main, 65536)
            except OSError:
                # Linux answers EIO when the last process has closed the other side.
                break
            self.text += read.decode()

    def read_until_it_says(self, words: str) -> None:
        self.read_until(lambda text: words in text)

    def type(self, line: str) -> None:
        os.write(self._main, f"{line}\r".encode())

    def end(self) -> int:
        """Read the rest and return the exit code."""
        self.read_until(lambda _: False)
        os.close(self._main)
        return self._process.wait(30)
