"""`rego cards`, the half that works: look up what the names mean, send the call, print the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rego.cli.card_views import CARD, CARD_ROW, CARD_SHEET, CardRow, CardSheet, NamedCard, sheet_lines
from rego.cli.context import Session
from rego.cli.dates import utc_offset
from rego.cli.naming import card_path, find_column, find_label
from rego.cli.output import Form
from rego.cli.places import Where
from rego.client import boards, cards, checklists, columns, comments, labels
from rego.wire import limits
from rego.wire.boards import Board
from rego.wire.cards import Card, CardSummary, CreateCard, MoveCard, Priority, UpdateCard
from rego.wire.columns import Column
from rego.wire.errors import NotFound
from rego.wire.query_terms import Query
from rego.wire.snapshot import Snapshot


@dataclass(frozen=True)
class NewCard:
    """A card to add, in the words of the command line."""

    title: str
    column: str | None
    description: str
    due_at: datetime | None
    priority: Priority
    labels: list[str]
    where: Where


@dataclass(frozen=True)
class Wanted:
    """Which cards of a board to list."""

    column: str | None
    archived: bool
    query: Query | None


def list_cards(session: Session, board_name: str | None, wanted: Wanted, form: Form) -> None:
    """Print a board's cards, column by column from left to right unless a query sorts them."""
    board = session.board(board_name)
    query = wanted.query or Query()
    snapshot = session.send(boards.get_snapshot(board.id, wanted.archived or query.asks_for_archived))
    column = find_column(snapshot.columns, wanted.column) if wanted.column is not None else None
    rows = [row for row in _rows(snapshot) if column is None or row.card.column_id == column.id]
    none = f"No cards here yet: 'rego cards add TITLE --board {board.key}' adds one."
    if wanted.query is not None:
        rows = _fitting(session, rows, board, wanted)
        none = "No card here fits."
    session.output.many(CARD_ROW, rows, form, none=none)


def _fitting(session: Session, rows: list[CardRow], board: Board, wanted: Wanted) -> list[CardRow]:
    """Those of `rows` that the server finds, because it alone knows the descriptions; in its order if the query has one."""
    offset = utc_offset(datetime.now().astimezone())
    call = cards.list_cards(board.id, archived=wanted.archived, limit=limits.LIST_MAX, q=str(wanted.query), utc_offset=offset)
    places = {card.id: place for place, card in enumerate(session.first(call, None))}
    found = [row for row in rows if row.card.id in places]
    return sorted(found, key=lambda row: places[row.card.id]) if wanted.query and wanted.query.sorts else found


def show_card(session: Session, name: str, form: Form) -> None:
    """Print one card whole."""
    sheet = _sheet(session, _card(session, name))
    session.output.one(CARD_SHEET, sheet, form, "\n".join(sheet_lines(sheet)))


def add_card(session: Session, board_name: str | None, new: NewCard, form: Form) -> None:
    """Make a card and say where it stands."""
    board = session.board(board_name)
    neighbour = _neighbour(session, new.where)
    column = _column_for(session, board, new.column, neighbour)
    body = CreateCard(
        title=new.title,
        column_id=column.id,
        description=new.description,
        due_at=new.due_at,
        priority=new.priority,
        label_ids=_label_ids(session, board, new.labels),
    )
    _fill_place(body, new.where, neighbour)
    card = session.send(cards.create_card(board.id, body))
    ref = f"{board.key}-{card.number}"
    session.output.changed(CARD, NamedCard(card, ref), form, f"{ref} added to {column.title}: {card.title}")


def edit_card(session: Session, name: str, body: UpdateCard, form: Form) -> None:
    """Change a card, unless somebody changed the same fields since it was read here."""
    before = _card(session, name)
    body.version = before.version
    named = _named(session, name, session.send(cards.update_card(before.id, body)))
    changed = ", ".join(_words(field) for field, value in body.changes().items() if value != getattr(before, field))
    session.output.changed(CARD, named, form, f"{named.ref}: {changed} changed" if changed else f"{named.ref} was so already")


def move_card(session: Session, name: str, column_name: str | None, place: Where, form: Form) -> None:
    """Move a card and say from where to where."""
    before = _card(session, name)
    every = session.send(columns.list_columns(before.board_id))
    target = find_column([c for c in every if not c.archived], column_name) if column_name is not None else None
    neighbour = _neighbour(session, place)
    body = MoveCard(column_id=target.id if target else neighbour.column_id if neighbour else None)
    _fill_place(body, place, neighbour)
    named = _named(session, name, session.send(cards.move_card(before.id, body)))
    titles = {column.id: column.title for column in every}
    sentence = _moved(named.ref, titles.get(before.column_id, "?"), titles.get(named.card.column_id, "?"), place)
    session.output.changed(CARD, named, form, sentence)


