"""`rego local`: the background server of this machine, which commands use when no server is set."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from rego.cli.context import Session
from rego.cli.options import DataCommand, RegoCommand, form_of, noun, session_of
from rego.cli.output import Cell, Form, View
from rego.client.local import LocalServer, find
from rego.wire.errors import Conflict, NotFound, RegoError

app = noun("Local mode: is it running, stop it, where its data is, back it up.")

STOPS_WITHIN = 12.0
"""Seconds that a server gets to finish what it is doing."""

_POLL = 0.05


class LocalState(Struct, frozen=True, kw_only=True):
    """What there is of local mode on this machine. `url`, `pid` and `version` are of the server, if one runs."""

    running: bool
    data_dir: str
    database: str
    size: int
    url: str | None = None
    pid: int | None = None
    version: str | None = None


STATE = View[LocalState](
    struct=LocalState,
    entity=lambda state: state,
    short=lambda state: "running" if state.running else "stopped",
    cells=(
        Cell("state", lambda state: "running" if state.running else "stopped"),
        Cell("pid", lambda state: str(state.pid or "")),
        Cell("version", lambda state: state.version or ""),
        Cell("data", lambda state: state.data_dir, long=True),
    ),
)


@app.command("status", cls=DataCommand)
def _status(context: typer.Context) -> None:
    """Say whether the local server runs, and on what."""
    status(session_of(context), form_of(context, STATE))


@app.command("stop", cls=RegoCommand)
def _stop(context: typer.Context) -> None:
    """End the local server; the next command that needs it starts it again."""
    stop(session_of(context))


@app.command("path", cls=RegoCommand)
def _path(context: typer.Context) -> None:
    """Print the directory of the local data."""
    session = session_of(context)
    session.output.lines([str(session.paths.data)])


@app.command("backup", cls=RegoCommand)
def _backup(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to; else a dated file in this directory.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Copy the local database to a file, whole and consistent, also while it is in use."""
    backup(session_of(context), file, force=force)


def status(session: Session, form: Form) -> None:
    """Print the state of local mode."""
    state = _state(session, find(session.paths))
    session.output.one(STATE, state, form, _sentence(state))


def stop(session: Session) -> None:
    """Ask the server to end and wait until it has. Raises `Conflict` when it does not."""
    server = find(session.paths)
    if server is None:
        session.output.note("No local server is running.")
        return
    with suppress(ProcessLookupError):
        os.kill(server.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOPS_WITHIN
    while find(session.paths) is not None:
        if time.monotonic() > deadline:
            raise Conflict(f"The local server (process {server.pid}) did not end; somebody may be working on it.")
        time.sleep(_POLL)
    session.output.note("The local server has ended.")


def backup(session: Session, file: Path | None, *, force: bool) -> None:
    """Write a copy of the database beside `file` first, then in its place."""
    source = session.paths.data / "rego.db"
    if not source.is_file():
        raise NotFound(f"There is no local database in {session.paths.data} yet.")
    target = file or Path(f"rego-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}.db")
    if target.exists() and not force:
        raise Conflict(f"{target} is there already; --force replaces it.")
    draft = target.with_name(f".{target.name}.part")
    try:
        _copy(source, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    session.output.note(f"Backed up to {target}; with no server running, put it at {source} to go back to it.")
    session.output.lines([str(target)])


def _copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as one,
            closing(sqlite3.connect(target)) as other,
        ):
            one.backup(other)
    except sqlite3.Error as error:
        raise RegoError(f"{source} cannot be copied: {error}.") from error


def _state(session: Session, server: LocalServer | None) -> LocalState:
    database = session.paths.data / "rego.db"
    return LocalState(
        running=server is not None,
        data_dir=str(session.paths.data),
        database=str(database),
        size=database.stat().st_size if database.is_file() else 0,
        url=str(server.server) if server else None,
        pid=server.pid if server else None,
        version=server.version if server else None,
    )


def _sentence(state: LocalState) -> str:
    where = f"The data is in {state.data_dir} ({state.size / 1e6:.1f} MB)."
    if not state.running:
        return f"No local server is running; the next command that needs one starts it. {where}"
    return f"A local server runs (process {state.pid}, version {state.version}) at {state.url}. {where}"
