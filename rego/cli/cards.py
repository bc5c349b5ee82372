"""`rego cards`, the half that parses: flags and arguments in, one call of `rego.cli.card_work` each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated

import typer
from msgspec import UNSET, UnsetType

from rego.cli import card_bulk as bulk
from rego.cli import card_work as work
from rego.cli.card_views import CARD, CARD_ROW, CARD_SHEET, CLAIM
from rego.cli.context import Session
from rego.cli.options import (
    BoardArgument,
    BoardOption,
    CardArgument,
    Choice,
    DataCommand,
    ListCommand,
    ManyCommand,
    QueryOption,
    RegoCommand,
    choice_of,
    form_of,
    noun,
    parsed,
    session_of,
)
from rego.cli.output import Form
from rego.cli.places import where
from rego.dates import FORMS, SPANS, parse_here, parse_span
from rego.naming import is_card
from rego.wire.cards import ClaimCard, Priority, UpdateCard
from rego.wire.errors import InvalidInput

app = noun("Cards: list, show, add, edit, move, start, claim, assign, label, delete.")

OptionalCardArgument = Annotated[
    str | None, typer.Argument(metavar="CARD", help="Its reference, number or id; else the next one.")
]

LEVELS = ", ".join(Priority)

TopOption = Annotated[bool, typer.Option("--top", help="To the top.")]
BottomOption = Annotated[bool, typer.Option("--bottom", help="To the bottom; this is the default.")]
AfterOption = Annotated[str | None, typer.Option("--after", metavar="CARD", help="Just below that card.")]
BeforeOption = Annotated[str | None, typer.Option("--before", metavar="CARD", help="Just above that card.")]
DescriptionOption = Annotated[
    str | None, typer.Option("--description", "-d", metavar="TEXT", help="Markdown; '-' reads it from stdin.")
]
DueOption = Annotated[str | None, typer.Option("--due", metavar="WHEN", help=f"Such as {FORMS}.")]
StartOption = Annotated[str | None, typer.Option("--start", metavar="WHEN", help="The day on which it begins.")]
LabelsOption = Annotated[list[str] | None, typer.Option("--label", "-l", metavar="LABEL", help="A label; repeatable.")]
PeopleOption = Annotated[
    list[str] | None, typer.Option("--assign", "-a", metavar="PERSON", help="A username, or me; repeatable.")
]
One = Callable[[Session, str, Form], None]
"""Changes one card, with the form for what is printed."""

CardsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="CARD...", help="References such as OPS-12, numbers on the board at hand, or ids.")
]
ToBoardOption = Annotated[str | None, typer.Option("--to-board", metavar="BOARD", help="Another board.")]
RemoveOption = Annotated[bool, typer.Option("--remove", help="Take it off instead.")]
UndoOption = Annotated[bool, typer.Option("--undo", help="Take it back.")]


@app.command("list", cls=ListCommand)
def _list(
    context: typer.Context,
    name: BoardArgument = None,
    board: BoardOption = None,
    column: Annotated[
        str | None, typer.Option("--column", "-c", metavar="COLUMN", help="Only the cards of this column.")
    ] = None,
    labels: Annotated[
        list[str] | None, typer.Option("--label", "-l", metavar="LABEL", help="Only cards with this label; repeatable.")
    ] = None,
    people: Annotated[
        list[str] | None,
        typer.Option("--assignee", "-a", metavar="PERSON", help="Only cards of this person, or me; repeatable."),
    ] = None,
    archived: Annotated[bool, typer.Option("--archived", help="Archived cards too.")] = False,
    query: QueryOption = None,
) -> None:
    """List a board's cards, all of them or those that fit a query, in order."""
    form = form_of(context, CARD_ROW)
    if name and board:
        raise InvalidInput("Name the board once: as an argument or with --board.")
    wanted = work.Wanted(column, labels or [], people or [], archived, parsed(query))
    work.list_cards(session_of(context), name or board, wanted, form)


@app.command("show", cls=DataCommand)
def _show(context: typer.Context, card: CardArgument) -> None:
    """Show a card with its checklists and comments."""
    work.show_card(session_of(context), card, form_of(context, CARD_SHEET))


