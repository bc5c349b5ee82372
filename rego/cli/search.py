"""`rego search`: cards on all your boards that fit a query."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from rego.cli.card_views import day, priority, state
from rego.cli.context import Session
from rego.cli.options import DataCommand, form_of, noun, session_of
from rego.cli.output import Cell, Form, View
from rego.client import cards
from rego.dates import utc_offset
from rego.wire import limits
from rego.wire.cards import FoundCard
from rego.wire.query import parse

app = noun("Find cards on all your boards.", alone=True)

FOUND = View[FoundCard](
    struct=FoundCard,
    entity=lambda card: card,
    short=lambda card: card.ref,
    cells=(
        Cell("ref", lambda card: card.ref),
        Cell("board", lambda card: card.board_title, long=True),
        Cell("column", lambda card: card.column_title, long=True),
        Cell("title", lambda card: card.title, long=True),
        Cell("state", state),
        Cell("due", lambda card: day(card.due_at)),
        Cell("priority", priority),
    ),
)


@app.command(cls=DataCommand)
def _search(
    context: typer.Context,
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="Such as: assignee:me 'due<3d' -is:done sort:due.")],
    limit: Annotated[
        int, typer.Option("--limit", "-n", metavar="N", min=0, help="At most so many; 0 is all.")
    ] = limits.LIST_DEFAULT,
    archived: Annotated[bool, typer.Option("--archived", help="Archived cards and boards too.")] = False,
) -> None:
    """Find cards on all your boards.

    The latest changed come first, unless the query has a sort:. A term that begins with a minus comes after --, as in
    'rego search -- -is:done', or inside quotes with others. docs/reference/query.md has the whole language.
    """
    form = form_of(context, FOUND)
    search(session_of(context), str(parse(" ".join(query))), limit, archived, form)


def search(session: Session, query: str, limit: int, archived: bool, form: Form) -> None:
    """Print the cards that fit; a list that was cut says so on stderr."""
    offset = utc_offset(datetime.now().astimezone())
    page = min(limit + 1, limits.LIST_MAX) if limit else limits.LIST_MAX
    found = session.first(cards.search(query, archived, page, offset), limit + 1 if limit else None)
    session.output.many(FOUND, found[:limit] if limit else found, form, none="No card on your boards fits.")
    if limit and len(found) > limit:
        session.output.note(f"Only the first {limit}; --limit 0 lists all.")
