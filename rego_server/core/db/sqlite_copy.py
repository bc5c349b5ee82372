"""Whole copies of an SQLite database, made and put back with SQLite's own online backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from rego.wire.errors import InvalidInput, Unavailable
from rego_server.core.db.sqlite import connect


def copy_out(path: Path, target: Path) -> None:
    """Copy the database to the new file `target`, as it is at one moment, while a server may be writing to it."""
    if not path.is_file():
        raise Unavailable(f"There is no database at {path}.")
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            # One file, without a journal beside it.
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()
    except sqlite3.Error as error:
        raise Unavailable(f"The database {path} cannot be copied: {error}.") from error


def check_copy(copy: Path) -> None:
    """Raises `InvalidInput` for a copy that is damaged."""
    try:
        with closing(sqlite3.connect(copy)) as connection:
            [verdict] = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise InvalidInput(f"The database in this backup is damaged: {error}.") from error
    if verdict != "ok":
        raise InvalidInput(f"The database in this backup is damaged: {verdict}.")


def copy_in(copy: Path, path: Path, epoch: str) -> None:
    """Make the database at `path` what the copy is, under a new epoch, in one transaction: wholly, or not at all.

    The caller holds the lock of the database.
    """
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as source, closing(connect(path)) as target:
            source.execute("UPDATE instance SET epoch = ?", (epoch,))
            source.backup(target)
    except sqlite3.Error as error:
        raise Unavailable(f"The database {path} cannot be restored: {error}.") from error
