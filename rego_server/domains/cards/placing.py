"""What a card needs to stand somewhere: a column that takes it, a neighbour that is there, and a rank of its own."""

from __future__ import annotations

from rego.wire.base import Place
from rego.wire.errors import NotFound
from rego.wire.events import CardsReranked
from rego_server.core.db import Row
from rego_server.core.places import check_anchor, make_room, spot_of, wire_ranks
from rego_server.core.uow import UnitOfWork
from rego_server.domains.cards import queries
from rego_server.domains.cards.rules import refuse_entry


def check_place(found: Row, place: Place) -> None:
    """Raise `NotFound` for a column that is not there, `InvalidInput` for a neighbour that is not."""
    if found["target_id"] is None:
        raise NotFound("There is no such column on this board.", field="column_id")
    check_anchor(found, spot_of(place), "card")


async def rank_for(uow: UnitOfWork, board_id: str, found: Row, moving: Row | None) -> int:
    """A rank between the neighbours that were found; cards in the way are moved apart, and that is announced."""
    room = await make_room(uow, queries.IN_COLUMNS, found["target_id"], found, moving)
    if room.moved:
        uow.emit(board_id, CardsReranked(column_id=found["target_id"], ranks=wire_ranks(room)))
    return room.rank


async def refuse_return(uow: UnitOfWork, column_id: str) -> None:
    """A card that comes back from the archive takes a place as one that is moved in does."""
    load = await uow.fetch_one(queries.LOAD, column_id=column_id)
    assert load is not None
    refuse_entry(load)
