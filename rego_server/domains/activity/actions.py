"""Reading what happened on a board."""

from __future__ import annotations

import re
from typing import Any

from rego.wire.activity import Activity, ListActivity
from rego.wire.errors import NotFound
from rego.wire.query_terms import ME
from rego.wire.text import ascii_lower
from rego_server.core.db import Row
from rego_server.core.paging import Page, page_of, read_cursor, write_cursor
from rego_server.core.uow import Reading
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import look
from rego_server.domains.activity import queries
from rego_server.domains.activity.rules import activity_of, kind_of
from rego_server.domains.cards.rules import parse_card

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


async def list_activity(reading: Reading, board_id: str, wish: ListActivity) -> Page[Activity]:
    """A page of what happened on the board, newest first, as far back as its log goes."""
    board = await look(reading, access.BOARD, board_id=board_id)
    conditions = {
        "since": wish.since,
        "before": _before(wish),
        "since_at": wish.since_at,
        "before_at": wish.before_at,
        "kind": kind_of(wish.type) if wish.type is not None else None,
        "card_id": await _card_id(reading, board, wish.card) if wish.card is not None else None,
        **(_actor(reading, wish.actor) if wish.actor is not None else {}),
    }
    given = {name: value for name, value in conditions.items() if value is not None}
    statement = queries.newest(frozenset(given))
    rows = await reading.fetch(statement, board_id=board_id, count=wish.limit + 1, **given)
    return page_of(rows, wish.limit, activity_of, lambda last: write_cursor(last["seq"]))


def _before(wish: ListActivity) -> int | None:
    """Where the page begins, and where the wish does: the earlier of both."""
    ends = [wish.before, read_cursor(wish.cursor, int)[0] if wish.cursor is not None else None]
    return min((end for end in ends if end is not None), default=None)


def _actor(reading: Reading, name: str) -> dict[str, Any]:
    if name == ME:
        return {"actor_id": reading.caller.user_id}
    if _ID.fullmatch(name):
        return {"actor_id": name.lower()}
    return {"actor_name": ascii_lower(name)}


async def _card_id(reading: Reading, board: Row, text: str) -> str:
    """The id of the card called `text`, which may be gone. Raises `NotFound`."""
    name = parse_card(text)
    if name.card_id is not None:
        return name.card_id
    found = None
    if name.key == board["key"]:
        found = await reading.fetch_one(queries.CARD_OF_NUMBER, board_id=board["id"], number=name.number)
        if found is None:
            pattern = f'%"ref":"{name.key}-{name.number}"%'
            found = await reading.fetch_one(queries.LOST_CARD, board_id=board["id"], pattern=pattern)
    if found is None:
        raise NotFound(f"There is no card {text.upper()} on this board, and its log knows of none.", field="card")
    return str(found["id"])