def archive_card(session: Session, name: str, archived: bool, form: Form) -> None:
    """Put a card away, or bring it back."""
    named = _named(session, name, session.send(cards.update_card(_card(session, name).id, UpdateCard(archived=archived))))
    done, back = ("archived", f"rego cards archive {named.ref} --undo") if archived else ("is back on the board", None)
    session.output.changed(CARD, named, form, _sentence(named, done, back))


def complete_card(session: Session, name: str, completed: bool, form: Form) -> None:
    """Mark a card as done, or as not done."""
    named = _named(session, name, session.send(cards.update_card(_card(session, name).id, UpdateCard(completed=completed))))
    done, back = ("is done", f"rego cards done {named.ref} --undo") if completed else ("is open again", None)
    session.output.changed(CARD, named, form, _sentence(named, done, back))


def _card(session: Session, name: str) -> Card:
    """The card called `name`; raises `NotFound` with that name in the sentence."""
    try:
        return session.send(cards.get_card(name))
    except NotFound as error:
        raise NotFound(f"There is no card {name} here, or it is not yours to see.") from error


def _rows(snapshot: Snapshot) -> list[CardRow]:
    """The cards in the order in which the board shows them, with the names of what hangs on them."""
    place = {column.id: n for n, column in enumerate(snapshot.columns)}
    titles = {column.id: column.title for column in snapshot.columns}
    by_id = {label.id: label for label in snapshot.labels}
    usernames = {member.user_id: member.username for member in snapshot.members}
    return [
        CardRow(
            card=card,
            ref=f"{snapshot.board.key}-{card.number}",
            column=titles.get(card.column_id, ""),
            labels=[by_id[i] for i in card.label_ids if i in by_id],
            assignees=[usernames[i] for i in card.assignee_ids if i in usernames],
        )
        for card in sorted(snapshot.cards, key=lambda card: (place.get(card.column_id, len(place)), card.rank, card.id))
    ]


def _sheet(session: Session, card: Card) -> CardSheet:
    """Everything about `card`; what it does not have is not asked for."""
    board_labels = session.send(labels.list_labels(card.board_id)) if card.label_ids else []
    members = session.send(boards.list_members(card.board_id)) if card.assignee_ids else []
    every = session.send(columns.list_columns(card.board_id))
    return CardSheet(
        card=card,
        board=session.send(boards.get_board(card.board_id)),
        column=next((column for column in every if column.id == card.column_id), None),
        labels=[label for label in board_labels if label.id in card.label_ids],
        assignees=[member for member in members if member.user_id in card.assignee_ids],
        checklists=session.send(checklists.list_checklists(card.id)),
        comments=list(session.client.pages(comments.list_comments(card.id))) if card.comment_count else [],
    )


def _neighbour(session: Session, place: Where) -> CardSummary | None:
    """The card that the place is next to, if it is next to one."""
    name = place.after or place.before
    return _card(session, card_path(name)) if name else None


def _column_for(session: Session, board: Board, name: str | None, neighbour: CardSummary | None) -> Column:
    """The column of a new card: the named one, else its neighbour's, else the first."""
    every = [column for column in session.send(columns.list_columns(board.id)) if not column.archived]
    if name is not None:
        return find_column(every, name)
    fitting = [column for column in every if neighbour is None or column.id == neighbour.column_id]
    if not fitting:
        raise NotFound(f"{board.key} has no column for it: add one with 'rego columns add TITLE --board {board.key}'.")
    return fitting[0]


def _label_ids(session: Session, board: Board, names: list[str]) -> list[str]:
    every = session.send(labels.list_labels(board.id)) if names else []
    return [find_label(every, name).id for name in names]


def _fill_place(body: CreateCard | MoveCard, place: Where, neighbour: CardSummary | None) -> None:
    body.position = place.position
    if neighbour is not None:
        body.after_id = neighbour.id if place.after else None
        body.before_id = neighbour.id if place.before else None


def _named(session: Session, name: str, card: CardSummary) -> NamedCard:
    """`card` with its reference; what the person typed is one, unless it was an id."""
    is_reference = name.endswith(f"-{card.number}")
    return NamedCard(card, name if is_reference else f"{session.send(boards.get_board(card.board_id)).key}-{card.number}")


def _moved(ref: str, before: str, after: str, place: Where) -> str:
    """The sentence about a move."""
    where = ""
    if place.position is not None:
        where = f", at the {place.position.value}"
    elif place.after or place.before:
        where = f", just {'below' if place.after else 'above'} {(place.after or place.before or '').upper()}"
    return f"{ref} moved {f'from {before} to {after}' if before != after else f'within {after}'}{where}"


def _sentence(named: NamedCard, done: str, back: str | None) -> str:
    return f"{named.ref} {done}: {named.card.title}" + (f" (take it back: {back})" if back else "")


def _words(field: str) -> str:
    return {"due_at": "due date"}.get(field, field)
