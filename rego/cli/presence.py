"""`rego presence`: who is on a board right now, and at which card."""

from __future__ import annotations

import typer
from msgspec import Struct

from rego.cli.context import Session
from rego.cli.options import BoardArgument, ListCommand, form_of, noun, session_of
from rego.cli.output import Cell, Form, View
from rego.client import boards
from rego.wire.boards import Board
from rego.wire.cards import CardSummary
from rego.wire.field_words import person as named
from rego.wire.presence import Person

app = noun("List who is on a board right now, and at which card.", alone=True)


class Present(Struct, frozen=True):
    """One connection of a person, and the card that it is at."""

    person: Person
    ref: str | None = None
    title: str = ""


PRESENCE = View[Present](
    struct=Person,
    entity=lambda present: present.person,
    short=lambda present: present.person.username,
    cells=(
        Cell("username", lambda present: named(present.person.username, present.person.agent), long=True),
        Cell("card", lambda present: present.ref or ""),
        Cell("title", lambda present: present.title, long=True),
        Cell("doing", lambda present: "editing" if present.person.editing else ""),
    ),
    extras={"ref": lambda present: present.ref},
)


@app.command(cls=ListCommand)
def _presence(context: typer.Context, board: BoardArgument = None) -> None:
    """List who is on a board right now, and at which card.

    Each connection has a line of its own: whoever has the board open twice stands there twice.
    """
    show_presence(session_of(context), board, form_of(context, PRESENCE))


def show_presence(session: Session, board_name: str | None, form: Form) -> None:
    """Print who is there."""
    board = session.board(board_name)
    people = session.send(boards.get_presence(board.id))
    session.output.many(PRESENCE, _with_cards(session, board, people), form, none="Nobody is on this board right now.")


def _with_cards(session: Session, board: Board, people: list[Person]) -> list[Present]:
    """The people with their cards, by name; the board is read only when somebody is at a card."""
    cards: dict[str, CardSummary] = {}
    if any(person.card_id for person in people):
        cards = {card.id: card for card in session.send(boards.get_snapshot(board.id)).cards}
    found = [(person, cards.get(person.card_id or "")) for person in sorted(people, key=lambda each: each.username)]
    return [Present(person, f"{board.key}-{card.number}", card.title) if card else Present(person) for person, card in found]
