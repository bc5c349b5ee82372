"""Small files in the data directory that say what was made already, so that it is made once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from rego.client.paths import write_private_file
from rego.wire.base import to_json

T = TypeVar("T", bound=Struct)


@contextmanager
def kept(path: Path, kind: type[T]) -> Iterator[T]:
    """What the file holds, to change; written back at the end, for this user's eyes only. Two processes take turns."""
    descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        content = _read(path, kind)
        yield content
        write_private_file(path, to_json(content))
    finally:
        os.close(descriptor)


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.DecodeError):
        return kind()
