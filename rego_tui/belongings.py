"""Labels and people in changes that waited: what each puts on cards and takes off, and what others did of it before. Pure.

Such a change takes nothing from another one, but for one case: somebody did the same as the user, and the user then took theirs
back. That would take back what the other did, too.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias

from rego.wire.cards import CardSummary
from rego_tui.operations import Act, Known, Operation

LISTS = frozenset({"label_ids", "assignee_ids"})
"""Fields of a card of which a change names single members."""

Member: TypeAlias = tuple[str, str, str]
"""A label or a person on a card: the card's id, the field, and its own id."""


def members(operation: Act, known: Known) -> dict[Member, bool]:
    """What an operation puts on cards (true) and takes off them (false), as the user saw them."""
    found = {}
    for card_id, seen in operation.seen.items():
        mine = operation.pending.changes_on(card_id)
        for field in LISTS & seen.keys():
            for member in {*mine[field]} ^ {*seen[field]}:
                found[known.id(card_id), field, member] = member in mine[field]
    return found


def is_nothing_but(operation: Operation, there: AbstractSet[Member], known: Known) -> bool:
    """Whether an operation does nothing but what is `there` already."""
    only_lists = all(seen.keys() <= LISTS for seen in operation.seen.values())
    return bool(there) and only_lists and there == members(operation, known).keys()


def has(card: CardSummary, member: Member) -> bool:
    """Whether the label or the person of a member is on the card."""
    there: Any = getattr(card, member[1])
    return member[2] in there
