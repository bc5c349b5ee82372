"""How cards are named and placed: references, what a column refuses, and which labels two boards have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rego.wire.columns import WipMode
from rego.wire.errors import Conflict, NotFound
from rego_server.core.db import Row

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Za-z]{2,6})-([1-9][0-9]{0,8})")


class CardName(NamedTuple):
    """A card as a path names it: by its id, or by board key and number."""

    card_id: str | None
    key: str | None
    number: int | None


def parse_card(text: str) -> CardName:
    """The card that `text` names. Raises `NotFound` for what can be neither an id nor a reference."""
    if _ID.fullmatch(text):
        return CardName(text.lower(), None, None)
    if match := _REFERENCE.fullmatch(text):
        return CardName(None, match[1].upper(), int(match[2]))
    raise NotFound("A card is named by its id or by a reference such as OPS-12.")


def refuse_entry(target: Row, *, archived: bool = False) -> None:
    """Raise `Conflict` when the target column is put away, or has a hard limit and is full; archived cards take no place."""
    if target["target_archived"]:
        raise Conflict(f"{target['target_title']} is archived; restore the column first.")
    if not archived:
        _refuse_full(target)


def _refuse_full(target: Row) -> None:
    limit, held = target["target_wip_limit"], target["target_cards"]
    if limit is not None and target["target_wip_mode"] == WipMode.HARD and held >= limit:
        raise Conflict(f"{target['target_title']} is full: its limit is {limit} cards.")


def same_labels(carried: Sequence[str], here: Sequence[Row], there: Sequence[Row]) -> list[str]:
    """The ids of those labels of another board that are called as those that a card carries; the first of several.

    Names are compared without regard to case. A label without a name is called by its colour.
    """
    known: dict[tuple[str, str], str] = {}
    for label in there:
        known.setdefault(_called(label), label["id"])
    wanted = [_called(label) for label in here if label["id"] in carried]
    return sorted({known[name] for name in wanted if name in known})


def _called(label: Row) -> tuple[str, str]:
    name = label["name"].casefold()
    return name, "" if name else label["color"]
