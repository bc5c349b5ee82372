"""`rego columns`: the stages of a board."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec import UNSET

from rego.cli import card_lookup as look
from rego.cli.context import Session
from rego.cli.deleting import agreed
from rego.cli.options import (
    BoardArgument,
    BoardOption,
    DataCommand,
    DryRunOption,
    ListCommand,
    RegoCommand,
    TitleArgument,
    YesOption,
    form_of,
    noun,
    session_of,
)
from rego.cli.output import Cell, Form, View
from rego.cli.places import Where, where
from rego.client import columns
from rego.naming import find_column
from rego.wire.columns import Color, Column, CreateColumn, MoveColumn, UpdateColumn, WipMode
from rego.wire.errors import InvalidInput

app = noun("The columns of a board: list, add, move, rename, edit, archive, delete.")

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

COLORS = ", ".join(Color)
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
    hard: Annotated[bool, typer.Option("--hard", help="Refuse more cards than the limit instead of marking it.")] = False,
    done: Annotated[bool, typer.Option("--done", help="Cards that enter it count as finished.")] = False,
    after: AfterOption = None,
    before: BeforeOption = None,
) -> None:
    """Add a column, at the right end unless a place is given."""
    place = where(first=False, last=False, after=after, before=before)
    body = CreateColumn(title=title, wip_limit=limit, wip_mode=WipMode.HARD if hard else WipMode.SOFT, done=done)
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


@app.command("edit", cls=DataCommand)
def _edit(
    context: typer.Context,
    column: ColumnArgument,
    board: BoardOption = None,
    limit: Annotated[int | None, typer.Option(min=0, metavar="N", help="How many cards may be in it; 0 is any number.")] = None,
    hard: Annotated[bool | None, typer.Option("--hard/--soft", help="Refuse more cards than that, or only mark it.")] = None,
    done: Annotated[
        bool | None, typer.Option("--done/--not-done", help="Whether cards that enter it count as finished.")
    ] = None,
    hue: Annotated[str | None, typer.Option("--hue", metavar="COLOR", help=f"{COLORS}, or none.")] = None,
) -> None:
    """Change a column's limit, meaning or colour."""
    body = UpdateColumn(
        wip_limit=UNSET if limit is None else limit or None,
        wip_mode=UNSET if hard is None else WipMode.HARD if hard else WipMode.SOFT,
        done=UNSET if done is None else done,
        color=UNSET if hue is None else _color(hue),
    )
    if not body.changes():
        raise InvalidInput("Nothing to change: give --limit, --hard, --soft, --done, --not-done or --hue.")
    edit_column(session_of(context), board, column, body, form_of(context, COLUMN))


@app.command("archive", cls=DataCommand)
def _archive(
    context: typer.Context,
    column: ColumnArgument,
    board: BoardOption = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take it back.")] = False,
) -> None:
    """Put a column away with its cards; --undo brings it back."""
    edit_column(session_of(context), board, column, UpdateColumn(archived=not undo), form_of(context, COLUMN))


@app.command("delete", cls=RegoCommand)
def _delete(
    context: typer.Context,
    column: ColumnArgument,
    board: BoardOption = None,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Delete a column that has no cards."""
    delete_column(session_of(context), board, column, yes=yes, dry_run=dry_run)


def list_columns(session: Session, board_name: str | None, form: Form) -> None:
    """Print the columns, archived ones left out."""
    shown = look.open_columns(session, session.board(board_name).id)
    session.output.many(COLUMN, shown, form, none="The board has no column yet: add one with 'rego columns add TITLE'.")


def add_column(session: Session, board_name: str | None, body: CreateColumn, place: Where, form: Form) -> None:
    """Make a column and say where it stands."""
    board = session.board(board_name)
    _fill_place(body, place, look.open_columns(session, board.id) if place.given else [])
    column = session.send(columns.create_column(board.id, body))
    session.output.changed(COLUMN, column, form, f"Column {column.title} added to {board.key}")


def move_column(session: Session, board_name: str | None, name: str, place: Where, form: Form) -> None:
    """Move a column and say where it went."""
    board = session.board(board_name)
    every = look.open_columns(session, board.id)
    body = MoveColumn()
    _fill_place(body, place, every)
    column = session.send(columns.move_column(find_column(every, name).id, body))
    order = " | ".join(other.title for other in look.open_columns(session, board.id))
    session.output.changed(COLUMN, column, form, f"Column {column.title} moved: {order}")


def rename_column(session: Session, board_name: str | None, name: str, body: UpdateColumn, form: Form) -> None:
    """Rename a column and say what it was called."""
    column = find_column(look.open_columns(session, session.board(board_name).id), name)
    renamed = session.send(columns.update_column(column.id, body))
    session.output.changed(COLUMN, renamed, form, f"Column {column.title} is now called {renamed.title}")


def edit_column(session: Session, board_name: str | None, name: str, body: UpdateColumn, form: Form) -> None:
    """Change a column and say how it is now. Archived ones are found too, because one may be brought back."""
    before = find_column(session.send(columns.list_columns(session.board(board_name).id)), name)
    column = session.send(columns.update_column(before.id, body))
    session.output.changed(COLUMN, column, form, f"Column {column.title}: {_state(column)}")


def delete_column(session: Session, board_name: str | None, name: str, *, yes: bool, dry_run: bool) -> None:
    """Delete a column, if that is wanted and it is empty."""
    column = find_column(session.send(columns.list_columns(session.board(board_name).id)), name)
    if agreed(session, f"the column {column.title}", yes=yes, dry_run=dry_run):
        session.send(columns.delete_column(column.id))
        session.output.note(f"Column {column.title} deleted")


def _state(column: Column) -> str:
    limit = f"limit {column.wip_limit} ({column.wip_mode.value})" if column.wip_limit else "no limit"
    words = [
        limit,
        "done" if column.done else "",
        column.color.value if column.color else "",
        "archived" if column.archived else "",
    ]
    return ", ".join(filter(None, words))


def _color(hue: str) -> Color | None:
    if hue == "none":
        return None
    try:
        return Color(hue)
    except ValueError:
        raise InvalidInput(f"The colour must be one of {COLORS}, or none, not {hue!r}.", field="color") from None


def _fill_place(body: CreateColumn | MoveColumn, place: Where, every: list[Column]) -> None:
    body.position = place.position
    body.after_id = find_column(every, place.after).id if place.after is not None else None
    body.before_id = find_column(every, place.before).id if place.before is not None else None
