"""`rego db backup` and `rego db restore`: the whole of an installation's data in one file, and back."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from rego.wire.errors import Conflict, InvalidInput, Unavailable
from rego_server.core import data_dir
from rego_server.core.data_dir import InUse
from rego_server.core.db import sqlite_copy
from rego_server.core.db.facts import sqlite_facts
from rego_server.core.db.migrate import NewerDatabase
from rego_server.core.db.postgres_tools import Tools
from rego_server.core.settings import Settings
from rego_server.migrations import REVISIONS
from rego_server.upkeep import archive
from rego_server.upkeep.archive import Manifest
from rego_server.upkeep.database import facts_of, held_alone, place_of


class Outcome(NamedTuple):
    """What was backed up or restored, and where it is now."""

    file: str
    database: str
    place: str
    revision: str
    epoch: str
    files: int


async def backup(settings: Settings, target: Path, *, force: bool = False) -> Outcome:
    """Write the database, and attached files of the data directory, to `target`, whole or not at all, beside a server at work.

    Raises `Conflict` when the file is there and `force` is not given, `Unavailable` when something cannot be read.
    """
    _refuse_replacing(target, force=force)
    facts = await facts_of(settings)
    if facts.revision is None or facts.epoch is None:
        raise Unavailable(f"There is nothing to back up: {place_of(settings)} is no database of Rego yet.")
    with _room(target.parent) as room:
        copy = room / "copy"
        await _copy_out(settings, copy)
        manifest = archive.manifest_of(copy, _kind(settings), facts.revision, facts.epoch)
        draft = room / "backup"
        files = await asyncio.to_thread(archive.write, draft, manifest, copy, _directory_of_files(settings))
        draft.replace(target)
    return _outcome(settings, target, manifest, manifest.epoch, files)


async def restore(settings: Settings, source: Path, *, force: bool = False) -> Outcome:
    """Make the database what it was in a backup, under a new epoch, so that every client starts afresh; wholly or not at all.

    Raises `InvalidInput` for a file that is no backup, `Conflict` for a database that is not empty without `force`, and
    `Unavailable` while a server uses the database.
    """
    data_dir.prepare(settings.data_dir)
    with _room(settings.data_dir) as room:
        copy = room / "copy"
        bare = archive.is_bare_sqlite(source)
        manifest = await asyncio.to_thread(_of_bare if bare else archive.unpack, source, copy)
        _check_fit(settings, manifest)
        await asyncio.to_thread(_check_copy, settings, copy)
        await _refuse_overwriting(settings, force=force)
        directory = _directory_of_files(settings)
        files = await asyncio.to_thread(archive.unpack_blobs, source, directory) if directory and not bare else 0
        epoch = str(uuid4())
        await _copy_in(settings, copy, epoch)
    return _outcome(settings, source, manifest, epoch, files)


def _refuse_replacing(target: Path, *, force: bool) -> None:
    if target.exists() and not force:
        raise Conflict(f"{target} is there already; --force replaces it.")


async def _copy_out(settings: Settings, copy: Path) -> None:
    path = settings.sqlite_path
    if path is None:
        await Tools(settings.database_url, settings.pg_bin).dump(copy)
    else:
        await asyncio.to_thread(sqlite_copy.copy_out, path, copy)


async def _copy_in(settings: Settings, copy: Path, epoch: str) -> None:
    path = settings.sqlite_path
    if path is None:
        await Tools(settings.database_url, settings.pg_bin).restore(copy, epoch)
        return
    with held_alone(settings):
        data_dir.make_private(path)
        await asyncio.to_thread(sqlite_copy.copy_in, copy, path, epoch)


def _check_copy(settings: Settings, copy: Path) -> None:
    if settings.sqlite_path is None:
        Tools(settings.database_url, settings.pg_bin).check_dump(copy)
    else:
        sqlite_copy.check_copy(copy)


def _of_bare(source: Path, copy: Path) -> Manifest:
    """The manifest that a bare SQLite file would have. Raises `InvalidInput` for a database that is not Rego's."""
    try:
        sqlite_copy.copy_out(source, copy)
        facts = sqlite_facts(copy)
    except Unavailable as error:
        raise InvalidInput(error.detail) from error
    if facts.revision is None or facts.epoch is None:
        raise InvalidInput(f"{source} is an SQLite database, but not one of Rego.")
    return archive.manifest_of(copy, "sqlite", facts.revision, facts.epoch)


def _check_fit(settings: Settings, manifest: Manifest) -> None:
    if manifest.database != _kind(settings):
        raise InvalidInput(
            f"This backup is of {manifest.database}, and the database is {_kind(settings)}; boards go from one to the other "
            "with rego export and rego import."
        )
    if manifest.revision not in REVISIONS:
        raise NewerDatabase(
            f"This backup was made by a newer Rego (revision {manifest.revision}; this one knows up to {REVISIONS[-1]}). "
            "Update Rego first."
        )


async def _refuse_overwriting(settings: Settings, *, force: bool) -> None:
    facts = await facts_of(settings)
    if not facts.is_empty and not force:
        raise Conflict(
            f"{place_of(settings)} is not empty: it has {facts.people} accounts and {facts.boards} boards; "
            "--force replaces them."
        )
    if settings.sqlite_path is None and (servers := await Tools(settings.database_url, settings.pg_bin).servers()):
        raise InUse(f"Rego servers work on this database ({servers} connections); stop them first.")


def _directory_of_files(settings: Settings) -> Path | None:
    """Where attached files are, or None when they are in a bucket, which is backed up where it is."""
    return None if settings.blob_store else settings.data_dir / archive.BLOBS


def _kind(settings: Settings) -> str:
    return "postgresql" if settings.sqlite_path is None else "sqlite"


def _outcome(settings: Settings, file: Path, manifest: Manifest, epoch: str, files: int) -> Outcome:
    return Outcome(
        file=str(file),
        database=manifest.database,
        place=place_of(settings),
        revision=manifest.revision,
        epoch=epoch,
        files=files,
    )


@contextmanager
def _room(directory: Path) -> Iterator[Path]:
    """A private directory for drafts, beside what they will become; it is gone afterwards."""
    try:
        with tempfile.TemporaryDirectory(dir=directory, prefix=".rego-") as room:
            yield Path(room)
    except OSError as error:
        where = error.filename or directory
        raise Unavailable(f"{where} cannot be written: {error.strerror or error}.") from error
