"""`rego boards`: the boards that you are on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from msgspec import UNSET

from rego.cli.context import Session
from rego.cli.deleting import agreed
from rego.cli.options import (
    BoardArgument,
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
from rego.client import boards
from rego.client.config import DIRECTORY_FILE, save_directory_settings, save_settings
from rego.wire.boards import Board, CreateBoard, UpdateBoard
from rego.wire.errors import InvalidInput
from rego.wire.snapshot import Snapshot

app = noun("Your boards: list, show, add, edit, archive, delete, choose the one to use.", bare=True)

BOARD = View[Board](
    struct=Board,
    entity=lambda board: board,
    short=lambda board: board.key,
    cells=(
        Cell("key", lambda board: board.key),
        Cell("title", lambda board: board.title, long=True),
        Cell("role", lambda board: board.role.value if board.role else ""),
    ),
)


BOARD_SHEET = View[Snapshot](
    struct=Board,
    entity=lambda snapshot: snapshot.board,
    short=lambda snapshot: snapshot.board.key,
    extras={
        "seq": lambda snapshot: snapshot.seq,
        "columns": lambda snapshot: snapshot.columns,
        "labels": lambda snapshot: snapshot.labels,
        "members": lambda snapshot: snapshot.members,
        "cards": lambda snapshot: len(snapshot.cards),
    },
)


@app.callback(invoke_without_command=True)
def _boards(context: typer.Context) -> None:
    """Your boards: list, show, add, edit, archive, delete, choose the one to use."""
    if context.invoked_subcommand is None:
        list_boards(session_of(context), Form())


@app.command("list", cls=ListCommand)
def _list(
    context: typer.Context, archived: Annotated[bool, typer.Option("--archived", help="Archived boards too.")] = False
) -> None:
    """List the boards that you are on."""
    list_boards(session_of(context), form_of(context, BOARD), archived=archived)


@app.command("add", cls=DataCommand)
def _add(
    context: typer.Context,
    title: TitleArgument,
    key: Annotated[str | None, typer.Option(metavar="KEY", help="2 to 6 letters for references such as OPS-12.")] = None,
    description: Annotated[str, typer.Option(metavar="TEXT", help="What the board is for, in Markdown.")] = "",
) -> None:
    """Add a board, with no columns yet."""
    body = CreateBoard(title=title, key=key.upper() if key else None, description=description)
    add_board(session_of(context), body, form_of(context, BOARD))


@app.command("show", cls=DataCommand)
def _show(context: typer.Context, board: BoardArgument = None) -> None:
    """Show a board: how many cards its columns have, its people, its description."""
    show_board(session_of(context), board, form_of(context, BOARD_SHEET))


@app.command("edit", cls=DataCommand)
def _edit(
    context: typer.Context,
    board: BoardArgument = None,
    title: Annotated[str | None, typer.Option("--title", "-t", metavar="TEXT")] = None,
    description: Annotated[
        str | None, typer.Option("--description", "-d", metavar="TEXT", help="Markdown; '-' reads it from stdin.")
    ] = None,
) -> None:
    """Change a board's title or description."""
    session, form = session_of(context), form_of(context, BOARD)
    body = UpdateBoard(
        title=UNSET if title is None else title,
        description=UNSET if description is None else session.text_or_stdin(description),
    )
    if not body.changes():
        raise InvalidInput("Nothing to change: give --title or --description.")
    edit_board(session, board, body, "changed", form)


@app.command("archive", cls=DataCommand)
def _archive(
    context: typer.Context,
    board: Annotated[str, typer.Argument(metavar="BOARD", help="Its key, title or id.")],
    undo: Annotated[bool, typer.Option("--undo", help="Take it back.")] = False,
) -> None:
    """Put a board away: it can be read, and nothing on it changes. --undo brings it back."""
    done = "is back" if undo else f"archived (take it back: rego boards archive {board} --undo)"
    edit_board(session_of(context), board, UpdateBoard(archived=not undo), done, form_of(context, BOARD))


@app.command("delete", cls=RegoCommand)
def _delete(
    context: typer.Context,
    board: Annotated[str, typer.Argument(metavar="BOARD", help="Its key, title or id.")],
    yes: YesOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Delete a board with everything on it, for all. This cannot be undone."""
    delete_board(session_of(context), board, yes=yes, dry_run=dry_run)


@app.command("use", cls=RegoCommand)
def _use(
    context: typer.Context,
    board: Annotated[str, typer.Argument(metavar="BOARD", help="Its key, title or id.")],
    here: Annotated[bool, typer.Option("--here", help="For this directory and all below it, in .rego.toml.")] = False,
) -> None:
    """Make a board the one of commands that name none."""
    use_board(session_of(context), board, here=here)


def list_boards(session: Session, form: Form, *, archived: bool = False) -> None:
    """Print the boards, archived ones only when asked for."""
    shown = [board for board in session.boards() if archived or not board.archived]
    session.output.many(BOARD, shown, form, none="There is no board yet: make one with 'rego boards add TITLE'.")


def add_board(session: Session, body: CreateBoard, form: Form) -> None:
    """Make a board and say under which key."""
    board = session.send(boards.create_board(body))
    session.output.changed(BOARD, board, form, f"Board {board.key} added: {board.title}")


def show_board(session: Session, name: str | None, form: Form) -> None:
    """Print a board in short."""
    snapshot = session.send(boards.get_snapshot(session.board(name).id))
    session.output.one(BOARD_SHEET, snapshot, form, "\n".join(_lines(snapshot)))


def edit_board(session: Session, name: str | None, body: UpdateBoard, done: str, form: Form) -> None:
    """Change a board, unless somebody changed the same fields since it was read here."""
    before = session.board(name)
    body.version = before.version
    board = session.send(boards.update_board(before.id, body))
    session.output.changed(BOARD, board, form, f"Board {board.key} ({board.title}) {done}")


def delete_board(session: Session, name: str, *, yes: bool, dry_run: bool) -> None:
    """Delete a board, if that is wanted."""
    board = session.board(name)
    cards = len(session.send(boards.get_snapshot(board.id, archived=True)).cards)
    if agreed(
        session, f"the board {board.key} ({board.title}) with its {cards} cards, for everybody", yes=yes, dry_run=dry_run
    ):
        session.send(boards.delete_board(board.id))
        session.output.note(f"Board {board.key} ({board.title}) deleted")


def _lines(snapshot: Snapshot) -> Iterator[str]:
    board = snapshot.board
    yield f"{board.key}  {board.title}" + (" (archived)" if board.archived else "")
    for column in snapshot.columns:
        if not column.archived:
            count = sum(card.column_id == column.id for card in snapshot.cards)
            yield f"  {count:>5}  {column.title}" + (f" (limit {column.wip_limit})" if column.wip_limit else "")
    yield "people: " + ", ".join(f"{member.username} ({member.role.value})" for member in snapshot.members)
    if board.description:
        yield f"\n{board.description}"


def use_board(session: Session, name: str, *, here: bool) -> None:
    """Write the board, and with `here` its server too, where later commands find it."""
    board = session.board(name)
    server = session.chosen_server
    if here:
        path = Path.cwd() / DIRECTORY_FILE
        save_directory_settings(path, {"server": server.url if server else None, "board": board.key})
        session.output.note(f"Commands in this directory now mean {board.key} ({board.title}): see {path}.")
        return
    save_settings(session.paths, session.choices.profile, {"board": board.key})
    session.output.note(f"Commands that name no board now mean {board.key} ({board.title}).")
