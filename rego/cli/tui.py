"""`rego tui`: the board in the terminal."""

from __future__ import annotations

from functools import partial

import typer

from rego.cli.context import Session
from rego.cli.options import BoardArgument, RegoCommand, noun, session_of
from rego.client.blocking import Client
from rego.client.retry import ONCE
from rego.wire.errors import InvalidInput

app = noun("", alone=True)


@app.command(cls=RegoCommand)
def _tui(context: typer.Context, board: BoardArgument = None) -> None:
    """Open the board in the terminal; without a name your only one, or the list to choose from."""
    raise typer.Exit(open_board(session_of(context), board))


def open_board(session: Session, board_name: str | None) -> int:
    """Run the TUI until the user quits; it says by itself when the server cannot be reached, and asks for a login."""
    if not (session.output.terminal and session.input.isatty()):
        raise InvalidInput("The board needs a terminal. In a pipe, 'rego cards list' prints the same cards.")
    from rego.demo import tutorial
    from rego_tui.head_start import HeadStart
    from rego_tui.snapshot_cache import SnapshotCache

    home, server = session.home, session.chosen_server
    home.furnish = tutorial.begin
    wanted = board_name or session.choices.value("board")
    ahead = HeadStart(lambda: Client(*home.way_in(server), policy=ONCE), wanted, partial(SnapshotCache.of, home, server))
    from rego_tui.app import Connect, run

    return run(Connect(client=partial(home.client, server), board=wanted, ahead=ahead, home=home, server=server))
