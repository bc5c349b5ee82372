"""The real command in a pseudo-terminal."""

from __future__ import annotations

import codecs
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

    def __init__(self, *arguments: str, module: str = "rego") -> None:
        self._main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        command = [sys.executable, "-m", module, *arguments]
        self._process = subprocess.Popen(command, stdin=side, stdout=side, stderr=side, start_new_session=True)
        os.close(side)
        self.text = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def read_until(self, sign: Callable[[str], bool]) -> None:
        """Read on until the text has `sign` or the process has ended."""
        while not sign(self.text):
            try:
                read = os.read(self._main, 65536)
            except OSError:
                # Linux answers EIO when the last process has closed the other side.
                break
            self.text += self._decoder.decode(read)

    def read_until_it_says(self, words: str) -> None:
        self.read_until(lambda text: words in text)

    def type(self, line: str, *, enter: bool = True) -> None:
        os.write(self._main, (f"{line}\r" if enter else line).encode())

    def signal(self, number: int) -> None:
        """Send a signal to the process."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """End the process if it still runs."""
        self._process.kill()
        self._process.wait(30)

    def is_stopped(self) -> bool:
        """Wait until the process stops, as by Ctrl+Z, or ends; whether it stopped."""
        _, status = os.waitpid(self._process.pid, os.WUNTRACED)
        return os.WIFSTOPPED(status)

    def hang_up(self) -> int:
        """Take the terminal away, as when its window is closed, and return the exit code."""
        os.close(self._main)
        return self._process.wait(30)

    def end(self) -> int:
        """Read the rest and return the exit code."""
        self.read_until(lambda _: False)
        os.close(self._main)
        return self._process.wait(30)
