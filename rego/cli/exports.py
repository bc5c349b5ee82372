"""`rego export`: a board as a file, written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rego.cli.context import Session
from rego.cli.options import BoardArgument, ForceOption, RegoCommand, noun, session_of
from rego.cli.output import escaped
from rego.cli.progress import working
from rego.cli.targets import STDOUT, refuse_existing
from rego.client import archives, exports
from rego.client.landing import Landing
from rego.safe_text import safe_text
from rego.wire.errors import InvalidInput
from rego.wire.imports import ExportFormat

app = noun("", alone=True)


@app.command(cls=RegoCommand)
def _export(
    context: typer.Context,
    board: BoardArgument = None,
    kind: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="json: can be imported again. csv: one card a row. md: to read. By default FILE's ending tells, else json.",
        ),
    ] = None,
    file: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Where to; '-' is stdout.")] = STDOUT,
    force: ForceOption = False,
    files: Annotated[bool, typer.Option("--files", help="A ZIP with the board as json and the files on its cards.")] = False,
) -> None:
    """Write a board to a file, with its archived cards.

    The file is written whole or not at all.
    """
    if files or (kind is None and Path(file).suffix.lower() == ".zip"):
        if kind not in (None, ExportFormat.JSON) or file == STDOUT:
            raise InvalidInput("With its files a board goes into a ZIP: name it with --output FILE, and leave out --format.")
        export_archive(session_of(context), board, Path(file), force=force)
    else:
        export_board(session_of(context), board, kind or _told_by(file), file, force=force)


def export_board(session: Session, name: str | None, kind: ExportFormat, file: str, *, force: bool) -> None:
    """Fetch the board and put it where it is wanted. Raises `InvalidInput` when `file` is there and `force` is not given."""
    target = None if file == STDOUT else Path(file)
    if target is not None:
        refuse_existing(target, force=force)
    board = session.board(name)
    with working(f"Exporting {board.key}", session.output.err):
        content = session.send(exports.export_board(board.id, kind))
    if target is None:
        _print(session, content, kind)
        return
    with Landing(target, overwrite=force) as landing:
        landing.write(content)
        landing.keep()
    session.output.note(f"Board {board.key} written to {file}, {len(content):,} bytes.")


def export_archive(session: Session, name: str | None, target: Path, *, force: bool) -> None:
    """Fetch the board and the files on its cards."""
    refuse_existing(target, force=force)
    board = session.board(name)
    with working(f"Exporting {board.key} with its files", session.output.err), Landing(target, overwrite=force) as landing:
        lost = archives.write_archive(session.send, board.key, session.send(exports.export_board(board.id)), landing)
        landing.keep()
    session.output.note(f"Board {board.key} written to {target} with its files, {target.stat().st_size:,} bytes.")
    if lost:
        session.output.note(f"{len(lost)} files were taken off their cards meanwhile, such as {lost[0].filename}.")


def _told_by(file: str) -> ExportFormat:
    """The format that the file's ending names, else JSON."""
    ending = Path(file).suffix.lower().removeprefix(".")
    return ExportFormat(ending) if ending in tuple(ExportFormat) else ExportFormat.JSON


def _print(session: Session, content: bytes, kind: ExportFormat) -> None:
    """To a pipe the bytes as they are; to a terminal without anything that could steer it."""
    if not session.output.terminal:
        out = session.output.out.buffer
        out.write(content)
        out.flush()
        return
    text = content.decode(errors="replace").replace("\r\n", "\n")
    shown = escaped(text) if kind is ExportFormat.JSON else safe_text(text, multiline=True)
    session.output.out.write(shown)
