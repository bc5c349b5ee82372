"""Where files lie: a port with the few things that the server asks of a store, and the store that is a directory.

A blob is there whole or not at all, and is never changed. Keys are made by the server, as `folder/name`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from rego.wire.errors import Unavailable
from rego_server.core.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

PIECE = 262_144
"""Bytes that are read at a time."""

RETRY_AFTER = 60.0
"""Seconds until a client may hope that the store works again."""

_UNFINISHED = "incoming"


class BlobMissing(Exception):
    """There is no blob under this key."""


class BlobStore(Protocol):
    """A store of blobs. Every method raises `Unavailable` when the store cannot do its work."""

    name: str

    async def put(self, key: str, pieces: AsyncIterator[bytes]) -> None:
        """Keep what `pieces` give, once it is there to its end; what they raise goes through, and nothing is kept."""

    async def open(self, key: str, start: int, length: int) -> AsyncIterator[bytes]:
        """The pieces of a part of the blob. Raises `BlobMissing` before the first of them."""

    async def delete(self, keys: Iterable[str]) -> None:
        """Let go of blobs; of those that are gone already, too."""

    def older_than(self, folder: str, moment: datetime) -> AsyncIterator[list[str]]:
        """The keys of `folder` whose blobs were kept before `moment`, a page at a time."""

    async def clear_unfinished(self, moment: datetime) -> None:
        """Let go of what was begun before `moment` and never finished."""


class DirectoryStore:
    """Blobs as files: written beside their place, flushed to the disk, then renamed into it."""

    name = "directory"

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, pieces: AsyncIterator[bytes]) -> None:
        target = self._root / key
        draft = self._root / _UNFINISHED / key.replace("/", "-")
        descriptor = await _step(_create, draft, target)
        try:
            try:
                async for piece in pieces:
                    await _step(_write, descriptor, piece)
                await _step(os.fsync, descriptor)
            finally:
                await asyncio.to_thread(os.close, descriptor)
            await _step(_rename, draft, target)
        except BaseException:
            _unlink(draft)
            raise

    async def open(self, key: str, start: int, length: int) -> AsyncIterator[bytes]:
        try:
            opened = await _step(_open, self._root / key)
        except Unavailable as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise BlobMissing(key) from None
            raise
        return _read(opened, start, length)

    async def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            await _step(_unlink, self._root / key)

    async def older_than(self, folder: str, moment: datetime) -> AsyncIterator[list[str]]:
        found = await _step(_names_before, self._root / folder, moment)
        for begin in range(0, len(found), 1_000):
            yield [f"{folder}/{name}" for name in found[begin : begin + 1_000]]

    async def clear_unfinished(self, moment: datetime) -> None:
        folder = self._root / _UNFINISHED
        for name in await _step(_names_before, folder, moment):
            await _step(_unlink, folder / name)


def open_store(settings: Settings) -> BlobStore:
    """The store that the settings name: a directory in the data directory, or a bucket. Raises `InvalidInput`."""
    if not settings.blob_store:
        return DirectoryStore(settings.data_dir / "blobs")
    from rego_server.core.blobs_s3 import open_bucket

    return open_bucket(settings)


async def _step(step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `step` gives, carried out in a thread; raises `Unavailable` where the disk does not let it."""
    try:
        return await asyncio.to_thread(step, *args, **kwargs)
    except OSError as error:
        raise Unavailable(
            f"The server cannot keep files now: {os.strerror(error.errno or 0)}.", retry_after=RETRY_AFTER
        ) from error


def _create(draft: Path, target: Path) -> int:
    for folder in (target.parent.parent, draft.parent, target.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)


def _write(descriptor: int, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _rename(draft: Path, target: Path) -> None:
    """Give the finished file its place, in a way that a loss of power does not undo."""
    draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class _Opened:
    """A file that is open as long as somebody holds this: whoever asked may be gone before the first piece is read."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __del__(self) -> None:
        os.close(self.descriptor)


async def _read(opened: _Opened, start: int, length: int) -> AsyncIterator[bytes]:
    while length > 0 and (piece := await _step(os.pread, opened.descriptor, min(PIECE, length), start)):
        yield piece
        start, length = start + len(piece), length - len(piece)


def _open(path: Path) -> _Opened:
    return _Opened(os.open(path, os.O_RDONLY | os.O_CLOEXEC))


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)


def _names_before(folder: Path, moment: datetime) -> list[str]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries if entry.stat().st_mtime < moment.timestamp()]
