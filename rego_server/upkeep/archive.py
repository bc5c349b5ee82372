"""The file of a backup: a tar with a manifest first, the attached files, and the database last.

The database comes last, so that a file which was cut off has none and is noticed. Names in a tar are never taken for paths.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from rego import __version__
from rego.wire.errors import InvalidInput

FORMAT = "rego-backup"
VERSION = 1
MANIFEST = "manifest.json"
DATABASE = "database"
MANIFEST_MAX_BYTES = 65_536
BLOBS = "blobs"
UNFINISHED = "incoming"

_BLOB = re.compile(rf"{BLOBS}/([0-9A-Za-z_-]{{1,100}})/([0-9A-Za-z_-]{{1,100}})")
_SQLITE_MAGIC = b"SQLite format 3\0"


class Manifest(Struct, kw_only=True):
    """What a backup is of. `database` is sqlite or postgresql; `sha256` is of the database's copy."""

    format: str
    version: int
    database: str
    revision: str
    epoch: str
    made_at: str
    made_by: str
    sha256: str


def write(target: Path, manifest: Manifest, database: Path, blobs: Path | None) -> int:
    """Write a backup, which only its owner may read; gives how many attached files are in it."""
    count = 0
    with _new(target) as raw:
        with tarfile.open(fileobj=raw, mode="w") as tar:
            encoded = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = len(encoded)
            tar.addfile(entry, BytesIO(encoded))
            for blob in _blobs_in(blobs) if blobs else ():
                count += _add(tar, blob, f"{BLOBS}/{blob.parent.name}/{blob.name}")
            _add(tar, database, DATABASE)
        raw.flush()
        os.fsync(raw.fileno())
    return count


def manifest_of(copy: Path, database: str, revision: str, epoch: str) -> Manifest:
    """The manifest of a backup that is made now."""
    return Manifest(
        format=FORMAT,
        version=VERSION,
        database=database,
        revision=revision,
        epoch=epoch,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        made_by=f"rego {__version__}",
        sha256=_sha256_of(copy),
    )


def unpack(source: Path, copy: Path) -> Manifest:
    """Take the database's copy out of a backup; gives what it is of. Raises `InvalidInput` for what is no backup."""
    with _opened(source) as tar:
        manifest = _read_manifest(tar, source)
        _take_out(tar, _entry(tar, DATABASE), copy)
    if _sha256_of(copy) != manifest.sha256:
        raise InvalidInput("The database in this backup is damaged: it is not what was written.")
    return manifest


def unpack_blobs(source: Path, blobs: Path) -> int:
    """Put the attached files that are not there yet in their place; gives how many are in the backup. Raises as `unpack`."""
    count = 0
    with _opened(source) as tar:
        for entry in tar:
            named = _BLOB.fullmatch(entry.name)
            if named is None or not entry.isfile():
                continue
            count += 1
            target = blobs / named[1] / named[2]
            if not target.exists():
                _put(tar, entry, target)
    return count


def is_bare_sqlite(source: Path) -> bool:
    """Whether the file is an SQLite database itself, as `rego local backup` writes it."""
    try:
        with source.open("rb") as file:
            return file.read(len(_SQLITE_MAGIC)) == _SQLITE_MAGIC
    except OSError as error:
        raise InvalidInput(f"{source} cannot be read: {error.strerror or error}.") from error


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, mode="r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise InvalidInput(f"{source} is no backup of Rego, or it is damaged: {error}.") from error


def _read_manifest(tar: tarfile.TarFile, source: Path) -> Manifest:
    first = tar.next()
    file = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
    try:
        manifest = msgspec.json.decode(file.read(MANIFEST_MAX_BYTES) if file else b"", type=Manifest)
    except msgspec.DecodeError:
        raise InvalidInput(f"{source} is no backup of Rego: it does not begin with its manifest.") from None
    if manifest.format != FORMAT:
        raise InvalidInput(f"{source} is no backup of Rego.")
    if manifest.version != VERSION:
        raise InvalidInput(f"{source} is of another kind ({manifest.version}) than this Rego reads ({VERSION}); update Rego.")
    return manifest


def _entry(tar: tarfile.TarFile, name: str) -> tarfile.TarInfo:
    try:
        return tar.getmember(name)
    except KeyError:
        raise InvalidInput("This backup has no database in it; it was cut off.") from None


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _blobs_in(blobs: Path) -> Iterator[Path]:
    """The attached files, without those that are just being written."""
    for path in sorted(blobs.glob("*/*")):
        named = _BLOB.fullmatch(f"{BLOBS}/{path.parent.name}/{path.name}")
        if named is not None and named[1] != UNFINISHED and path.is_file() and not path.is_symlink():
            yield path


def _add(tar: tarfile.TarFile, path: Path, name: str) -> int:
    """Add a file; 0 for one that was swept away meanwhile, which nothing in the database names."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return 0
    with file:
        entry = tarfile.TarInfo(name)
        entry.size = os.fstat(file.fileno()).st_size
        entry.mode = 0o600
        tar.addfile(entry, file)
    return 1


def _put(tar: tarfile.TarFile, entry: tarfile.TarInfo, target: Path) -> None:
    for folder in (target.parent.parent, target.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    draft = target.with_name(f"{target.name}.part")
    _take_out(tar, entry, draft)
    draft.replace(target)


def _take_out(tar: tarfile.TarFile, entry: tarfile.TarInfo, target: Path) -> None:
    content = tar.extractfile(entry)
    if content is None:
        raise InvalidInput("This backup is damaged: what should be a file is none.")
    target.unlink(missing_ok=True)
    with _new(target) as file:
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())


def _new(target: Path) -> BinaryIO:
    """A new file for writing, which only its owner may read."""
    return os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")
