"""`rego cards`, the half that works: look up what the names mean, send the call, print the answer."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from rego.cli import card_lookup as look
from rego.cli.card_views import CARD, CARD_ROW, CARD_SHEET, CLAIM, CardRow, NamedCard, sheet_lines
from rego.cli.context import Session
from rego.cli.output import Form
from rego.cli.places import Where, fill_place
from rego.cli.progress import working
from rego.client import auth, boards, cards, columns
from rego.dates import utc_offset
from rego.naming import find_column, find_label
from rego.wire import limits
from rego.wire.base import Position
from rego.wire.boards import Board
from rego.wire.cards import CardSummary, ClaimCard, CopyCard, CreateCard, MoveCard, Priority, UpdateCard
from rego.wire.columns import Column
from rego.wire.errors import NotFound, RegoError
from rego.wire.snapshot import Snapshot

if TYPE_CHECKING:
    from rego.wire.query_terms import Query

STARTS = ("doing", "in progress", "in-progress", "started", "wip")
"""What columns are called in which work is done."""

FEW = 20
"""How many cards are added without a bar that shows the time."""


class NewCard(Struct, frozen=True):
    """A card to add, or several with different titles, in the words of the command line."""

    titles: list[str]
    column: str | None
    description: str
    start_at: datetime | None
    due_at: datetime | None
    priority: Priority
    labels: list[str]
    people: list[str]
    where: Where


class Wanted(Struct, frozen=True):
    """Which cards of a board to list: those in the column, with all the labels, of all the people, that fit the query."""

    column: str | None
    labels: list[str]
    people: list[str]
    archived: bool
    query: Query | None


def list_cards(session: Session, board_name: str | None, wanted: Wanted, form: Form) -> None:
    """Print a board's cards, column by column from left to right unless a query sorts them."""
    board = session.board(board_name)
    archived = wanted.archived or (wanted.query is not None and wanted.query.asks_for_archived)
    snapshot = session.send(boards.get_snapshot(board.id, archived))
    rows = _named(session, snapshot, wanted)
    if wanted.query is not None:
        rows = _fitting(session, rows, board, wanted)
    none = (
        "No card here fits." if snapshot.cards else f"No cards here yet: 'rego cards add TITLE --board {board.key}' adds one."
    )
    session.output.many(CARD_ROW, rows, form, none=none)


def _named(session: Session, snapshot: Snapshot, wanted: Wanted) -> list[CardRow]:
    """The cards in the column, with the labels and of the people that are wanted; raises `NotFound` for what is not there."""
    column = find_column(snapshot.columns, wanted.column) if wanted.column is not None else None
    labels = {find_label(snapshot.labels, name).id for name in wanted.labels}
    people = {look.person(session, snapshot.members, name.removeprefix("@")).user_id for name in wanted.people}
    return [
        row
        for row in _rows(snapshot)
        if (column is None or row.card.column_id == column.id)
        and labels.issubset(row.card.label_ids)
        and people.issubset(row.card.assignee_ids)
    ]


def _fitting(session: Session, rows: list[CardRow], board: Board, wanted: Wanted) -> list[CardRow]:
    """Those of `rows` that the server finds, because it alone knows the descriptions; in its order if the query has one."""
    offset = utc_offset(datetime.now().astimezone())
    call = cards.list_cards(board.id, archived=wanted.archived, limit=limits.LIST_MAX, q=str(wanted.query), utc_offset=offset)
    places = {card.id: place for place, card in enumerate(session.first(call, None))}
    found = [row for row in rows if row.card.id in places]
    return sorted(found, key=lambda row: places[row.card.id]) if wanted.query and wanted.query.sorts else found


def show_card(session: Session, name: str, form: Form) -> None:
    """Print one card whole."""
    sheet = look.sheet(session, look.card(session, name))
    if form.for_people and session.output.terminal:
        from rego.cli.paging import page
        from rego.cli.sheets import drawn

        page(session, drawn(sheet, get_terminal_size().columns, colors=session.output.colors))
    else:
        session.output.one(CARD_SHEET, sheet, form, "\n".join(sheet_lines(sheet)))


def add_cards(session: Session, board_name: str | None, new: NewCard, form: Form) -> None:
    """Make a card for each title, in that order, and say where they stand."""
    board = session.board(board_name)
    neighbour = look.neighbour(session, new.where)
    column = look.column_for(session, board, new.column, neighbour)
    body = CreateCard(
        title="",
        column_id=column.id,
        description=new.description,
        start_at=new.start_at,
        due_at=new.due_at,
        priority=new.priority,
        label_ids=look.label_ids(session, board.id, new.labels),
        assignee_ids=look.person_ids(session, board.id, new.people),
    )
    fill_place(body, new.where, neighbour)
    # What goes to the top or below a card comes out in the wrong order unless the last is added first.
    backwards = body.position is Position.TOP or body.after_id is not None
    added: list[NamedCard] = []
    try:
        with working(f"Adding {len(new.titles)} cards", session.output.err) if len(new.titles) > FEW else nullcontext():
            _add(session, board, body, new.titles[::-1] if backwards else new.titles, added)
    except KeyboardInterrupt:
        if len(new.titles) > 1:
            session.output.note(f"{len(added)} of {len(new.titles)} cards were added before that, and perhaps one more.")
        raise
    finally:
        for named in reversed(added) if backwards else added:
            session.output.changed(CARD, named, form, f"{named.ref} added to {column.title}: {named.card.title}")


def _add(session: Session, board: Board, body: CreateCard, titles: list[str], added: list[NamedCard]) -> None:
    """Add one after the other to `added` too, where they stay when one is refused, which says how far it came."""
    for n, title in enumerate(titles):
        try:
            card = session.send(cards.create_card(board.id, replace(body, title=title)))
        except RegoError as error:
            if len(titles) > 1:
                error.detail = f"{n} of {len(titles)} cards were added, then {title!r} was refused: {error.detail}"
            raise
        added.append(NamedCard(card, f"{board.key}-{card.number}"))


