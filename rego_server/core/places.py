"""Placing something in a ranked list: the neighbours' ranks as SQL, and the room that is made when they leave none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, Table, and_, bindparam, func, null, select, update
from sqlalchemy.sql.expression import cast
from sqlalchemy.sql.selectable import NamedFromClause

from rego.wire.base import Place, Position
from rego.wire.errors import InvalidInput
from rego_server.core import ranking
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id


class Spot(StrEnum):
    """The four ways to name a place. Each has statements of its own, so that each uses the index on the rank."""

    AFTER = "after"
    BEFORE = "before"
    TOP = "top"
    BOTTOM = "bottom"


ANCHOR = bindparam("anchor_id", type_=Id)


def spot_of(place: Place) -> Spot:
    """How `place` is named; a place that says nothing is the end."""
    if place.after_id is not None:
        return Spot.AFTER
    if place.before_id is not None:
        return Spot.BEFORE
    return Spot.TOP if place.position is Position.TOP else Spot.BOTTOM


def anchor_of(place: Place) -> str | None:
    """The neighbour that `place` names, if it names one."""
    return place.after_id or place.before_id


def neighbour_ranks(
    spot: Spot, table: Table, in_list: Callable[[NamedFromClause], ColumnElement[bool]]
) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The ranks just below and above `spot` as columns `lower_rank` and `upper_rank`.

    `in_list` says which rows of (an alias of) the list's table are in the list, without the row that moves.
    """
    named, sibling = table.alias("named_neighbour"), table.alias("sibling")
    anchor = _scalar(select(named.c.rank).where(and_(in_list(named), named.c.id == ANCHOR)), named)
    first = select(func.min(sibling.c.rank)).where(in_list(sibling))
    last = select(func.max(sibling.c.rank)).where(in_list(sibling))
    nothing = cast(null(), BigInteger)
    lower, upper = {
        Spot.AFTER: (anchor, _scalar(first.where(sibling.c.rank > anchor), sibling)),
        Spot.BEFORE: (_scalar(last.where(sibling.c.rank < anchor), sibling), anchor),
        Spot.TOP: (nothing, _scalar(first, sibling)),
        Spot.BOTTOM: (_scalar(last, sibling), nothing),
    }[spot]
    return lower.label("lower_rank"), upper.label("upper_rank")


def _scalar(query: Select[Any], own: NamedFromClause) -> ColumnElement[Any]:
    """A subquery whose only table of its own is `own`; all others are those of the statement around it."""
    return query.correlate_except(own).scalar_subquery()


def check_anchor(row: Row, spot: Spot, what: str) -> None:
    """Raise `InvalidInput` when the neighbour that was named is not in the list."""
    field, rank = {Spot.AFTER: ("after_id", "lower_rank"), Spot.BEFORE: ("before_id", "upper_rank")}.get(spot, ("", ""))
    if field and row[rank] is None:
        raise InvalidInput(f"{field} names no other {what} there.", field=field)


def is_between(rank: int, row: Row) -> bool:
    """Whether `rank` already lies where the neighbours in `row` say."""
    lower, upper = row["lower_rank"], row["upper_rank"]
    return (lower is None or lower < rank) and (upper is None or rank < upper)


class Room(NamedTuple):
    """A rank for the newcomer, and the new ranks of the siblings that made room, by id."""

    rank: int
    moved: Mapping[str, int]


async def make_room(row: Row, siblings: Callable[[], Awaitable[list[tuple[str, int]]]], own_rank: int | None) -> Room:
    """A rank between the neighbours in `row`.

    `siblings` reads the whole list in order as (id, rank), without the row that moves; it is asked when the gap is used up.
    `own_rank` is the rank that the moving row has in that list until it moves.
    """
    lower, upper = row["lower_rank"], row["upper_rank"]
    rank = ranking.between(lower, upper)
    if rank is not None:
        return Room(rank, {})
    ordered = await siblings()
    ranks = [rank for _, rank in ordered]
    index = len(ranks) if upper is None else ranks.index(upper)
    spread = ranking.spread(ranks, index, avoid=() if own_rank is None else (own_rank,))
    return Room(spread.rank, {ordered[position][0]: new for position, new in spread.changed.items()})


async def room_at(rank: int, siblings: list[tuple[str, int]], own_rank: int | None) -> Room:
    """`rank` itself where it is free among `siblings`, else one just before its holder; both others are as for `make_room`."""
    ranks = [taken for _, taken in siblings]
    if rank not in ranks:
        return Room(rank, {})
    index = ranks.index(rank)

    async def ordered() -> list[tuple[str, int]]:
        return siblings

    neighbours = {"lower_rank": ranks[index - 1] if index else None, "upper_rank": rank}
    return await make_room(neighbours, ordered, own_rank)


def set_rank(table: Table) -> Statement:
    """The statement that gives the row `row_id` a new rank and nothing else."""
    return Statement(update(table).where(table.c.id == bindparam("row_id")).values(rank=bindparam("rank")))


def rank_rows(room: Room) -> list[dict[str, Any]]:
    """The parameters of `set_rank` for everything that made room."""
    return [{"row_id": row_id, "rank": rank} for row_id, rank in room.moved.items()]


def wire_ranks(room: Room) -> dict[str, str]:
    """The new ranks as an event announces them."""
    return {row_id: ranking.to_wire(rank) for row_id, rank in room.moved.items()}
