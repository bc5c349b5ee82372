"""`rego import`: a board from another program's file, with an account of what came in and what could not."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rego.cli.context import Session
from rego.cli.options import JsonOption, QuietOption, RegoCommand, noun, session_of
from rego.cli.output import Cell, Form, View
from rego.cli.progress import working
from rego.client import boards, imports
from rego.wire import limits
from rego.wire.boards import UpdateBoard
from rego.wire.errors import InvalidInput, TooLarge
from rego.wire.imports import Imported, Remark, Tally

app = noun("", alone=True)


class Format(StrEnum):
    """The files that can be read."""

    TRELLO = "trello"
    REGO = "rego"


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


@app.command(cls=RegoCommand)
def _import(
    context: typer.Context,
    kind: Annotated[Format, typer.Argument(metavar="FORMAT", help="trello: a board's JSON export. rego: Rego's own.")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="The file; '-' reads stdin.")],
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Call the board so, not as the file does.")] = None,
    json: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Bring a board in from a file, as a new board.

    A table says what came in; a second one what could not, or had to be mended, and why.
    """
    form = IMPORTED.form(json, quiet)
    new_title = None if title is None else UpdateBoard(title=title)
    import_board(session_of(context), kind, file, new_title, form)


def import_board(session: Session, kind: Format, file: str, new_title: UpdateBoard | None, form: Form) -> None:
    """Send the file, name the board, print the report. The server takes a file whole or not at all."""
    content = sys.stdin.buffer.read() if file == "-" else read_export(Path(file))
    if not content.strip():
        raise InvalidInput(f"{file} is empty; nothing was imported.")
    with working(f"Importing {Path(file).name}", session.output.err):
        imported = session.send(imports.import_board(kind.value, content))
        if new_title is not None:
            imported.board = session.send(boards.update_board(imported.board.id, new_title))
    _print(session, imported, form)


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
