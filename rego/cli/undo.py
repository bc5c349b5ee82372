"""`rego undo`: taking back what you did last, or what an event did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from msgspec import Struct

from rego.cli.activity import ACTIVITY, show
from rego.cli.context import Session
from rego.cli.options import BoardOption, ListCommand, form_of, noun, session_of
from rego.cli.output import Cell, Form, View
from rego.client import history
from rego.client.standing import LOOKED_THROUGH, and_more, standing
from rego.wire import limits
from rego.wire.activity import Activity
from rego.wire.boards import Board
from rego.wire.errors import InvalidInput, NotFound
from rego.wire.query_terms import ME

app = noun("", alone=True)


class Undone(Struct, kw_only=True, frozen=True):
    """What was taken back: its event, the sentence about it, and the events that took it back."""

    seq: int
    sentence: str
    reverted_by: list[int]


UNDONE = View[Undone](
    struct=Undone,
    entity=lambda undone: undone,
    short=lambda undone: str(undone.reverted_by[-1]),
    cells=(
        Cell("event", lambda undone: str(undone.seq)),
        Cell("what", lambda undone: undone.sentence, long=True),
        Cell("by", lambda undone: ", ".join(map(str, undone.reverted_by))),
    ),
)


@app.command(cls=ListCommand)
def _undo(
    context: typer.Context,
    board: BoardOption = None,
    event: Annotated[
        int | None, typer.Option(min=1, metavar="SEQ", help="Take back this event, anybody's, instead of your last act.")
    ] = None,
    only: Annotated[bool, typer.Option("--only", help="Only this one event, not all that was done together with it.")] = False,
    listing: Annotated[bool, typer.Option("--list", help="Only list what you did that still stands.")] = False,
) -> None:
    """Take back what you did last, or what an event did.

    Given again, it takes back what you did before that. It is refused when somebody changed the same since. To have again what
    was taken back, take back the taking back: the command says how.
    """
    session = session_of(context)
    if listing:
        if event is not None or only:
            raise InvalidInput("Give --list by itself: it takes nothing back.")
        list_acts(session, board, form_of(context, ACTIVITY))
    else:
        undo(session, board, event, only, form_of(context, UNDONE))


def list_acts(session: Session, board_name: str | None, form: Form) -> None:
    """Print the caller's own acts that could be taken back."""
    board = session.board(board_name)
    own = _own(session, board, lambda _: False)
    show(session.output, standing(own), form, none=f"Nothing that you did on {board.key} still stands.")
    if len(own) >= LOOKED_THROUGH:
        session.output.note(f"Only your latest {len(own):,} changes were looked through.")


def undo(session: Session, board_name: str | None, seq: int | None, only: bool, form: Form) -> None:
    """Take back an event, by default the caller's last act, and say what that was."""
    board = session.board(board_name)
    act = _last_act(session, board) if seq is None else _entry(session, board, seq)
    made = session.send(history.revert_event(board.id, act.seq, whole=not only))
    undone = Undone(seq=act.seq, sentence=act.sentence, reverted_by=[event.seq for event in made])
    session.output.changed(UNDONE, undone, form, f"Undone: {act.sentence}{and_more(made)}. {_way_back(board, undone, only)}")


def _own(session: Session, board: Board, enough: Callable[[list[Activity]], bool]) -> list[Activity]:
    """What the caller did lately, the newest first: page by page until what stands of it is `enough`, or too many were read."""
    known: list[Activity] = []
    while len(known) < LOOKED_THROUGH:
        before = known[-1].seq if known else None
        page = session.send(history.list_activity(board.id, actor=ME, before=before, limit=limits.LIST_MAX))
        known += page
        if len(page) < limits.LIST_MAX or enough(standing(known)):
            break
    return known


def _last_act(session: Session, board: Board) -> Activity:
    own = _own(session, board, bool)
    acts = standing(own)
    if not own:
        raise NotFound(f"You have changed nothing on {board.key} so far.")
    if not acts:
        raise NotFound(f"None of your latest {len(own):,} changes on {board.key} still stands.")
    return acts[0]


def _entry(session: Session, board: Board, seq: int) -> Activity:
    found = session.send(history.list_activity(board.id, since=seq - 1, before=seq + 1))
    if not found:
        raise NotFound(f"The log of {board.key} tells of no event {seq}.")
    return found[0]


def _way_back(board: Board, undone: Undone, only: bool) -> str:
    return f"'rego undo --event {undone.reverted_by[-1]} --board {board.key}{' --only' if only else ''}' does it again."
