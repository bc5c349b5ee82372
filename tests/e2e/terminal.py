"""A terminal for one program: a pseudo-terminal, and as much of a screen as it takes to see what stands where."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from rich.cells import cell_len

from tests.e2e.home import PATIENCE, Home

WIDTH, HEIGHT = 120, 30

_SEQUENCE = re.compile(
    r"\x1b\[(?P<parameters>[0-9;:?<=>]*)[ -/]*(?P<final>[@-~])"  # control sequences
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\)"  # strings to the terminal: titles, links, queries
    r"|\x1b[ -/]*[0-Z\\^-~]"  # other escapes
    r"|(?P<control>[\x00-\x1f])"
    r"|(?P<text>[^\x00-\x1f\x1b]+)",
    re.DOTALL,
)
_INCOMPLETE = re.compile(r"\x1b(\[[0-9;:?<=> -/]*|[\]PX^_][^\x07\x1b]*)?\Z|\x1b\Z")


class Place(NamedTuple):
    """A cell of the screen; both count from 0."""

    row: int
    column: int


class Screen:
    """What a terminal shows. Colours and everything that asks for an answer are passed over."""

    def __init__(self) -> None:
        self._cells: list[list[str]] = []
        self._row = self._column = 0
        self._rest = ""
        self._clear()

    @property
    def lines(self) -> list[str]:
        return ["".join(row).rstrip() for row in self._cells]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def find(self, text: str) -> Place | None:
        """Where `text` stands first, or None."""
        for number, row in enumerate(self._cells):
            # A wide character fills two cells, the second with nothing, so that an index into the text is no column.
            before, found, _ = "".join(row).partition(text)
            if found:
                return Place(number, cell_len(before))
        return None

    def feed(self, output: str) -> None:
        """Take in what a program wrote; a sequence that is cut in half waits for its rest."""
        output = self._rest + output
        cut = _INCOMPLETE.search(output)
        self._rest = output[cut.start() :] if cut else ""
        for match in _SEQUENCE.finditer(output[: cut.start()] if cut else output):
            if match["text"] is not None:
                self._write(match["text"])
            elif match["control"] is not None:
                self._control(match["control"])
            elif match["final"] is not None:
                self._command(match["final"], match["parameters"])

    def _write(self, text: str) -> None:
        for character in text:
            width = cell_len(character)
            if width and self._column + width <= WIDTH and self._row < HEIGHT:
                self._cells[self._row][self._column : self._column + width] = [character, *[""] * (width - 1)]
            self._column += width

    def _control(self, character: str) -> None:
        if character == "\r":
            self._column = 0
        elif character == "\n":
            self._row = min(self._row + 1, HEIGHT - 1)
        elif character == "\b":
            self._column = max(self._column - 1, 0)

    def _command(self, final: str, parameters: str) -> None:
        numbers = [int(number) if number.isdigit() else 0 for number in parameters.split(";")]
        if final in "Hf":
            row, column = (*numbers, 0)[:2]
            self._row, self._column = max(row, 1) - 1, max(column, 1) - 1
        elif final == "J" or (final == "h" and parameters == "?1049"):
            self._clear()
        elif final == "K":
            self._cells[self._row][self._column :] = [" "] * (WIDTH - self._column)

    def _clear(self) -> None:
        self._cells = [[" "] * WIDTH for _ in range(HEIGHT)]


class Terminal:
    """A program on a pseudo-terminal."""

    def __init__(self, command: Sequence[str], home: Home) -> None:
        self.screen = Screen()
        self.output = ""
        self._news = threading.Condition()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        self.settings = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            command,
            env=home.environment | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"},
            cwd=home.root,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def until(self, condition: Callable[[Screen], object]) -> None:
        """Wait until the screen is as wanted."""
        with self._news:
            seen = self._news.wait_for(lambda: condition(self.screen), PATIENCE)
            assert seen, f"after {PATIENCE} s the screen is\n{self.screen.text}"

    def until_shows(self, text: str) -> None:
        self.until(lambda screen: screen.find(text))

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def resize(self, width: int, height: int) -> None:
        """Have another size, and tell the program so; the screen stays as wide and high as it is."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def end(self) -> int:
        """Read to the end; gives the exit code."""
        self._reader.join(PATIENCE)
        return self.process.wait(PATIENCE)

    @property
    def settings_now(self) -> list[Any]:
        """How the terminal is set, which a program may change."""
        return termios.tcgetattr(self._master)

    def close(self) -> None:
        """End the program if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        os.close(self._master)

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        with suppress(OSError):  # which is how a pseudo-terminal tells that its program is gone
            while output := os.read(self._master, 65_536):
                with self._news:
                    text = decoder.decode(output)
                    self.output += text
                    self.screen.feed(text)
                    self._news.notify_all()


@contextmanager
def terminal(home: Home, *command: str) -> Iterator[Terminal]:
    """A program on a terminal of its own that runs as long as this lasts."""
    opened = Terminal(command, home)
    try:
        yield opened
    finally:
        opened.close()
