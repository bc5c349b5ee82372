"""The `rego …` command that does what an operation did, as words for a shell. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeAlias, TypeVar

from msgspec import Struct

from rego.dates import END_OF_DAY
from rego.naming import find_column, find_label, find_member, is_card, label_name
from rego.replica import Replica
from rego.wire.base import Entity
from rego.wire.boards import Member
from rego.wire.columns import Column
from rego.wire.errors import RegoError
from rego.wire.labels import Label

T = TypeVar("T", bound=Entity)


class CardWord(Struct, frozen=True):
    """A card in a command: by its reference, or by its id while it has none."""

    card_id: str
    ref: str


Word: TypeAlias = str | CardWord
Command: TypeAlias = tuple[Word, ...]


def card_words(replica: Replica, card_ids: Iterable[str]) -> list[Word]:
    """The cards as a command names them."""
    found = ((card_id, replica.card(card_id)) for card_id in card_ids)
    return [CardWord(card_id, replica.ref(card) if card is not None and card.number else "") for card_id, card in found]


def cards_command(verb: str, words: Sequence[Word], *options: Word) -> Command:
    """`rego cards VERB` with options, and words that may begin with a hyphen."""
    guard = ["--"] if any(isinstance(word, str) and word.startswith("-") for word in words) else []
    return ("rego", "cards", verb, *options, *guard, *words)


def move_command(replica: Replica, card_ids: Sequence[str], column_id: str, above: str | None, below: str | None) -> Command:
    """The move of cards to a place between two others, in the words that say it best."""
    moved = card_words(replica, card_ids)
    column = column_word(replica, column_id)
    if below is None:
        return cards_command("move", [*moved, column])
    if above is None and not is_card(column):
        return cards_command("move", [*moved, column], "--top")
    flag, neighbour = ("--after", above) if above is not None else ("--before", below)
    return cards_command("move", moved, flag, *card_words(replica, [neighbour]))


def column_word(replica: Replica, column_id: str) -> str:
    """What the command line calls a column: its title where that is enough, else its id."""
    column = replica.columns.get(column_id)
    return _name(find_column, replica.columns_in_order(), column, column.title) if column is not None else column_id


def label_word(replica: Replica, label_id: str) -> str:
    """What the command line calls a label."""
    label = replica.labels.get(label_id)
    return _name(find_label, list(replica.labels.values()), label, label_name(label)) if label is not None else label_id


def person_word(replica: Replica, user_id: str) -> str:
    """What the command line calls somebody."""
    member = replica.members.get(user_id)
    if member is None:
        return user_id
    try:
        found: Member | None = find_member(list(replica.members.values()), member.username)
    except RegoError:
        found = None
    return member.username if found is not None and found.user_id == user_id else user_id


def moment_word(moment: datetime) -> str:
    """A moment as the options of dates read it: only the day where that says it all."""
    local = moment.astimezone()
    return f"{local:%Y-%m-%d}" if local.time() == END_OF_DAY else local.isoformat(timespec="minutes")


def _name(find: Callable[[Sequence[T], str], T], things: Sequence[T], thing: Column | Label, name: str) -> str:
    try:
        return name if find(things, name).id == thing.id else thing.id
    except RegoError:
        return thing.id


def shell(commands: Sequence[Command], name_of: Callable[[CardWord], str]) -> str:
    """Commands as lines for a shell; `name_of` names a card that has no reference yet."""
    return "\n".join(
        shlex.join(each if isinstance(each, str) else each.ref or name_of(each) for each in one) for one in commands
    )
