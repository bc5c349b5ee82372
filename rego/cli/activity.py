"""`rego activity`: what happened on a board or to a card, in sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from rego.cli.context import Session
from rego.cli.options import BoardOption, DataCommand, form_of, noun, session_of
from rego.cli.output import Cell, Form, Output, View
from rego.client import cards, history
from rego.dates import PAST_FORMS, ago, parse_past
from rego.naming import CARD_REFERENCE, card_path
from rego.wire import limits
from rego.wire.activity import Activity

app = noun("", alone=True)


def what(entry: Activity) -> str:
    """The sentence, and whether it was taken back."""
    return entry.sentence if entry.reverted_by is None else f"{entry.sentence} (taken back by event {entry.reverted_by})"


ACTIVITY = View[Activity](
    struct=Activity,
    entity=lambda entry: entry,
    short=lambda entry: str(entry.seq),
    cells=(
        Cell("event", lambda entry: str(entry.seq)),
        Cell("when", lambda entry: entry.at.isoformat(timespec="seconds")),
        Cell("what", what, long=True),
    ),
)


class Wanted(Struct, frozen=True):
    """What to tell of: all that is given must fit."""

    card: str | None = None
    board: str | None = None
    actor: str | None = None
    type: str | None = None
    since_at: datetime | None = None
    before_at: datetime | None = None


@app.command(cls=DataCommand)
def _activity(
    context: typer.Context,
    card: Annotated[
        str | None, typer.Argument(metavar="CARD", help="Only what is about this card, deleted or not, such as OPS-12.")
    ] = None,
    board: BoardOption = None,
    by: Annotated[str | None, typer.Option("--by", metavar="PERSON", help="Only what they did: a username, or me.")] = None,
    kind: Annotated[
        str | None,
        typer.Option("--type", metavar="TYPE", help="Only events of this type, such as card.moved or card."),
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="WHEN", help=f"Only from then on: {PAST_FORMS}.")] = None,
    until: Annotated[str | None, typer.Option(metavar="WHEN", help="Only what was before then.")] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", "-L", metavar="N", min=0, help="At most so many; 0 is all.")
    ] = limits.LIST_DEFAULT,
) -> None:
    """Tell what happened on a board or to a card, the newest first.

    The number before each line is that of the event: 'rego undo --event NUMBER' takes it back.
    """
    now = datetime.now().astimezone()
    wanted = Wanted(
        card=card,
        board=board,
        actor=by,
        type=kind,
        since_at=parse_past(since, now) if since is not None else None,
        before_at=parse_past(until, now) if until is not None else None,
    )
    tell(session_of(context), wanted, limit, form_of(context, ACTIVITY))


def tell(session: Session, wanted: Wanted, limit: int, form: Form) -> None:
    """Print the entries; a list that was cut says so on stderr."""
    board_id, card = _place(session, wanted)
    call = history.list_activity(
        board_id,
        card=card,
        actor=wanted.actor,
        type=wanted.type,
        since_at=wanted.since_at,
        before_at=wanted.before_at,
        limit=min(limit + 1, limits.LIST_MAX) if limit else limits.LIST_MAX,
    )
    found = session.first(call, limit + 1 if limit else None)
    show(session.output, found[:limit] if limit else found, form, none="Nothing that fits has happened here.")
    if limit and len(found) > limit:
        session.output.note(f"Only the latest {limit}; --limit 0 tells all.")


def show(output: Output, entries: list[Activity], form: Form, *, none: str) -> None:
    """Print entries: on a terminal with how long ago they were, elsewhere with the moment."""
    view = ACTIVITY
    if output.terminal and not form.csv:
        now = datetime.now().astimezone()
        event, _, last = ACTIVITY.cells
        view = replace(ACTIVITY, cells=(event, Cell("when", lambda entry: ago(entry.at, now)), last))
    output.many(view, entries, form, none=none)


def _place(session: Session, wanted: Wanted) -> tuple[str, str | None]:
    """The board, and the card on it as the server takes it."""
    if wanted.card is None:
        return session.board(wanted.board).id, None
    card = card_path(wanted.card)
    if CARD_REFERENCE.fullmatch(card):
        # A reference names the board too, and is good for a card that is gone.
        return session.board(card.partition("-")[0]).id, card
    return (session.board(wanted.board).id if wanted.board else session.send(cards.get_card(card)).board_id), card
