"""Placing something in a ranked list: the neighbours' ranks as SQL, and the room that is made when they leave none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Column, ColumnElement, Select, Table, and_, bindparam, func, null, or_, select, update
from sqlalchemy.sql.expression import cast
from sqlalchemy.sql.selectable import NamedFromClause

from rego.wire.base import Place, Position
from rego.wire.errors import InvalidInput
from rego_server.core import ranking
from rego_server.core.db import Row, Statement
from rego_server.core.db.schema import Id
from rego_server.core.uow import UnitOfWork


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


class RankedLists(NamedTuple):
    """The statements on lists that one table holds: the others of a list in order, and a new rank for a row."""

    others: Statement
    set_rank: Statement


def ranked_lists(table: Table, list_id: Column[Any]) -> RankedLists:
    """The lists in `table`, one for each value of its column `list_id`."""
    own_id = bindparam("own_id", type_=Id)
    in_list = and_(list_id == bindparam("list_id", type_=Id), or_(own_id.is_(None), table.c.id != own_id))
    return RankedLists(
        Statement(select(table.c.id, table.c.rank).where(in_list).order_by(table.c.rank, table.c.id)),
        Statement(update(table).where(table.c.id == bindparam("row_id")).values(rank=bindparam("rank"))),
    )


async def make_room(uow: UnitOfWork, lists: RankedLists, list_id: str, neighbours: Row, moving: Row | None) -> Room:
    """A rank between `neighbours` in the list `list_id`; when they leave none, others are moved apart.

    `moving` is the row that gets the rank, None for a new one. What moved apart is written; whoever asks announces it.
    """
    lower, upper = neighbours["lower_rank"], neighbours["upper_rank"]
    rank = ranking.between(lower, upper)
    if rank is not None:
        return Room(rank, {})
    others = await uow.fetch(lists.others, list_id=list_id, own_id=None if moving is None else moving["id"])
    ranks = [row["rank"] for row in others]
    index = len(ranks) if upper is None else ranks.index(upper)
    spread = ranking.spread(ranks, index, avoid=() if moving is None else (moving["rank"],))
    moved = {others[position]["id"]: new for position, new in spread.changed.items()}
    await uow.write_many(lists.set_rank, [{"row_id": row_id, "rank": rank} for row_id, rank in moved.items()])
    return Room(spread.rank, moved)


async def room_at(uow: UnitOfWork, lists: RankedLists, list_id: str, rank: int, moving: Row | None) -> Room:
    """The very `rank` in the list `list_id` where it is free, else one just before whoever has it; otherwise as `make_room`."""
    others = await uow.fetch(lists.others, list_id=list_id, own_id=None if moving is None else moving["id"])
    ranks = [row["rank"] for row in others]
    if rank not in ranks:
        return Room(rank, {})
    index = ranks.index(rank)
    neighbours = {"lower_rank": ranks[index - 1] if index else None, "upper_rank": rank}
    return await make_room(uow, lists, list_id, neighbours, moving)


def wire_ranks(room: Room) -> dict[str, str]:
    """The new ranks as an event announces them."""
    return {row_id: ranking.to_wire(rank) for row_id, rank in room.moved.items()}
