"""`rego watch`, the half that parses: which events of a board are wanted, and in which form they come."""

from __future__ import annotations

from typing import Annotated

import typer

from rego.cli.context import Session
from rego.cli.exit_codes import ExitCode
from rego.cli.options import BoardArgument, QueryOption, RegoCommand, noun, parsed, session_of
from rego.cli.watching import Wanted, watch
from rego.wire.errors import InvalidInput

app = noun("", alone=True)


@app.command(cls=RegoCommand)
def _watch(
    context: typer.Context,
    board: BoardArgument = None,
    since: Annotated[
        int | None, typer.Option(min=0, metavar="SEQ", help="Begin with the events after this number; else with the next one.")
    ] = None,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", "-t", metavar="TYPE", help="Only this type, such as card.moved or 'card.*'; repeatable."),
    ] = None,
    query: QueryOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines on a terminal too.")] = False,
    as_text: Annotated[bool, typer.Option("--text", help="Sentences in a pipe too.")] = False,
    jq: Annotated[
        str | None, typer.Option("--jq", metavar="FILTER", help="Print what this jq filter makes of each event.")
    ] = None,
    command: Annotated[
        str | None,
        typer.Option("--exec", "-x", metavar="CMD", help="Run this in a shell for each event, which is on its stdin."),
    ] = None,
) -> None:
    """Print what happens on a board as it happens: sentences on a terminal, JSON lines in a pipe.

    Outages are told on stderr; what was missed meanwhile comes first afterwards, whatever the reader's speed.
    """
    if sum((as_json or jq is not None, as_text, command is not None)) > 1:
        raise InvalidInput("Give one of --json (with --jq), --text and --exec.")
    session = session_of(context)
    wanted = Wanted(
        since=since,
        types=tuple(types or ()),
        query=parsed(query),
        sentences=as_text or (session.output.terminal and not as_json and jq is None),
        jq=_checked(jq),
        command=command,
    )
    raise typer.Exit(_ended(session, board, wanted))


def _checked(jq: str | None) -> str | None:
    """The filter, which is tried before anything is done. Raises `InvalidInput`."""
    if jq is not None:
        from rego.cli.filtering import check

        check(jq, None)
    return jq


def _ended(session: Session, board: str | None, wanted: Wanted) -> ExitCode:
    import asyncio

    return asyncio.run(watch(session, session.board(board), wanted))
