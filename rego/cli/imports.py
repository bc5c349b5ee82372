"""`rego import`: a board from another program's file, with an account of what came in and what could not."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from zipfile import is_zipfile

import typer

from rego.cli.context import Session
from rego.cli.options import DataCommand, form_of, noun, session_of
from rego.cli.output import Cell, Form, View
from rego.cli.progress import working
from rego.client import boards, imports
from rego.client.archives import Archive, send_files
from rego.client.sniffing import FORMATS, guess_format
from rego.wire import limits
from rego.wire.boards import UpdateBoard
from rego.wire.errors import InvalidInput, TooLarge
from rego.wire.imports import Imported, Remark, Tally

app = noun("", alone=True)


IMPORTED = View[Imported](struct=Imported, entity=lambda imported: imported, short=lambda imported: imported.board.key)

TALLY_CELLS = (
    Cell[tuple[str, Tally]]("kind", lambda row: row[0]),
    Cell[tuple[str, Tally]]("in the file", lambda row: str(row[1].found)),
    Cell[tuple[str, Tally]]("imported", lambda row: str(row[1].imported)),
)
REMARK_CELLS = (
    Cell[Remark]("what", lambda remark: remark.what),
    Cell[Remark]("count", lambda remark: str(remark.count)),
    Cell[Remark]("why", lambda remark: remark.why, long=True),
    Cell[Remark]("for example", lambda remark: remark.where, long=True),
)


@app.command(cls=DataCommand)
def _import(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[FORMAT] FILE",
            help=f"The file; '-' reads stdin. FORMAT is one of {', '.join(FORMATS)}; by default the file tells.",
        ),
    ],
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Call the board so, not as the file does.")] = None,
) -> None:
    """Bring a board in from a file, as a new board.

    A table says what came in; a second one what could not, or had to be mended, and why.
    """
    form = form_of(context, IMPORTED)
    kind, file = format_and_file(words)
    new_title = None if title is None else UpdateBoard(title=title)
    import_board(session_of(context), kind, file, new_title, form)


def format_and_file(words: Sequence[str]) -> tuple[str | None, str]:
    """The format, None where the file is to tell it, and the file; raises `InvalidInput` when the words are not that."""
    if len(words) > 2:
        raise InvalidInput("An import takes one file at a time: rego import [FORMAT] FILE.")
    kind, file = words if len(words) == 2 else (None, words[0])
    if kind is not None and kind not in FORMATS:
        raise InvalidInput(f"{kind!r} is no format to import; there are {', '.join(FORMATS)}.")
    if kind is None and file in FORMATS and not Path(file).exists():
        raise InvalidInput(f"Name the file too: rego import {file} FILE.")
    return kind, file


def import_board(session: Session, kind: str | None, file: str, new_title: UpdateBoard | None, form: Form) -> None:
    """Send the file, name the board, print the report. The server takes a file whole or not at all."""
    if kind in (None, "rego") and file != "-" and is_zipfile(file):
        import_archive(session, Path(file), new_title, form)
        return
    content = sys.stdin.buffer.read() if file == "-" else read_export(Path(file))
    if not content.strip():
        raise InvalidInput(f"{file} is empty; nothing was imported.")
    kind = kind or _guessed(session, file, content)
    with working(f"Importing {Path(file).name}", session.output.err):
        imported = session.send(imports.import_board(kind, content))
        if new_title is not None:
            imported.board = session.send(boards.update_board(imported.board.id, new_title))
    _print(session, imported, form)


def import_archive(session: Session, path: Path, new_title: UpdateBoard | None, form: Form) -> None:
    """Send the board of an archive, then the files on its cards."""
    with working(f"Importing {path.name}", session.output.err), Archive(path) as archive:
        imported = session.send(imports.import_board("rego", archive.board))
        imported = send_files(session.send, archive, imported)
        if new_title is not None:
            imported.board = session.send(boards.update_board(imported.board.id, new_title))
    _print(session, imported, form)


def _guessed(session: Session, file: str, content: bytes) -> str:
    """The format that the file looks like, which the person is told."""
    name = "stdin" if file == "-" else file
    try:
        kind = guess_format(content)
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error.detail}") from error
    session.output.note(f"{name} is a {FORMATS[kind]}.")
    return kind


def read_export(path: Path) -> bytes:
    """The bytes of a file to import; raises `InvalidInput` or `TooLarge` with a sentence when there is nothing to send."""
    try:
        if path.stat().st_size > limits.IMPORT_MAX_BYTES:
            raise TooLarge(f"{path} is larger than the {limits.IMPORT_MAX_BYTES // 2**20} MiB that an import may have.")
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error


def _print(session: Session, imported: Imported, form: Form) -> None:
    output, board, report = session.output, imported.board, imported.report
    if form.json is not None or form.quiet:
        output.one(IMPORTED, imported, form, "")
        return
    output.table(TALLY_CELLS, list(report.tallies.items()))
    if report.remarks:
        output.lines([""])
        output.table(REMARK_CELLS, report.remarks)
    output.out.flush()
    output.note(f"Imported as the board {board.key}, {board.title}. Open it with: rego tui {board.key}")
