"""`rego columns`: the stages of a board."""

from __future__ import annotations

from typing import Annotated

import typer

from rego.cli.context import Session
from rego.cli.naming import find_column
from rego.cli.options import BoardArgument, BoardOption, DataCommand, ListCommand, TitleArgument, form_of, noun, session_of
from rego.cli.output import Cell, Form, View
from rego.cli.places import Where, where
from rego.client import columns
from rego.wire.columns import Column, CreateColumn, MoveColumn, UpdateColumn

app = noun("The columns of a board: list, add, move, rename.")

COLUMN = View[Column](
    struct=Column,
    entity=lambda column: column,
    short=lambda column: column.id,
    cells=(
        Cell("title", lambda column: column.title, long=True),
        Cell("limit", lambda column: str(column.wip_limit or "")),
        Cell("done", lambda column: "done" if column.done else ""),
        Cell("id", lambda column: column.id),
    ),
)

ColumnArgument = Annotated[str, typer.Argument(metavar="COLUMN", help="Its title, the beginning of it, or its id.")]
AfterOption = Annotated[str | None, typer.Option("--after", metavar="COLUMN", help="To the right of that column.")]
BeforeOption = Annotated[str | None, typer.Option("--before", metavar="COLUMN", help="To the left of that column.")]


@app.command("list", cls=ListCommand)
def _list(
    context: typer.Context,
    board: BoardArgument = None,
) -> None:
    """List a board's columns from left to right."""
    list_columns(session_of(context), board, form_of(context, COLUMN))


@app.command("add", cls=DataCommand)
def _add(
    context: typer.Context,
    title: TitleArgument,
    board: BoardOption = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="How many cards may be in it before it is marked.")
    ] = None,
    done: Annotated[bool, typer.Option("--done", help="Cards that enter it count as finished.")] = False,
    after: AfterOption = None,
    before: BeforeOption = None,
) -> None:
    """Add a column, at the right end unless a place is given."""
    place = where(first=False, last=False, after=after, before=before)
    body = CreateColumn(title=title, wip_limit=limit, done=done)
    add_column(session_of(context), board, body, place, form_of(context, COLUMN))


@app.command("move", cls=DataCommand)
def _move(
    context: typer.Context,
    column: ColumnArgument,
    board: BoardOption = None,
    first: Annotated[bool, typer.Option("--first", help="To the left end.")] = False,
    last: Annotated[bool, typer.Option("--last", help="To the right end; this is the default.")] = False,
    after: AfterOption = None,
    before: BeforeOption = None,
) -> None:
    """Move a column among the others."""
    place = where(first=first, last=last, after=after, before=before)
    move_column(session_of(context), board, column, place, form_of(context, COLUMN))


@app.command("rename", cls=DataCommand)
def _rename(
    context: typer.Context,
    column: ColumnArgument,
    title: TitleArgument,
    board: BoardOption = None,
) -> None:
    """Give a column another title."""
    rename_column(session_of(context), board, column, UpdateColumn(title=title), form_of(context, COLUMN))


def list_columns(session: Session, board_name: str | None, form: Form) -> None:
    """Print the columns, archived ones left out."""
    shown = _columns(session, session.board(board_name).id)
    session.output.many(COLUMN, shown, form, none="The board has no column yet: add one with 'rego columns add TITLE'.")


def add_column(session: Session, board_name: str | None, body: CreateColumn, place: Where, form: Form) -> None:
    """Make a column and say where it stands."""
    board = session.board(board_name)
    _fill_place(body, place, _columns(session, board.id) if place.given else [])
    column = session.send(columns.create_column(board.id, body))
    session.output.changed(COLUMN, column, form, f"Column {column.title} added to {board.key}")


def move_column(session: Session, board_name: str | None, name: str, place: Where, form: Form) -> None:
    """Move a column and say where it went."""
    board = session.board(board_name)
    every = _columns(session, board.id)
    body = MoveColumn()
    _fill_place(body, place, every)
    column = session.send(columns.move_column(find_column(every, name).id, body))
    order = " | ".join(other.title for other in _columns(session, board.id))
    session.output.changed(COLUMN, column, form, f"Column {column.title} moved: {order}")


def rename_column(session: Session, board_name: str | None, name: str, body: UpdateColumn, form: Form) -> None:
    """Rename a column and say what it was called."""
    column = find_column(_columns(session, session.board(board_name).id), name)
    renamed = session.send(columns.update_column(column.id, body))
    session.output.changed(COLUMN, renamed, form, f"Column {column.title} is now called {renamed.title}")


def _columns(session: Session, board_id: str) -> list[Column]:
    return [column for column in session.send(columns.list_columns(board_id)) if not column.archived]


def _fill_place(body: CreateColumn | MoveColumn, place: Where, every: list[Column]) -> None:
    body.position = place.position
    body.after_id = find_column(every, place.after).id if place.after is not None else None
    body.before_id = find_column(every, place.before).id if place.before is not None else None
