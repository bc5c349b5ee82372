"""What the words of a command about cards mean on the server: cards, columns, labels and people by the names people type."""

from __future__ import annotations

from collections.abc import Sequence

from rego.cli.card_views import CardSheet, NamedCard
from rego.cli.context import Session
from rego.cli.places import Where
from rego.client import attachments, auth, boards, cards, checklists, columns, comments, labels
from rego.naming import CARD_REFERENCE, card_path, find_column, find_label, find_member, is_id_beginning
from rego.wire.boards import Board, Member
from rego.wire.cards import Card, CardSummary
from rego.wire.columns import Column
from rego.wire.errors import InvalidInput, NotFound


def card(session: Session, name: str) -> Card:
    """The card called `name`; raises `NotFound` with that name in the sentence."""
    try:
        return session.send(cards.get_card(path(session, name)))
    except NotFound as error:
        raise NotFound(f"There is no card {name} here, or it is not yours to see.") from error


def path(session: Session, name: str) -> str:
    """`name` as the server takes it. On the board at hand its number, or the beginning of its id, is enough."""
    if name.isascii() and name.isdecimal() and not name.startswith("0"):
        return f"{session.board(None).key}-{name}"
    if is_id_beginning(name):
        return _by_beginning(session, name.lower())
    return card_path(name)


def _by_beginning(session: Session, beginning: str) -> str:
    snapshot = session.send(boards.get_snapshot(session.board(None).id, archived=True))
    fitting = [card for card in snapshot.cards if card.id.startswith(beginning)]
    if len(fitting) > 1:
        listed = ", ".join(f"{snapshot.board.key}-{card.number} [{card.id}]" for card in fitting[:12])
        raise InvalidInput(f"{beginning!r} begins the ids of {len(fitting)} cards: {listed}. Write more of it.")
    if not fitting:
        raise NotFound(f"No card of {snapshot.board.key} has an id that begins with {beginning!r}.")
    return fitting[0].id


def named(session: Session, name: str, card: CardSummary) -> NamedCard:
    """`card` with its reference; what the person typed is one, unless it was an id."""
    if CARD_REFERENCE.fullmatch(name):
        return NamedCard(card, name.upper())
    return NamedCard(card, f"{session.send(boards.get_board(card.board_id)).key}-{card.number}")


def sheet(session: Session, card: Card) -> CardSheet:
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
        attachments=session.send(attachments.list_attachments(card.id)) if card.attachment_count else [],
    )


def neighbour(session: Session, place: Where) -> CardSummary | None:
    """The card that the place is next to, if it is next to one."""
    name = place.after or place.before
    return card(session, name) if name else None


def open_columns(session: Session, board_id: str) -> list[Column]:
    """The columns that a card can go to."""
    return [column for column in session.send(columns.list_columns(board_id)) if not column.archived]


def column_for(session: Session, board: Board, name: str | None, neighbour: CardSummary | None) -> Column:
    """The column of a new card: the named one, else its neighbour's, else the first."""
    every = open_columns(session, board.id)
    if name is not None:
        return find_column(every, name)
    fitting = [column for column in every if neighbour is None or column.id == neighbour.column_id]
    if not fitting:
        raise NotFound(f"{board.key} has no column for it: add one with 'rego columns add TITLE --board {board.key}'.")
    return fitting[0]


def label_ids(session: Session, board_id: str, names: Sequence[str]) -> list[str]:
    """The ids of the labels with those names."""
    every = session.send(labels.list_labels(board_id)) if names else []
    return [find_label(every, name).id for name in names]


def person_ids(session: Session, board_id: str, names: Sequence[str]) -> list[str]:
    """The ids of the people with those usernames; `me` is oneself."""
    members = session.send(boards.list_members(board_id)) if names else []
    return [person(session, members, name).user_id for name in names]


def person(session: Session, members: Sequence[Member], name: str) -> Member:
    """The member called `name`; raises `NotFound`."""
    from rego.wire.query_terms import ME

    return find_member(members, session.send(auth.me()).id if name == ME else name)
