"""`/boards`: boards and their logs."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.boards import Board, CreateBoard, ListEvents, UpdateBoard
from rego.wire.event_data import RawEvent
from rego.wire.events import Event
from rego_server.domains.boards import actions
from rego_server.web.endpoint import LoggedIn, Request, RouteTable

table = RouteTable()


@table.add("GET", "/boards", needs=LoggedIn)
async def list_boards(request: Request) -> Sequence[Board]:
    """The boards that you are on, each with your role."""
    return await request.read(actions.list_boards)


@table.add("POST", "/boards", needs=LoggedIn, status=201, location="/boards/{id}")
async def create_board(request: Request, body: CreateBoard) -> Board:
    """Make a board; you are its owner."""
    return await request.run(actions.create_board, body)


@table.add("GET", "/boards/{board_id}", needs=Role.VIEWER)
async def get_board(request: Request) -> Board:
    """One board."""
    return await request.read(actions.get_board, request.id("board_id"))


@table.add("PATCH", "/boards/{board_id}", needs=Role.OWNER)
async def update_board(request: Request, body: UpdateBoard) -> Board:
    """Change a board's title or description, archive or restore it."""
    return await request.run(actions.update_board, request.id("board_id"), body)


@table.add("DELETE", "/boards/{board_id}", needs=Role.OWNER)
async def delete_board(request: Request) -> None:
    """Delete a board with everything on it."""
    await request.run(actions.delete_board, request.id("board_id"))


@table.add("GET", "/boards/{board_id}/events", needs=Role.VIEWER, answers=list[Event])
async def list_events(request: Request, query: ListEvents) -> Sequence[RawEvent]:
    """The board's log: after `since` going forward (`order=asc`), or newest first (`order=desc`, before `since`)."""
    return await request.read(actions.list_events, request.id("board_id"), query)
