"""`rego demo`: look around on a board of one's own machine; without a terminal, see it and what to try next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Annotated

import typer

from rego.cli.context import Session
from rego.cli.options import RegoCommand, noun, session_of
from rego.client import boards
from rego.demo.board import Account, find_or_make, log_in
from rego.safe_text import safe_text
from rego.wire.boards import Board
from rego.wire.snapshot import Snapshot

app = noun("", alone=True)

NEXT_COMMANDS = """\
Next, try:
  rego demo                              this board in the terminal, with two colleagues at work
  rego cards show {key}-1
  rego cards move {key}-3 Doing --top
  rego cards add "My first card" --to Ideas --board {key} --due friday
  rego watch {key}                        what happens, as it happens
  rego boards add "My team"              a board of your own
  rego import trello FILE                or one that you have already"""


@app.command(cls=RegoCommand)
def _demo(
    context: typer.Context,
    alone: Annotated[bool, typer.Option("--alone", help="Without the two simulated colleagues.")] = False,
) -> None:
    """Look around on a small board where two colleagues are at work; it lives on this machine."""
    raise typer.Exit(demo(session_of(context), alone=alone))


def demo(session: Session, *, alone: bool) -> int:
    """Make or find the demo board; show it in the TUI, or print it when stdout is no terminal."""
    session.stay_on_this_machine()
    board, accounts = find_or_make(session.client, session.paths)
    if not (session.output.terminal and session.input.isatty()):
        snapshot = session.send(boards.get_snapshot(board.id))
        session.output.block("\n".join(board_lines(snapshot)) + "\n\n" + NEXT_COMMANDS.format(key=board.key))
        return 0
    from rego_tui.app import Connect, run

    companions = () if alone else tuple(_companion(session, board, account) for account in accounts)
    return run(Connect(client=session.async_client, board=board.id, companions=companions, home=session.home))


def board_lines(snapshot: Snapshot) -> Iterator[str]:
    """A board as plain text: each column with its cards under it."""
    yield safe_text(f"{snapshot.board.title} ({snapshot.board.key})")
    for column in snapshot.columns:
        if column.archived:
            continue
        cards = [card for card in snapshot.cards if card.column_id == column.id]
        limit = f" of {column.wip_limit}" if column.wip_limit else ""
        yield "\n" + safe_text(f"{column.title} ({len(cards)}{limit})")
        yield from (safe_text(f"  {snapshot.board.key}-{card.number}  {card.title}") for card in cards)


def _companion(session: Session, board: Board, account: Account) -> Callable[[], Awaitable[None]]:
    return partial(_work, session, board, account)


async def _work(session: Session, board: Board, account: Account) -> None:
    """One colleague, from login until the TUI closes."""
    from random import Random

    from rego.client.blocking import Client
    from rego.demo.colleagues import work

    server, _ = session.way_in
    with Client(server) as client:
        colleague = await asyncio.to_thread(log_in, client, account)
    await work(server, colleague, board.id, Random())  # noqa: S311 - only the pace of a demo hangs on it
