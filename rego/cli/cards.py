"""`rego cards`, the half that parses: flags and arguments in, one call of `rego.cli.card_work` each."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from msgspec import UNSET

from rego.cli import card_work as work
from rego.cli.card_views import CARD, CARD_ROW, CARD_SHEET
from rego.cli.dates import FORMS, parse_due
from rego.cli.naming import card_path
from rego.cli.options import (
    BoardArgument,
    BoardOption,
    CardArgument,
    DataCommand,
    ListCommand,
    QueryOption,
    TitleArgument,
    form_of,
    noun,
    session_of,
)
from rego.cli.places import where
from rego.wire.cards import Priority, UpdateCard
from rego.wire.errors import InvalidInput
from rego.wire.query import parse

app = noun("Cards: list, show, add, edit, move, archive, mark as done.")

LEVELS = ", ".join(Priority)

TopOption = Annotated[bool, typer.Option("--top", help="To the top.")]
BottomOption = Annotated[bool, typer.Option("--bottom", help="To the bottom; this is the default.")]
AfterOption = Annotated[str | None, typer.Option("--after", metavar="CARD", help="Just below that card.")]
BeforeOption = Annotated[str | None, typer.Option("--before", metavar="CARD", help="Just above that card.")]
UndoOption = Annotated[bool, typer.Option("--undo", help="Take it back.")]


@app.command("list", cls=ListCommand)
def _list(
    context: typer.Context,
    name: BoardArgument = None,
    board: BoardOption = None,
    column: Annotated[
        str | None, typer.Option("--column", "-c", metavar="COLUMN", help="Only the cards of this column.")
    ] = None,
    archived: Annotated[bool, typer.Option("--archived", help="Archived cards too.")] = False,
    query: QueryOption = None,
) -> None:
    """List a board's cards, all of them or those that fit a query, in order."""
    form = form_of(context, CARD_ROW)
    if name and board:
        raise InvalidInput("Name the board once: as an argument or with --board.")
    wanted = work.Wanted(column=column, archived=archived, query=None if query is None else parse(query))
    work.list_cards(session_of(context), name or board, wanted, form)


@app.command("show", cls=DataCommand)
def _show(context: typer.Context, card: CardArgument) -> None:
    """Show a card with its checklists and comments."""
    work.show_card(session_of(context), card_path(card), form_of(context, CARD_SHEET))


@app.command("add", cls=DataCommand)
def _add(
    context: typer.Context,
    title: TitleArgument,
    to: Annotated[str | None, typer.Option("--to", "-c", metavar="COLUMN", help="The column; else the board's first.")] = None,
    board: BoardOption = None,
    description: Annotated[
        str, typer.Option("--description", "-d", metavar="TEXT", help="Markdown; '-' reads it from stdin.")
    ] = "",
    due: Annotated[str | None, typer.Option(metavar="WHEN", help=f"Such as {FORMS}.")] = None,
    priority: Annotated[Priority, typer.Option("--priority", "-p", metavar="LEVEL", help=LEVELS)] = Priority.NONE,
    label: Annotated[
        list[str] | None, typer.Option("--label", "-l", metavar="LABEL", help="A label; may be given several times.")
    ] = None,
    top: TopOption = False,
    bottom: BottomOption = False,
    after: AfterOption = None,
    before: BeforeOption = None,
) -> None:
    """Add a card."""
    session = session_of(context)
    new = work.NewCard(
        title=title,
        column=to,
        description=session.text_or_stdin(description),
        due_at=_moment(due),
        priority=priority,
        labels=label or [],
        where=where(first=top, last=bottom, after=after, before=before),
    )
    work.add_card(session, board, new, form_of(context, CARD))


@app.command("edit", cls=DataCommand)
def _edit(
    context: typer.Context,
    card: CardArgument,
    title: Annotated[str | None, typer.Option("--title", "-t", metavar="TEXT")] = None,
    description: Annotated[
        str | None, typer.Option("--description", "-d", metavar="TEXT", help="Markdown; '-' reads it from stdin.")
    ] = None,
    due: Annotated[str | None, typer.Option(metavar="WHEN", help=f"Such as {FORMS}.")] = None,
    no_due: Annotated[bool, typer.Option("--no-due", help="Take the due date away.")] = False,
    priority: Annotated[Priority | None, typer.Option("--priority", "-p", metavar="LEVEL", help=LEVELS)] = None,
) -> None:
    """Change what you name of a card; the rest stays."""
    session = session_of(context)
    form = form_of(context, CARD)
    if due is not None and no_due:
        raise InvalidInput("Give --due or --no-due, not both.")
    body = UpdateCard(
        title=UNSET if title is None else title,
        description=UNSET if description is None else session.text_or_stdin(description),
        due_at=None if no_due else _moment(due) or UNSET,
        priority=UNSET if priority is None else priority,
    )
    if not body.changes():
        raise InvalidInput("Nothing to change: give --title, --description, --due, --no-due or --priority.")
    work.edit_card(session, card_path(card), body, form)


@app.command("move", cls=DataCommand)
def _move(
    context: typer.Context,
    card: CardArgument,
    column: Annotated[str | None, typer.Argument(metavar="COLUMN", help="Where to; without it, within its column.")] = None,
    top: TopOption = False,
    bottom: BottomOption = False,
    after: AfterOption = None,
    before: BeforeOption = None,
) -> None:
    """Move a card to another column or place."""
    form = form_of(context, CARD)
    place = where(first=top, last=bottom, after=after, before=before)
    if column is None and not place.given:
        raise InvalidInput("Where to? Name a column, or give --top, --bottom, --after or --before.")
    work.move_card(session_of(context), card_path(card), column, place, form)


@app.command("archive", cls=DataCommand)
def _archive(context: typer.Context, card: CardArgument, undo: UndoOption = False) -> None:
    """Put a card away; --undo brings it back."""
    work.archive_card(session_of(context), card_path(card), not undo, form_of(context, CARD))


@app.command("done", cls=DataCommand)
def _done(context: typer.Context, card: CardArgument, undo: UndoOption = False) -> None:
    """Mark a card as done."""
    work.complete_card(session_of(context), card_path(card), not undo, form_of(context, CARD))


def _moment(due: str | None) -> datetime | None:
    return None if due is None else parse_due(due, datetime.now().astimezone())