def move_card(session: Session, name: str, form: Form, *, column_name: str | None, place: Where) -> None:
    """Move a card and say from where to where."""
    before = look.card(session, name)
    every = session.send(columns.list_columns(before.board_id))
    target = find_column([c for c in every if not c.archived], column_name) if column_name is not None else None
    neighbour = look.neighbour(session, place)
    body = MoveCard(column_id=target.id if target else neighbour.column_id if neighbour else None)
    fill_place(body, place, neighbour)
    named = look.named(session, name, session.send(cards.move_card(before.id, body)))
    titles = {column.id: column.title for column in every}
    sentence = _moved(named.ref, titles.get(before.column_id, "?"), titles.get(named.card.column_id, "?"), place)
    if named.card.version == before.version:
        sentence = f"{named.ref} is there already, in {titles.get(before.column_id, '?')}"
    session.output.changed(CARD, named, form, sentence + named.way_back(named.card.version != before.version))


def hand_over_card(session: Session, name: str, column_name: str | None, board_name: str, place: Where, form: Form) -> None:
    """Move a card to another board and say what it is called there."""
    before = look.card(session, name)
    was = look.named(session, name, before).ref
    board = session.board(board_name)
    neighbour = look.neighbour(session, place)
    column = look.column_for(session, board, column_name, neighbour)
    body = MoveCard(board_id=board.id, column_id=column.id)
    fill_place(body, place, neighbour)
    card = session.send(cards.move_card(before.id, body))
    named = NamedCard(card, f"{board.key}-{card.number}")
    session.output.changed(CARD, named, form, f"{was} is now {named.ref} in {column.title} on {board.title}: {card.title}")


def copy_card(
    session: Session, name: str, to: tuple[str | None, str | None], title: str | None, place: Where, form: Form
) -> None:
    """Copy a card, by default beside itself; `to` is a column and a board."""
    before = look.card(session, name)
    column_name, board_name = to
    board = session.board(board_name) if board_name is not None else session.send(boards.get_board(before.board_id))
    neighbour = look.neighbour(session, place)
    body = CopyCard(title=title, board_id=board.id if board_name is not None else None)
    if column_name is not None or board_name is not None:
        body.column_id = look.column_for(session, board, column_name, neighbour).id
    fill_place(body, place, neighbour)
    card = session.send(cards.copy_card(before.id, body))
    named = NamedCard(card, f"{board.key}-{card.number}")
    was = look.named(session, name, before).ref
    session.output.changed(CARD, named, form, f"{named.ref} is a copy of {was}: {card.title}{named.way_back()}")


def start_card(session: Session, name: str, form: Form) -> None:
    """Put a card where work is done, and oneself on it."""
    before = look.card(session, name)
    me = session.send(auth.me()).id
    column = _start_column(session, look.open_columns(session, before.board_id))
    card: CardSummary = before
    not_mine, elsewhere = me not in card.assignee_ids, card.column_id != column.id
    if not_mine:
        card = session.send(cards.assign_card(card.id, me))
    if elsewhere:
        card = session.send(cards.move_card(card.id, MoveCard(column_id=column.id)))
    named = look.named(session, name, card)
    sentence = f"{named.ref} is yours and in {column.title}: {card.title}{named.way_back(not_mine + elsewhere)}"
    session.output.changed(CARD, named, form, sentence)


def claim_card(session: Session, board_name: str | None, body: ClaimCard, form: Form) -> None:
    """Take the named card, or the next one that fits, for a while."""
    if body.card is not None:
        body.card = look.path(session, body.card)
    body.utc_offset = utc_offset(datetime.now().astimezone())
    board_id = look.card(session, body.card).board_id if body.card is not None else session.board(board_name).id
    claim = session.send(cards.claim_card(board_id, body))
    until = f"{claim.until.astimezone():%Y-%m-%d %H:%M}"
    sentence = f"{claim.ref} is yours until {until}: {claim.card.title} (give it back: rego cards claim {claim.ref} --release)"
    session.output.changed(CLAIM, claim, form, sentence)


def release_card(session: Session, name: str, form: Form) -> None:
    """Give back a card that one claimed."""
    named = look.named(session, name, session.send(cards.release_card(look.card(session, name).id)))
    session.output.changed(CARD, named, form, _sentence(named, "is free again", None))


def _start_column(session: Session, every: list[Column]) -> Column:
    if (name := session.choices.value("start")) is not None:
        return find_column(every, name)
    for column in every:
        if column.title.casefold() in STARTS:
            return column
    raise NotFound("Which column is work done in? Name it once: 'rego config set start COLUMN'.")


def archive_card(session: Session, name: str, form: Form, *, archived: bool) -> None:
    """Put a card away, or bring it back."""
    named = _updated(session, name, UpdateCard(archived=archived))
    done, back = ("archived", f"rego cards archive {named.ref} --undo") if archived else ("is back on the board", None)
    session.output.changed(CARD, named, form, _sentence(named, done, back))


def complete_card(session: Session, name: str, form: Form, *, completed: bool) -> None:
    """Mark a card as done, or as not done."""
    named = _updated(session, name, UpdateCard(completed=completed))
    done, back = ("is done", f"rego cards done {named.ref} --undo") if completed else ("is open again", None)
    session.output.changed(CARD, named, form, _sentence(named, done, back))


def _updated(session: Session, name: str, body: UpdateCard) -> NamedCard:
    return look.named(session, name, session.send(cards.update_card(look.card(session, name).id, body)))


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
