"""How cards are named and placed: references, and what a work-in-progress limit refuses."""

from __future__ import annotations

import re
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


def refuse_full(target: Row) -> None:
    """Raise `Conflict` when the target column has a hard limit and is full."""
    limit, held = target["target_wip_limit"], target["target_cards"]
    if limit is not None and target["target_wip_mode"] == WipMode.HARD and held >= limit:
        raise Conflict(f"{target['target_title']} is full: its limit is {limit} cards.")
