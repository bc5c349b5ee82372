"""Fetched files: put on the disk whole or not at all, over nothing that is there unless that is wanted."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO

from rego.client.files import Progress, unseen
from rego.wire.errors import InvalidInput


class Landing:
    """A file on its way to `target`: beside it until `keep`, for the user alone. A context manager that leaves no half of it.

    Its methods raise `InvalidInput` where the disk does not let them.
    """

    def __init__(self, target: Path, *, overwrite: bool = False, progress: Progress = unseen) -> None:
        self._target = target
        self._overwrite = overwrite
        self._progress = progress
        self._draft: IO[bytes] | None = None

    def __enter__(self) -> Landing:
        try:
            # The name is not in the draft's: together they might be too long.
            self._draft = tempfile.NamedTemporaryFile(dir=self._target.parent, prefix=".rego-", delete=False)
        except OSError as error:
            raise self._refused(error) from error
        return self

    def __exit__(self, *_: object) -> None:
        Path(self._file.name).unlink(missing_ok=True)
        try:
            self._file.close()
        except OSError as error:
            raise self._refused(error) from error

    def begin(self) -> None:
        self._file.seek(0)
        self._file.truncate()

    def write(self, piece: bytes) -> None:
        try:
            self._file.write(piece)
        except OSError as error:
            raise self._refused(error) from error
        self._progress(self._file.tell())

    def keep(self) -> None:
        """Give the file its place. Raises `InvalidInput`, too, when something is there that is not to be overwritten."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            if not self._overwrite:
                # Two that want the same name: only one of them may make it.
                self._target.open("xb").close()
            Path(self._file.name).replace(self._target)
        except FileExistsError as error:
            raise InvalidInput(f"{self._target} is there already.") from error
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> InvalidInput:
        return InvalidInput(f"{self._target} cannot be written: {error.strerror}.")

    @property
    def _file(self) -> IO[bytes]:
        assert self._draft is not None, "a landing is used inside a with statement"
        return self._draft
