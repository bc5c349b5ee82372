"""What a user can do to a card, as values: a request to send, and the pending operation that shows its result. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias
from uuid import uuid4

from msgspec import Struct

from rego.client import cards
from rego.client.call import Call
from rego.replica import Pending, Replica
from rego.wire.base import Position
from rego.wire.cards import CardSummary, CreateCard, UpdateCard
from rego.wire.errors import RegoError
from rego_tui.commands import Command, Word, card_words, cards_command, column_word

Text: TypeAlias = tuple[str, str]
"""A text that people write, by the id of the card, or of what hangs on one, and the name of its field."""


class Known:
    """What the server's answers taught: the real ids of what was made here, and the versions that own texts led to."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.versions: dict[Text, int] = {}

    def id(self, card_id: str) -> str:
        """The real id of a card, or of what hangs on one, that may have been made here."""
        return self.ids.get(card_id, card_id)

    def version(self, text: Text, seen: int) -> int:
        """The version to send with a text begun at version `seen`: texts of one's own since then are no conflict.

        What else was done since does not count: its answers have versions that hold the texts of others, too.
        """
        return max(seen, self.versions.get(self._named(text), 0), 1)

    def learn(self, operation: Operation, answer: Any) -> None:
        """Take in the answer to an operation."""
        if operation.makes is not None:
            self.ids[operation.makes] = answer.id
        then = cards_of(answer)
        if operation.creates and then:
            self.ids[operation.card_id] = then[0].id
            self.versions[then[0].id, "title"] = then[0].version
        if operation.writes is not None:
            self.versions[self._named(operation.writes)] = answer.version

    def _named(self, text: Text) -> Text:
        return self.id(text[0]), text[1]


def cards_of(answer: Any) -> list[CardSummary]:
    """The cards that an answer tells of; an operation on what hangs on a card may have another one."""
    return [each for each in (answer if isinstance(answer, list) else [answer]) if isinstance(each, CardSummary)]


def unheard(_: Any) -> None:
    """Nobody waits for the answer."""


def not_dealt_with(_: RegoError) -> bool:
    """Nobody does anything about a refusal."""
    return False


class Act(Struct, frozen=True, kw_only=True):
    """What the user did to a card, to several alike, or to what hangs on one, but for the request that does it.

    The id of `pending` is the request's idempotency key; `failure` begins the sentence that says that it was refused. `makes`
    is the provisional id of what it adds to the card, `writes` the text that it puts in the place of the one that was seen.
    `part` is what it is a text of, where a draft of that is kept. `seen` is what the user saw of the fields that it sets, by
    card, and `seq` the board's last event then.
    """

    pending: Pending
    failure: str
    makes: str | None = None
    writes: Text | None = None
    part: str = ""
    seen: dict[str, dict[str, Any]] = {}
    seq: int = 0

    @property
    def op_id(self) -> str:
        return self.pending.op_id

    @property
    def card_id(self) -> str:
        return self.pending.card_id

    @property
    def creates(self) -> bool:
        """Whether the card exists only here until the server confirms it."""
        return self.pending.new_card is not None and self.pending.new_card.version == 0


class Operation(Act, frozen=True, kw_only=True):
    """An act with its request. `call` is made when its turn comes: ids in it may be provisional until then.

    `answered` is told the answer; `refused` is told a refusal, and says whether that needs no sentence any more. `commands` do
    the same in a shell.
    """

    call: Callable[[Known], Call[Any]]
    commands: tuple[Command, ...] = ()
    answered: Callable[[Any], object] = unheard
    refused: Callable[[RegoError], bool] = not_dealt_with


def create_card(replica: Replica, column_id: str, index: int, title: str, now: datetime) -> Operation:
    """Add a card at `index` of a column, under a provisional id."""
    place = place_at(replica, column_id, index)
    card = CardSummary(
        id=str(uuid4()),
        version=0,
        created_at=now,
        updated_at=now,
        board_id=replica.board.id,
        column_id=column_id,
        number=0,
        title=title,
        rank=replica.rank_between(column_id, index),
    )
    return Operation(
        pending=_pending(card.id, {}, card),
        failure=f"“{title}” was not added",
        commands=_adding(replica, column_id, index, title),
        call=lambda known: cards.create_card(card.board_id, CreateCard(title=title, column_id=column_id, **place(known))),
    )


def rename_card(replica: Replica, card_id: str, title: str, seen_version: int) -> Operation:
    """Give a card another title; `seen_version` is its version when the user began to type."""
    text = (card_id, "title")
    return Operation(
        pending=_pending(card_id, {"title": title}),
        writes=text,
        commands=(cards_command("edit", card_words(replica, [card_id]), "--title", title),),
        failure=f"The title of {name_of(replica, card_id)} was not changed to “{title}”",
        call=lambda known: cards.update_card(
            known.id(card_id), UpdateCard(title=title, version=known.version(text, seen_version))
        ),
    )


PlaceThen: TypeAlias = Callable[[Known], dict[str, Any]]


def place_at(replica: Replica, column_id: str, index: int) -> PlaceThen:
    """The place at `index` of a column as it stands now, in the terms that hold when the operation is sent."""
    return place_between(*replica.neighbours(column_id, index))


def place_between(above: str | None, below: str | None) -> PlaceThen:
    """The place between two cards, under the ids that they have when the operation is sent."""
    if above is not None:
        return lambda known: {"after_id": known.id(above)}
    if below is not None:
        return lambda known: {"before_id": known.id(below)}
    return lambda _: {"position": Position.TOP}


def _adding(replica: Replica, column_id: str, index: int, title: str) -> tuple[Command, ...]:
    above, below = replica.neighbours(column_id, index)
    options: list[Word] = ["--board", replica.board.key]
    if below is None:
        options += ["--to", column_word(replica, column_id)]
    elif above is None:
        options += ["--to", column_word(replica, column_id), "--top"]
    else:
        options += ["--after", *card_words(replica, [above])]
    # A lone hyphen would read titles from the shell's input.
    return (cards_command("add", [title], *options),) if title != "-" else ()


def _pending(card_id: str, changes: dict[str, Any], new_card: CardSummary | None = None) -> Pending:
    return Pending(op_id=str(uuid4()), card_id=card_id, changes=changes, new_card=new_card)


def name_of(replica: Replica, card_id: str) -> str:
    """What a sentence calls a card."""
    card = replica.card(card_id)
    return replica.ref(card) if card is not None else "The card"