@app.command("add", cls=DataCommand)
def _add(
    context: typer.Context,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="'-' reads titles from stdin, one a line.")],
    to: Annotated[str | None, typer.Option("--to", "-c", metavar="COLUMN", help="The column; else the board's first.")] = None,
    board: BoardOption = None,
    description: DescriptionOption = None,
    due: DueOption = None,
    priority: Annotated[Priority, typer.Option("--priority", "-p", metavar="LEVEL", help=LEVELS)] = Priority.NONE,
    label: LabelsOption = None,
    assign: PeopleOption = None,
    start: StartOption = None,
    top: TopOption = False,
    bottom: BottomOption = False,
    after: AfterOption = None,
    before: BeforeOption = None,
) -> None:
    """Add a card, or with '-' one for each line of stdin."""
    session = session_of(context)
    if title == "-" == description:
        raise InvalidInput("Stdin can be the titles or the description, not both.")
    new = work.NewCard(
        titles=session.lines_of_stdin() if title == "-" else [title],
        column=to,
        description=session.text_or_stdin(description or ""),
        start_at=parse_here(start),
        due_at=parse_here(due),
        priority=priority,
        labels=label or [],
        people=assign or [],
        where=where(first=top, last=bottom, after=after, before=before),
    )
    work.add_cards(session, board, new, form_of(context, CARD))


@app.command("edit", cls=DataCommand)
def _edit(
    context: typer.Context,
    card: CardArgument,
    title: Annotated[str | None, typer.Option("--title", "-t", metavar="TEXT")] = None,
    description: DescriptionOption = None,
    start: StartOption = None,
    no_start: Annotated[bool, typer.Option("--no-start", help="Take the start date away.")] = False,
    due: DueOption = None,
    no_due: Annotated[bool, typer.Option("--no-due", help="Take the due date away.")] = False,
    priority: Annotated[Priority | None, typer.Option("--priority", "-p", metavar="LEVEL", help=LEVELS)] = None,
    file: Annotated[
        str | None,
        typer.Option("--file", "-F", metavar="FILE", help="All of it, as the editor shows it; '-' is stdin."),
    ] = None,
) -> None:
    """Change what you name of a card; with nothing named, all of it in your editor."""
    from rego.cli import card_editing as editing

    session, form = session_of(context), form_of(context, CARD)
    body = UpdateCard(
        title=UNSET if title is None else title,
        description=UNSET if description is None else session.text_or_stdin(description),
        start_at=_date("start", start, no_start),
        due_at=_date("due", due, no_due),
        priority=UNSET if priority is None else priority,
    )
    if file is not None:
        if body.changes():
            raise InvalidInput("Give --file or the fields as options, not both.")
        editing.edit_from_text(session, card, session.text_of_file(file), form)
    elif body.changes():
        editing.edit_card(session, card, body, form)
    elif session.interactive:
        editing.edit_as_text(session, card, form)
    else:
        raise InvalidInput("Nothing to change: give --title, --description, --start, --due, --priority or --file.")


@app.command("move", cls=ManyCommand)
def _move(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="CARD... [COLUMN]", help="The cards, and where to.")],
    top: TopOption = False,
    bottom: BottomOption = False,
    after: AfterOption = None,
    before: BeforeOption = None,
    to_board: ToBoardOption = None,
) -> None:
    """Move cards to another column or place, one below the other; --to-board takes one to another board."""
    place = where(first=top, last=bottom, after=after, before=before)
    if to_board is not None:
        card, column = _one_for_another_board(words, choice_of(context))
        work.hand_over_card(session_of(context), card, column, to_board, place, form_of(context, CARD))
        return
    within = place.given and all(map(is_card, words))
    names, column = (words, None) if within else _split(context, words, "column, or a place such as --top")
    _do(context, names, partial(work.move_card, column_name=column, place=place), bulk.to_column(column, place))


@app.command("copy", cls=DataCommand)
def _copy(
    context: typer.Context,
    card: CardArgument,
    column: Annotated[str | None, typer.Argument(metavar="COLUMN", help="Where to; else where the card is.")] = None,
    to_board: ToBoardOption = None,
    title: Annotated[str | None, typer.Option("--title", "-t", metavar="TEXT", help="Call the copy so.")] = None,
    top: TopOption = False,
    bottom: BottomOption = False,
    after: AfterOption = None,
    before: BeforeOption = None,
) -> None:
    """Copy a card with its texts, labels, people, checklists and files, as work still to be done."""
    place = where(first=top, last=bottom, after=after, before=before)
    work.copy_card(session_of(context), card, (column, to_board), title, place, form_of(context, CARD))


@app.command("archive", cls=ManyCommand)
def _archive(context: typer.Context, cards: CardsArgument = None, undo: UndoOption = False) -> None:
    """Put cards away; --undo brings them back."""
    _do(context, cards, partial(work.archive_card, archived=not undo), bulk.archived(not undo))


