"""The data directory: made private, and held by one server at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rego.wire.errors import Unavailable


class InUse(Unavailable):
    """Another server works on the same data."""


def prepare(path: Path) -> None:
    """Make the directory, readable by its owner alone. Raises `Unavailable` when it cannot be written."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"The data directory {path} cannot be made: {error.strerror}. Choose another with --data-dir."
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise Unavailable(f"The data directory {path} cannot be written. Choose another with --data-dir.")


def make_private(path: Path) -> None:
    """Make the file, if it is not there yet, readable by its owner alone; what SQLite puts beside it follows its mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise Unavailable(f"The database {path} cannot be written: {error.strerror}.") from error


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, which the system frees when the process ends, however it ends. Raises `InUse`."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error.strerror}.") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(
                f"Another Rego server works on the data in {path.parent}; stop it or choose another --data-dir."
            ) from None
        yield
    finally:
        os.close(descriptor)
