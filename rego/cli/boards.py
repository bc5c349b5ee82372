"""`rego boards`: the boards that you are on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rego.cli.context import Session
from rego.cli.options import DataCommand, ListCommand, RegoCommand, TitleArgument, form_of, noun, session_of
from rego.cli.output import Cell, Form, View
from rego.client import boards
from rego.client.config import DIRECTORY_FILE, save_directory_settings, save_settings
from rego.wire.boards import Board, CreateBoard

app = noun("Your boards: list them, add one, choose the one to use.", bare=True)

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


@app.callback(invoke_without_command=True)
def _boards(context: typer.Context) -> None:
    """Your boards: list them, add one, choose the one to use."""
    if context.invoked_subcommand is None:
        list_boards(session_of(context), Form())


@app.command("list", cls=ListCommand)
def _list(context: typer.Context) -> None:
    """List the boards that you are on."""
    list_boards(session_of(context), form_of(context, BOARD))


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


@app.command("use", cls=RegoCommand)
def _use(
    context: typer.Context,
    board: Annotated[str, typer.Argument(metavar="BOARD", help="Its key, title or id.")],
    here: Annotated[bool, typer.Option("--here", help="For this directory and all below it, in .rego.toml.")] = False,
) -> None:
    """Make a board the one of commands that name none."""
    use_board(session_of(context), board, here=here)


def list_boards(session: Session, form: Form) -> None:
    """Print the boards, archived ones left out."""
    shown = [board for board in session.boards() if not board.archived]
    session.output.many(BOARD, shown, form, none="There is no board yet: make one with 'rego boards add TITLE'.")


def add_board(session: Session, body: CreateBoard, form: Form) -> None:
    """Make a board and say under which key."""
    board = session.send(boards.create_board(body))
    session.output.changed(BOARD, board, form, f"Board {board.key} added: {board.title}")


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
