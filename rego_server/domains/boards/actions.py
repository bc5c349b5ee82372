"""Making, changing and deleting boards, and reading their logs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from rego.wire.base import Role
from rego.wire.boards import Board, BoardGlance, CreateBoard, ListEvents, LogOrder, UpdateBoard
from rego.wire.errors import Gone, Taken
from rego.wire.event_data import RawEvent
from rego.wire.events import BoardCreated, BoardDeleted, BoardUpdated
from rego_server.core import events
from rego_server.core.db import Row
from rego_server.core.patch import merge, new_entity, save
from rego_server.core.uow import Head, Reading, UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import actor_of, enter, is_open_to, look, recall, require_standing
from rego_server.domains.boards import queries
from rego_server.domains.boards.models import boards
from rego_server.domains.boards.rules import key_candidates

LATEST = 2**63 - 1


async def list_boards(reading: Reading) -> Sequence[Board]:
    """The caller's boards: open ones first, by title."""
    caller = await require_standing(reading)
    rows = await reading.fetch(queries.MINE, caller_id=reading.caller.user_id)
    return [queries.own_board_of(row) for row in rows if is_open_to(caller, row["id"])]


async def count_cards(reading: Reading, now: datetime) -> Sequence[BoardGlance]:
    """The caller's boards that are in use, with their cards counted and nobody on them yet."""
    caller = await require_standing(reading)
    rows = await reading.fetch(queries.GLANCES, caller_id=reading.caller.user_id, now=now)
    return [
        BoardGlance(board_id=row["id"], cards=row["cards"], done=row["done"], overdue=row["overdue"], people=[])
        for row in rows
        if is_open_to(caller, row["id"])
    ]


async def get_board(reading: Reading, board_id: str) -> Board:
    """One board with the caller's role."""
    row = await look(reading, access.BOARD, board_id=board_id)
    return replace(queries.board_of(row), role=Role(row["caller_role"]))


async def list_events(reading: Reading, board_id: str, wish: ListEvents) -> Sequence[RawEvent]:
    """Part of the board's log: after `since` going forward, or before it going back; from where it begins without `since`.

    Raises `Gone` when the event after `since` is no longer kept.
    """
    board = await look(reading, access.BOARD, board_id=board_id)
    if wish.order is LogOrder.DESC:
        before = LATEST if wish.since is None else wish.since
        rows = await reading.fetch(events.EVENTS_BEFORE, board_id=board_id, before=before, count=wish.limit)
    else:
        rows = await reading.fetch(events.EVENTS_SINCE, board_id=board_id, since=wish.since or 0, count=wish.limit)
        if wish.since is not None and not events.goes_on(wish.since, rows, board["seq"]):
            raise _trimmed(board)
    return [events.event_of(row) for row in rows]


async def create_board(uow: UnitOfWork, body: CreateBoard) -> Board:
    """A new board that the caller owns."""
    board = await open_board(uow, body.title, body.description, body.key)
    uow.emit(board.id, BoardCreated(board=board))
    return replace(board, role=Role.OWNER)


async def update_board(uow: UnitOfWork, board_id: str, body: UpdateBoard) -> Board:
    """Change the title or the description, archive or restore."""
    row = await enter(uow, access.ENTER_BOARD, Role.OWNER, though_archived=True, board_id=board_id)
    if merged := merge(row, body, queries.board_of):
        row = {**row, **save(uow, boards, row, merged.values)}
        uow.emit(board_id, BoardUpdated(changes=merged.changes, version=merged.version))
    return replace(queries.board_of(row), role=Role(row["caller_role"]))


async def delete_board(uow: UnitOfWork, board_id: str) -> None:
    """Delete the board with all that is on it, its log included; whoever follows it hears so and is sent away."""
    row = await enter(uow, access.ENTER_BOARD, Role.OWNER, though_archived=True, board_id=board_id)
    uow.emit(board_id, BoardDeleted(title=row["title"]))
    uow.write_last(queries.DELETE, board_id=board_id)
    uow.answer_board = None


async def open_board(uow: UnitOfWork, title: str, description: str, key: str | None) -> Board:
    """A new board with its head and the caller as its owner, entered and ready for events."""
    person = await require_standing(uow)
    await recall(uow)
    uow.actor = actor_of(person)
    key = await _free_key(uow, title, key)
    row: dict[str, Any] = {**new_entity(uow), "title": title, "description": description, "archived": False}
    uow.write(queries.ADD, **row)
    uow.write(events.ADD_HEAD, board_id=row["id"], key=key, seq=0, floor=0, last_number=0, triggers="")
    uow.write(access.ADD_MEMBER, board_id=row["id"], user_id=person["id"], role=Role.OWNER, created_at=uow.now)
    await uow.flush()
    uow.heads[row["id"]] = Head(row["id"], key, 0, 0)
    uow.answer_board = row["id"]
    return queries.board_of({**row, "key": key})


def _trimmed(board: Row) -> Gone:
    kept = {"floor": board["floor"], "seq": board["seq"]}
    return Gone(
        f"The log of this board begins after event {board['floor']}; read its snapshot and go on from there.",
        field="since",
        data=kept,
    )


async def _free_key(uow: UnitOfWork, title: str, wanted: str | None) -> str:
    if wanted is not None:
        if await uow.fetch_one(queries.KEY_IN_USE, key=wanted) is not None:
            raise Taken(f"Another board has the key {wanted}; choose another.", field="key")
        return wanted
    candidates = key_candidates(title)
    first = next(candidates)
    taken = {row["key"] for row in await uow.fetch(queries.KEYS_LIKE, pattern=f"{first[:3]}%")}
    return first if first not in taken else next(key for key in candidates if key not in taken)
