"""`rego completion`: the scripts for the shells, and the names that their completions know."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rego.cli.completing import cache_file
from rego.cli.context import Session
from rego.cli.options import RegoCommand, noun, session_of
from rego.client import boards
from rego.client.paths import write_private_file
from rego.naming import find_board, label_name
from rego.safe_text import safe_text
from rego.wire.boards import Board
from rego.wire.errors import InvalidInput, RegoError

app = noun("", alone=True)


class Shell(StrEnum):
    """The shells that there is a script for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@app.command(cls=RegoCommand)
def _completion(
    context: typer.Context,
    shell: Annotated[Shell | None, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")] = None,
    names: Annotated[bool, typer.Option("--refresh", hidden=True, help="Ask the server for the names.")] = False,
) -> None:
    """Print the completion script of a shell.

    Its first lines say how to use it.
    """
    session = session_of(context)
    if names:
        refresh(session)
    elif shell is None:
        raise InvalidInput(f"For which shell? There are {', '.join(Shell)}.")
    else:
        session.output.out.write((Path(__file__).parent / "shells" / f"rego.{shell.value}").read_text("utf-8"))


def refresh(session: Session) -> None:
    """Write the names of all boards, and of what is on the board at hand, into the cache."""
    every = [board for board in session.boards() if not board.archived]
    lines = [_line("boards", board.key, board.title) for board in every]
    if (board := _at_hand(session, every)) is not None:
        lines += _on_board(session, board)
    write_private_file(Path(cache_file()), "".join(lines).encode())


def _at_hand(session: Session, every: list[Board]) -> Board | None:
    """The board that commands mean which name none, if there is one."""
    try:
        return find_board(every, session.choices.value("board"))
    except RegoError:
        return None


def _on_board(session: Session, board: Board) -> Iterator[str]:
    snapshot = session.send(boards.get_snapshot(board.id))
    yield from (_line("columns", column.title, "") for column in snapshot.columns if not column.archived)
    yield from (_line("cards", f"{board.key}-{card.number}", card.title) for card in snapshot.cards)
    yield from (_line("labels", label_name(label), "") for label in snapshot.labels)
    yield from (_line("people", member.username, member.name) for member in snapshot.members)


def _line(kind: str, value: str, meaning: str) -> str:
    """A line of the cache, in which nothing steers a terminal and nothing breaks the line."""
    return "\t".join((kind, _one(value), _one(meaning))) + "\n"


def _one(text: str) -> str:
    return safe_text(text).replace("\t", " ")
