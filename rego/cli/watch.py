"""`rego watch`: a board's events as JSON lines, through every outage; what happens to the connection is told on stderr."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from rego.cli.context import Session
from rego.cli.exit_codes import ExitCode
from rego.cli.options import BoardArgument, RegoCommand, noun, session_of
from rego.cli.output import Output
from rego.client import boards
from rego.client.updates import Ended, EventCame, Offline, Online, SnapshotCame, Update
from rego.wire.boards import Board
from rego.wire.frames import Advice, Resume

if TYPE_CHECKING:
    from rego.client.live import LiveBoard

app = noun("", alone=True)

ENDINGS = {Advice.LOG_IN: ExitCode.NOT_LOGGED_IN, Advice.STOP: ExitCode.NOT_FOUND}
"""How the command ends when the server says that coming back is of no use."""


@app.command(cls=RegoCommand)
def _watch(
    context: typer.Context,
    board: BoardArgument = None,
    since: Annotated[
        int | None, typer.Option(min=0, metavar="SEQ", help="Begin with the events after this number; else with the next one.")
    ] = None,
) -> None:
    """Print what happens on a board as it happens, as JSON lines.

    Each line is one event. Outages are told on stderr; what was missed meanwhile comes first afterwards.
    """
    raise typer.Exit(watch(session_of(context), board, since))


def watch(session: Session, board_name: str | None, since: int | None) -> ExitCode:
    """Print events until the server ends it."""
    board = session.board(board_name)
    cursor = None
    if since is not None:
        cursor = (session.send(boards.get_snapshot(board.id)).epoch, since)
    return asyncio.run(_follow(session, board, cursor))


class Watcher:
    """Turns updates into lines: events on stdout, the state of the connection on stderr."""

    def __init__(self, output: Output, board: Board, since: int | None) -> None:
        self._output = output
        self._board = board
        self._last_seq = since
        self._online_before = False
        self._offline = False

    def take(self, update: Update) -> ExitCode | None:
        """Print `update`; an exit code when it was the last one."""
        match update:
            case EventCame(raw=raw):
                self._last_seq = raw.seq
                self._output.encoded(msgspec.json.encode(raw))
            case Online():
                self._came_online(update)
            case Offline():
                self._went_offline(update)
            case SnapshotCame(snapshot=snapshot):
                self._last_seq = snapshot.seq
            case Ended(advice=advice, reason=reason):
                self._output.note(f"The server has ended it: {reason}")
                return ENDINGS.get(advice, ExitCode.FAILED)
            case _:
                pass
        return None

    def _came_online(self, update: Online) -> None:
        hello = update.hello
        first, self._online_before, self._offline = not self._online_before, True, False
        if hello.resume is Resume.RESET:
            why = f": {hello.reason}" if hello.reason else ""
            self._output.note(f"online, but the events after {self._last_seq} cannot be had any more{why}; on from {hello.seq}")
        elif first:
            after = hello.seq if self._last_seq is None else self._last_seq
            self._output.note(f"watching {self._board.key} ({self._board.title}) from event {after + 1} on")
        else:
            self._output.note("back online, nothing missed")

    def _went_offline(self, update: Offline) -> None:
        if not self._offline:
            self._output.note(f"offline since {update.since.astimezone():%H:%M:%S} ({update.reason}), retrying")
        self._offline = True


async def _follow(session: Session, board: Board, cursor: tuple[str, int] | None) -> ExitCode:
    from rego.client.aio import Client
    from rego.client.live import LiveBoard

    watcher = Watcher(session.output, board, cursor[1] if cursor else None)
    async with (
        Client(*session.way_in, revive=session.reviver()) as client,
        LiveBoard(client, board.id, since=cursor) as live,
    ):
        return await _print_all(live, watcher)


async def _print_all(live: LiveBoard, watcher: Watcher) -> ExitCode:
    async for update in live:
        if (code := watcher.take(update)) is not None:
            return code
    return ExitCode.OK
