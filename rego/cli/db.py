"""`rego db`: the database of a server on this machine, beside the server."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from rego.cli.context import Session
from rego.cli.options import DataCommand, form_of, noun, session_of
from rego.cli.output import Form, View

if TYPE_CHECKING:
    from rego_server.core.settings import Settings

app = noun("The database of a server on this machine: state, upgrade, backup, restore.")

DatabaseOption = Annotated[
    str | None, typer.Option("--database-url", metavar="URL", help="sqlite:///… or postgresql://… (REGO_DATABASE_URL).")
]
DataDirOption = Annotated[
    Path | None, typer.Option("--data-dir", metavar="DIR", help="Where files and keys are kept (REGO_DATA_DIR).")
]


class DatabaseState(Struct, frozen=True, kw_only=True):
    """What there is at a place. `state` is empty, current, behind or newer; `epoch` is this life of the database."""

    database: str
    place: str
    state: str
    revision: str | None
    newest: str
    epoch: str | None
    people: int
    boards: int


class Backup(Struct, frozen=True, kw_only=True):
    """What was backed up or restored, where it is now, and how many attached files came with it."""

    file: str
    database: str
    place: str
    revision: str
    epoch: str
    files: int


STATE = View[DatabaseState](struct=DatabaseState, entity=lambda state: state, short=lambda state: state.state)
BACKUP = View[Backup](struct=Backup, entity=lambda made: made, short=lambda made: made.file)
RESTORED = View[Backup](struct=Backup, entity=lambda made: made, short=lambda made: made.epoch)


@app.command("current", cls=DataCommand)
def _current(context: typer.Context, database_url: DatabaseOption = None, data_dir: DataDirOption = None) -> None:
    """Say what is in the database and whether its tables are those of this Rego; a server may be at work."""
    show_state(session_of(context), _settings(database_url, data_dir), form_of(context, STATE))


@app.command("upgrade", cls=DataCommand)
def _upgrade(context: typer.Context, database_url: DatabaseOption = None, data_dir: DataDirOption = None) -> None:
    """Bring the tables up to date, as each start of a server does; an empty database gets its tables."""
    upgrade(session_of(context), _settings(database_url, data_dir), form_of(context, STATE))


@app.command("backup", cls=DataCommand)
def _backup(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to; else a dated file in this directory.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    database_url: DatabaseOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Write everything to one file, whole and of one moment; a server may be at work.

    Attached files come with it, unless they are in a bucket. PostgreSQL needs its program pg_dump.
    """
    settings = _settings(database_url, data_dir)
    backup(session_of(context), settings, file, form_of(context, BACKUP), force=force)


@app.command("restore", cls=DataCommand)
def _restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What 'rego db backup' or 'rego local backup' wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a database that has something in it.")] = False,
    database_url: DatabaseOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Make the database what it was in a backup, wholly or not at all; no server may be at work.

    Every client notices that the database has a new life, and reads its boards afresh.
    """
    settings = _settings(database_url, data_dir)
    restore(session_of(context), settings, file, form_of(context, RESTORED), force=force)


def show_state(session: Session, settings: Settings, form: Form) -> None:
    """Print the state of the database."""
    from rego_server.upkeep import database

    state = DatabaseState(**asyncio.run(database.current(settings))._asdict())
    session.output.one(STATE, state, form, _sentence(state))


def upgrade(session: Session, settings: Settings, form: Form) -> None:
    """Upgrade the database and say what it is now."""
    from rego_server.upkeep import database

    state = DatabaseState(**asyncio.run(database.upgrade(settings))._asdict())
    session.output.changed(STATE, state, form, _sentence(state))


def backup(session: Session, settings: Settings, file: Path | None, form: Form, *, force: bool) -> None:
    """Write a backup; its file is what goes to stdout."""
    from rego_server.upkeep.backup import backup

    target = file or Path(f"rego-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}.rego")
    made = Backup(**asyncio.run(backup(settings, target, force=force))._asdict())
    session.output.changed(BACKUP, made, form, f"Backed up {made.place} and {_files(made)} to {made.file}.")


def restore(session: Session, settings: Settings, file: Path, form: Form, *, force: bool) -> None:
    """Restore a backup and say which life of the database began."""
    from rego_server.upkeep.backup import restore

    made = Backup(**asyncio.run(restore(settings, file, force=force))._asdict())
    session.output.changed(RESTORED, made, form, f"Restored {made.place} and {_files(made)} from {made.file}.")


def _settings(database_url: str | None, data_dir: Path | None) -> Settings:
    """The settings that `rego serve` would use."""
    from rego_server.core.settings import load

    return load({"database_url": database_url, "data_dir": data_dir})


def _files(made: Backup) -> str:
    return "1 attached file" if made.files == 1 else f"{made.files} attached files"


def _sentence(state: DatabaseState) -> str:
    where = f"{state.database} at {state.place}"
    if state.revision is None:
        return f"{where}: empty; 'rego db upgrade' or the start of a server makes its tables"
    todo = {
        "current": "up to date",
        "behind": f"of an older Rego; 'rego db upgrade' or the start of a server brings it to {state.newest}",
        "newer": f"of a newer Rego than this one, which knows up to {state.newest}; update Rego",
    }[state.state]
    return f"{where}: revision {state.revision}, {todo}; {state.people} accounts, {state.boards} boards"
