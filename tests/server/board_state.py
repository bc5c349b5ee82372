"""All that a board is to the people on it, for comparing it before and after."""

from __future__ import annotations

from typing import Any

import msgspec

from rego.client import attachments, automations, cards, checklists, comments
from tests.server.furnished import Furnished

CHANGES_WITH_TIME = {"version", "created_at", "updated_at", "created_by", "updated_by", "seq"}


async def whole_board(desk: Furnished) -> Any:
    """The board with its archived cards, the texts of all cards, its rules, and what hangs on card one, where all of that is.

    Versions, moments and who did it are left out.
    """
    snapshot = await desk.snapshot(archived=True)
    texts = [await desk.own(cards.get_card(card.id)) for card in snapshot.cards if card.has_description]
    hanging: list[Any] = []
    if any(card.id == desk.one.id for card in snapshot.cards):
        hanging = [
            await desk.own(checklists.list_checklists(desk.one.id)),
            await desk.own(comments.list_comments(desk.one.id)),
            await desk.own(attachments.list_attachments(desk.one.id)),
        ]
    rules = await desk.own(automations.list_automations(desk.board.id))
    return _without(msgspec.to_builtins([snapshot, texts, hanging, rules]), CHANGES_WITH_TIME)


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(each, names) for name, each in value.items() if name not in names}
    return [_without(each, names) for each in value] if isinstance(value, list) else value
