"""Somebody's editor on a text: opened, waited for, and the text kept when what follows goes wrong."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rego.wire.errors import InvalidInput


class Scratch:
    """A file that only its owner can read, opened in `command` once or several times."""

    def __init__(self, command: str, path: Path) -> None:
        self._command = command
        self._given = ""
        self.path = path

    @property
    def holds_work(self) -> bool:
        """Whether something stands in the file that was not put there by `edit`."""
        return self.path.exists() and self.path.read_text(encoding="utf-8", errors="replace") != self._given

    def edit(self, text: str) -> str:
        """What `text` has become when the editor ends; raises `InvalidInput` when it cannot be run or fails."""
        self._given = text
        self.path.write_text(text, encoding="utf-8")
        try:
            words = [*shlex.split(self._command), str(self.path)]
            code = subprocess.call(words)  # noqa: S603 - the user's own editor
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise InvalidInput(
                f"The editor {self._command!r} cannot be run ({why}): set EDITOR, or 'rego config set editor COMMAND'."
            ) from error
        if code:
            raise InvalidInput(f"The editor {self._command!r} ended with code {code}, so nothing was changed.")
        try:
            return self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(f"The text cannot be read back ({error}).") from error


@contextmanager
def scratch(command: str, name: str, say: Callable[[str], object]) -> Iterator[Scratch]:
    """A scratch file called `name`. It goes at the end, except when an error would lose what was written into it.

    `say` is told where it is kept then.
    """
    directory = Path(tempfile.mkdtemp(prefix="rego-"))
    paper = Scratch(command, directory / name)
    try:
        yield paper
    except BaseException:
        if paper.holds_work:
            say(f"Your text is kept in {paper.path}.")
        else:
            shutil.rmtree(directory)
        raise
    shutil.rmtree(directory)