@app.command("done", cls=ManyCommand)
def _done(context: typer.Context, cards: CardsArgument = None, undo: UndoOption = False) -> None:
    """Mark cards as done."""
    _do(context, cards, partial(work.complete_card, completed=not undo), bulk.completed(not undo))


@app.command("delete", cls=ManyCommand)
def _delete(context: typer.Context, cards: CardsArgument = None) -> None:
    """Delete cards with all that is on them; 'archive' only puts them away."""
    targets = bulk.Targets.of(cards or [], choice_of(context), risky=True)
    bulk.act(session_of(context), targets, bulk.deleted(), form_of(context, CARD))


@app.command("assign", cls=ManyCommand)
def _assign(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="CARD... PERSON", help="The cards, and a username or me.")],
    remove: RemoveOption = False,
) -> None:
    """Put somebody on cards; --remove takes them off."""
    names, person = _split(context, words, "person")
    _do(context, names, None, bulk.assigned(person, remove=remove))


@app.command("label", cls=ManyCommand)
def _label(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="CARD... LABEL", help="The cards, and a label.")],
    remove: RemoveOption = False,
) -> None:
    """Put a label on cards; --remove takes it off."""
    names, label = _split(context, words, "label")
    _do(context, names, None, bulk.labelled(label, remove=remove))


@app.command("start", cls=DataCommand)
def _start(context: typer.Context, card: CardArgument) -> None:
    """Take a card on: it moves to where work is done and is assigned to you.

    That is the column of the setting 'start', else the one called Doing or In progress.
    """
    work.start_card(session_of(context), card, form_of(context, CARD))


@app.command("claim", cls=DataCommand)
def _claim(
    context: typer.Context,
    card: OptionalCardArgument = None,
    query: QueryOption = None,
    board: BoardOption = None,
    span: Annotated[str, typer.Option("--for", metavar="TIME", help=f"For how long: {SPANS}.")] = "1h",
    release: Annotated[bool, typer.Option("--release", help="Give the card back.")] = False,
) -> None:
    """Take a card for a while: the named one, or the next open one that fits and that nobody is on.

    Two people never get the same one. When the time is over somebody else may claim it; claiming your own again gives you more.
    """
    session = session_of(context)
    if card is not None and (query is not None or board is not None):
        raise InvalidInput("Give a card, or --query and --board to choose one, not both.")
    if release:
        if card is None:
            raise InvalidInput("Which card do you give back? Name it.")
        work.release_card(session, card, form_of(context, CARD))
        return
    body = ClaimCard(card=card, q=None if query is None else str(parsed(query)), ttl=int(parse_span(span).total_seconds()))
    work.claim_card(session, board, body, form_of(context, CLAIM))


@app.command("branch", cls=RegoCommand)
def _branch(
    context: typer.Context,
    card: CardArgument,
    create: Annotated[bool, typer.Option("--create", "-c", help="Create the branch with git, and switch to it.")] = False,
) -> None:
    """Print a name for a git branch about a card, such as ops-12-fix-login."""
    from rego.cli import branches

    branches.branch(session_of(context), card, create=create)


def _do(context: typer.Context, names: list[str] | None, alone: One | None, plan: bulk.Plan) -> None:
    """Carry out a plan on the cards; `alone` is how one card is changed that was named, with more to say about it."""
    session, form = session_of(context), form_of(context, CARD)
    targets = bulk.Targets.of(names or [], choice_of(context))
    if alone is not None and (card := targets.single) is not None:
        alone(session, card, form)
    else:
        bulk.act(session, targets, plan, form)


def _split(context: typer.Context, words: list[str], what: str) -> tuple[list[str], str]:
    """The cards and the last word, which is something else; raises `InvalidInput` when one of them is missing."""
    if len(words) == 1 and choice_of(context).query is None:
        raise InvalidInput(f"Give the cards, and then the {what}.")
    return words[:-1], words[-1]


def _one_for_another_board(words: list[str], choice: Choice) -> tuple[str, str | None]:
    """The card and the column; raises `InvalidInput` for more than one card."""
    if choice.query is not None or choice.dry_run or len(words) > 2:
        raise InvalidInput("To another board goes one card at a time: CARD [COLUMN] --to-board BOARD.")
    return words[0], words[1] if words[1:] else None


def _date(name: str, when: str | None, none: bool) -> datetime | UnsetType | None:
    if when is not None and none:
        raise InvalidInput(f"Give --{name} or --no-{name}, not both.")
    return None if none else parse_here(when) or UNSET
