"""Cards by a query, page by page: on one board, or on every board of the caller.

A page begins after a place in the order, the keys of the last card before it, not after a number of cards: what others change
meanwhile makes no card come twice, unless it was itself moved in the order, and leaves none out that stayed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

from msgspec import Meta

from rego.wire import limits
from rego.wire.base import Id
from rego.wire.cards import CardSummary, FindCards, FoundCard, ListCards, Moment
from rego.wire.errors import Forbidden
from rego.wire.query import parse
from rego.wire.query_terms import Sort, SortField
from rego_server.core.db import Row
from rego_server.core.paging import Page, page_of, read_cursor, read_keys, write_cursor
from rego_server.core.uow import Reading
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import look, require_standing
from rego_server.domains.cards import queries
from rego_server.domains.cards.filters import Scope, Wanted, after, listing

C = TypeVar("C", bound=CardSummary)

_Number = Annotated[int, Meta(ge=0, le=2**31 - 1)]
_Title = Annotated[str, Meta(max_length=limits.TITLE_MAX)]
_KEY_TYPES: dict[SortField, Any] = {SortField.TITLE: _Title, SortField.NUMBER: _Number, SortField.PRIORITY: _Number}


async def list_cards(reading: Reading, board_id: str, wish: ListCards, now: datetime) -> Page[CardSummary]:
    """The cards of a board, or of one column, that fit; by number unless the query sorts them.

    `now` shows where the reader's days begin.
    """
    await look(reading, access.BOARD, board_id=board_id)
    if wish.column_id is None:
        return await _find(reading, wish, now, queries.ON_THE_BOARD, _Number, queries.summary_of, board_id=board_id)
    scope, places = queries.IN_THE_COLUMN, {"board_id": board_id, "column_id": wish.column_id}
    return await _find(reading, wish, now, scope, _Number, queries.summary_of, **places)


async def search(reading: Reading, wish: FindCards, now: datetime) -> Page[FoundCard]:
    """The cards that fit on all boards of the caller; the latest changed first unless the query sorts them.

    Raises `Forbidden` for a personal token that is for some boards only.
    """
    caller = await require_standing(reading)
    if caller["token_boards"] is not None:
        raise Forbidden("This token is for some boards only and cannot search all; list the cards of each with q.")
    return await _find(reading, wish, now, queries.ON_MY_BOARDS, Id, queries.found_card_of)


async def _find(
    reading: Reading,
    wish: FindCards,
    now: datetime,
    scope: Scope,
    last_key: Any,
    card_of: Callable[[Row], C],
    **params: str,
) -> Page[C]:
    wanted = Wanted(parse(wish.q), wish.archived, goes_on=wish.cursor is not None)
    found = listing(scope, wanted)
    place = _read_cursor(wish.cursor, found.sorts, last_key) if wish.cursor is not None else ()
    rows = await reading.fetch(
        found.statement,
        count=wish.limit + 1,
        **found.params(reading.caller.user_id, now),
        **after(place),
        **params,
    )
    return page_of(rows, wish.limit, card_of, lambda row: _cursor_of(row, len(found.sorts)))


def _cursor_of(row: Row, sorts: int) -> str:
    """Where the page after `row` begins; in the order of numbers that is simply a number."""
    if not sorts:
        return str(row["key_0"])
    return write_cursor(*(row[f"key_{n}"] for n in range(sorts + 1)))


def _read_cursor(cursor: str, sorts: tuple[Sort, ...], last_key: Any) -> tuple[Any, ...]:
    """The keys in a cursor; raises `InvalidInput` for one that does not belong to this order."""
    if not sorts:
        return read_keys(f"[{cursor}]".encode(), last_key)
    return read_cursor(cursor, *(_KEY_TYPES.get(sort.field, Moment) for sort in sorts), last_key)
