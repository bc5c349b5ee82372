"""Fetched files: put on the disk whole, under a name that nothing has yet."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO

from rego.client.files import Progress, unseen
from rego.wire.errors import InvalidInput
from rego.wire.filenames import clean_filename


class Landing:
    """A file that comes to the disk: beside its place until it is whole. A context manager that leaves no half of it."""

    def __init__(self, folder: Path, progress: Progress = unseen) -> None:
        self._folder = folder
        self._progress = progress
        self._draft: IO[bytes] | None = None

    def __enter__(self) -> Landing:
        try:
            self._draft = tempfile.NamedTemporaryFile(dir=self._folder, prefix=".rego-", delete=False)
        except OSError as error:
            raise InvalidInput(f"Nothing can be written to {self._folder}: {error.strerror}.") from error
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        Path(self._file.name).unlink(missing_ok=True)

    def begin(self) -> None:
        self._file.seek(0)
        self._file.truncate()

    def write(self, piece: bytes) -> None:
        try:
            self._file.write(piece)
        except OSError as error:
            raise InvalidInput(f"The file cannot be written to {self._folder}: {error.strerror}.") from error
        self._progress(self._file.tell())

    def keep_as(self, name: str) -> Path:
        """Give the file its name in the folder, or that name with a number when it is taken; returns where it is."""
        clean = Path(clean_filename(name))
        for number in range(1, 10_000):
            path = self._folder / (clean if number == 1 else f"{clean.stem} ({number}){clean.suffix}")
            if self._place(path):
                return path
        raise InvalidInput(f"There are too many files called {clean} in {self._folder}.")

    def keep_at(self, path: Path) -> Path:
        """Give the file exactly this path. Raises `InvalidInput` when something is there."""
        if not self._place(path):
            raise InvalidInput(f"{path} is there already; choose another name.")
        return path

    def _place(self, path: Path) -> bool:
        """Whether `path` was free and is now the file."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            path.open("xb").close()
            Path(self._file.name).replace(path)
        except FileExistsError:
            return False
        except OSError as error:
            raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error
        return True

    @property
    def _file(self) -> IO[bytes]:
        assert self._draft is not None, "a landing is used inside a with statement"
        return self._draft
