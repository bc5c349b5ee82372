"""What can be done to one card or to several alike: each of these is one operation, and one step of undo. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from msgspec import Struct

from rego.client import cards
from rego.client.call import Call
from rego.replica import Pending, Replica
from rego.wire import limits
from rego.wire.cards import BulkCards, CardSummary, MoveCard, Priority, UpdateCard, UpdateCards
from rego_tui.commands import (
    Command,
    card_words,
    cards_command,
    label_word,
    moment_word,
    move_command,
    person_word,
)
from rego_tui.operations import Known, Operation, name_of, place_between

AT_ONCE = limits.BULK_MAX
"""How many cards one operation takes."""


def move_cards(replica: Replica, card_ids: Sequence[str], column_id: str, index: int) -> Operation:
    """Put cards one below the other at `index` of a column, counted as if they were not there yet."""
    moving = {*card_ids}
    stay = [card.id for card in replica.cards_in(column_id) if card.id not in moving]
    index = max(0, min(index, len(stay)))
    above, below = (stay[index - 1] if index else None), (stay[index] if index < len(stay) else None)
    place = place_between(above, below)
    ranks = replica.ranks_at(column_id, index, card_ids)
    return _operation(
        replica,
        {card_id: {"column_id": column_id, "rank": rank} for card_id, rank in ranks.items()},
        lambda known, card_id: cards.move_card(card_id, MoveCard(column_id=column_id, **place(known))),
        lambda known: {"move": MoveCard(column_id=column_id, **place(known))},
        "moved",
        (move_command(replica, card_ids, column_id, above, below),),
    )


def complete_cards(replica: Replica, card_ids: Sequence[str], completed: bool) -> Operation:
    """Mark cards as done, or not done after all."""
    return _operation(
        replica,
        {card_id: {"completed": completed} for card_id in card_ids},
        lambda _, card_id: cards.update_card(card_id, UpdateCard(completed=completed)),
        lambda _: {"complete": completed},
        "marked",
        (cards_command("done", card_words(replica, card_ids), *([] if completed else ["--undo"])),),
    )


def archive_cards(replica: Replica, card_ids: Sequence[str]) -> Operation:
    """Take cards off the board."""
    return _operation(
        replica,
        {card_id: {"archived": True} for card_id in card_ids},
        lambda _, card_id: cards.update_card(card_id, UpdateCard(archived=True)),
        lambda _: {"archive": True},
        "archived",
        (cards_command("archive", card_words(replica, card_ids)),),
    )


class Belonging(Struct, frozen=True, kw_only=True):
    """What hangs on cards by its id: the list of a card, how it is changed by one or by several, and the words for that."""

    listed: str
    put: Callable[[str, str], Call[Any]]
    take: Callable[[str, str], Call[Any]]
    change: Callable[[Sequence[str], Sequence[str]], UpdateCards]
    verb: str
    word: Callable[[Replica, str], str]
    done: str


LABELS = Belonging(
    listed="label_ids",
    put=cards.label_card,
    take=cards.unlabel_card,
    change=lambda put, taken: UpdateCards(add_label_ids=[*put], remove_label_ids=[*taken]),
    verb="label",
    word=label_word,
    done="given other labels",
)

PEOPLE = Belonging(
    listed="assignee_ids",
    put=cards.assign_card,
    take=cards.unassign_card,
    change=lambda put, taken: UpdateCards(add_assignee_ids=[*put], remove_assignee_ids=[*taken]),
    verb="assign",
    word=person_word,
    done="given to other people",
)


def hang_on_cards(
    replica: Replica, card_ids: Sequence[str], what: Belonging, put: Sequence[str], taken: Sequence[str]
) -> Operation:
    """Put labels or people on cards, and take others off."""
    change = what.change(put, taken)

    def one(_: Known, card_id: str) -> Call[Any]:
        if len(put) + len(taken) == 1:
            return what.put(card_id, put[0]) if put else what.take(card_id, taken[0])
        return cards.bulk_cards(replica.board.id, BulkCards(card_ids=[card_id], update=change))

    words = card_words(replica, card_ids)
    return _operation(
        replica,
        {card_id: {what.listed: _hung(replica.card(card_id), what.listed, put, taken)} for card_id in card_ids},
        one,
        lambda _: {"update": change},
        what.done,
        tuple(
            cards_command(what.verb, [*words, what.word(replica, each)], *options)
            for ids, options in ((put, []), (taken, ["--remove"]))
            for each in ids
        ),
    )


def schedule_cards(replica: Replica, card_ids: Sequence[str], due: datetime | None) -> Operation:
    """Say when cards are due; None takes the date away."""
    options = ("--no-due",) if due is None else ("--due", moment_word(due))
    return _operation(
        replica,
        {card_id: {"due_at": due} for card_id in card_ids},
        lambda _, card_id: cards.update_card(card_id, UpdateCard(due_at=due)),
        lambda _: {"update": UpdateCards(due_at=due)},
        "given the due date",
        _each(replica, card_ids, *options),
    )


def prioritise_cards(replica: Replica, card_ids: Sequence[str], priority: Priority) -> Operation:
    """Give cards a priority."""
    return _operation(
        replica,
        {card_id: {"priority": priority} for card_id in card_ids},
        lambda _, card_id: cards.update_card(card_id, UpdateCard(priority=priority)),
        lambda _: {"update": UpdateCards(priority=priority)},
        "given the priority",
        _each(replica, card_ids, "--priority", priority.value),
    )


def _operation(
    replica: Replica,
    changes: dict[str, dict[str, Any]],
    one: Callable[[Known, str], Call[Any]],
    many: Callable[[Known], dict[str, Any]],
    done: str,
    commands: tuple[Command, ...],
) -> Operation:
    """An operation by one request: `one` is that for a single card, `many` are the fields of that for several."""
    (first, on_first), *others = changes.items()
    board_id = replica.board.id

    def call(known: Known) -> Call[Any]:
        if not others:
            return one(known, known.id(first))
        card_ids = [known.id(card_id) for card_id in changes]
        return cards.bulk_cards(board_id, BulkCards(card_ids=card_ids, **many(known)))

    what = f"{len(changes)} cards were" if others else f"{name_of(replica, first)} was"
    return Operation(
        pending=Pending(op_id=str(uuid4()), card_id=first, changes=on_first, others=dict(others)),
        failure=f"{what} not {done}",
        call=call,
        commands=commands,
    )


def _hung(card: CardSummary | None, listed: str, put: Sequence[str], taken: Sequence[str]) -> list[str]:
    """What hangs on a card afterwards."""
    return sorted({*(getattr(card, listed) if card is not None else ()), *put} - {*taken})


def _each(replica: Replica, card_ids: Sequence[str], *options: str) -> tuple[Command, ...]:
    """One command for each card: `rego cards edit` takes one."""
    return tuple(cards_command("edit", [word], *options) for word in card_words(replica, card_ids))
