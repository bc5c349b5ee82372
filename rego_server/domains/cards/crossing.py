"""Cards that go from one board to another, which moves and copies do.

Both boards are locked before anything is read of them, always in the order of their ids, so that two cards that cross each
other's way do not wait for each other for ever.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from rego.wire.base import Role
from rego.wire.cards import CardSummary, CopyCard, MoveCard
from rego.wire.errors import InvalidInput
from rego.wire.events import CardArrived, CardLeft
from rego_server.core.db import Row
from rego_server.core.patch import save
from rego_server.core.places import anchor_of, spot_of
from rego_server.core.uow import UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import enter
from rego_server.domains.attachments.queries import ROOM_FOR_FILES
from rego_server.domains.attachments.rules import refuse_overfull
from rego_server.domains.cards import queries
from rego_server.domains.cards.belongings import attach_labels
from rego_server.domains.cards.models import cards
from rego_server.domains.cards.placing import check_place, rank_for
from rego_server.domains.cards.queries import named
from rego_server.domains.cards.rules import CardName, refuse_entry, same_labels


class Crossing(NamedTuple):
    """A card on its way: as it is on its board, where it goes, and what of its labels and people there is over there."""

    row: Row
    found: Row
    labels: list[str]
    people: list[str]


async def find_crossing(uow: UnitOfWork, card: CardName, place: MoveCard | CopyCard, board_max_mb: int) -> Crossing | None:
    """Enter both boards; None when `place` is on the card's own board, which is left to whoever asks.

    Raises `TooLarge` when the card's files are more than `board_max_mb` leaves room for over there.
    """
    if place.board_id is None:
        return None
    its_board = await uow.fetch_one(queries.BOARD_OF.for_(card), **named(card))
    if its_board is None or its_board["board_id"] == place.board_id:
        return None
    await lock_boards(uow, its_board["board_id"], place.board_id)
    row = await enter(uow, queries.ENTER_ON_BOARD.for_(card), Role.MEMBER, **its_board, **named(card))
    found = await _enter_target(uow, place.board_id, place)
    refuse_entry(found, archived=row["archived"] and isinstance(place, MoveCard))
    if row["attachment_count"]:
        await _refuse_overfull(uow, row, place.board_id, board_max_mb)
    labels = await _labels(uow, row, place.board_id)
    people = await uow.fetch(queries.MEMBERS_AMONG, board_id=place.board_id, ids=row["assignee_ids"])
    return Crossing(row, found, labels, sorted(person["id"] for person in people))


async def lock_boards(uow: UnitOfWork, board_id: str, other_id: str) -> None:
    """Lock both boards, as far as the caller is on them, before either is entered."""
    await uow.fetch(access.LOCK_BOARDS, caller_id=uow.caller.user_id, board_id=board_id, other_id=other_id)


async def carry_over(uow: UnitOfWork, crossing: Crossing) -> CardSummary:
    """Take the card off its board and put it on the other one, with all that hangs on it."""
    row, found = crossing.row, crossing.found
    source_id, board_id = row["board_id"], found["entered_id"]
    uow.emit(source_id, CardLeft(card=queries.summary_of(row), ref=f"{row['head_key']}-{row['number']}", to_board_id=board_id))
    values = {
        "board_id": board_id,
        "column_id": found["target_id"],
        "rank": await rank_for(uow, board_id, found, None),
        "number": next_number(uow, board_id),
        "label_ids": crossing.labels,
        "assignee_ids": crossing.people,
    }
    arrived = {**row, **save(uow, cards, row, values)}
    await _bring_along(uow, arrived)
    uow.emit(
        board_id,
        CardArrived(
            card=queries.summary_of(arrived),
            ref=f"{found['head_key']}-{arrived['number']}",
            column_title=found["target_title"],
            from_board_id=source_id,
            description=row["description"],
        ),
    )
    return queries.summary_of(arrived)


def next_number(uow: UnitOfWork, board_id: str) -> int:
    """The number of a card that is new on a board which was entered."""
    head = uow.heads[board_id]
    head.last_number += 1
    return head.last_number


async def _enter_target(uow: UnitOfWork, board_id: str, place: MoveCard | CopyCard) -> Row:
    anchor_id = anchor_of(place)
    if place.column_id is None and anchor_id is None:
        raise InvalidInput("On another board a column or a neighbour must be named.", field="column_id")
    statement = queries.ENTER_TO_ARRIVE[spot_of(place)]
    where: dict[str, Any] = {"board_id": board_id, "column_id": place.column_id, "anchor_id": anchor_id}
    found = await enter(uow, statement, Role.MEMBER, **where)
    check_place(found, place)
    return found


async def _refuse_overfull(uow: UnitOfWork, row: Row, board_id: str, board_max_mb: int) -> None:
    room = await uow.fetch_one(ROOM_FOR_FILES, card_id=row["id"], board_id=board_id)
    assert room is not None
    refuse_overfull(room["bytes_used"], room["bytes_coming"], board_max_mb, field="board_id")


async def _labels(uow: UnitOfWork, row: Row, board_id: str) -> list[str]:
    if not row["label_ids"]:
        return []
    there = await uow.fetch(queries.LABELS, board_id=board_id)
    return same_labels(row["label_ids"], await uow.fetch(queries.LABELS, board_id=row["board_id"]), there)


async def _bring_along(uow: UnitOfWork, arrived: Row) -> None:
    """What the card carries and what hangs on it, as far as it can be on the new board."""
    there = {"card_id": arrived["id"], "board_id": arrived["board_id"]}
    await uow.flush()
    uow.write(queries.LEAVE_LABELS, card_id=arrived["id"])
    uow.write(queries.LEAVE_ASSIGNEES, **there)
    uow.write(queries.TAKE_BLOBS, **there)
    uow.write(queries.DROP_ITEM_ASSIGNEES, **there)
    await uow.flush()
    await attach_labels(uow, arrived)
