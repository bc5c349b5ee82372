"""Boards, the people on them, and their log of events."""

from __future__ import annotations

from typing import Literal

from rego.client.call import Call, path_of, query_of
from rego.wire.base import Role
from rego.wire.boards import AddMember, Board, BoardGlance, CreateBoard, Member, UpdateBoard, UpdateMember
from rego.wire.event_data import RawEvent
from rego.wire.presence import Person
from rego.wire.snapshot import Snapshot


def list_boards() -> Call[list[Board]]:
    """The boards that the caller is on, each with the caller's `role`."""
    return Call(method="GET", path="/boards", returns=list[Board])


def list_glances() -> Call[list[BoardGlance]]:
    """Of each board that the caller is on and that is not archived, how much is on it and who is there."""
    return Call(method="GET", path="/boards/glances", returns=list[BoardGlance])


def create_board(body: CreateBoard) -> Call[Board]:
    """A new board, owned by the caller."""
    return Call(method="POST", path="/boards", body=body, returns=Board)


def get_board(board_id: str) -> Call[Board]:
    return Call(method="GET", path=path_of("boards", board_id), returns=Board)


def update_board(board_id: str, body: UpdateBoard) -> Call[Board]:
    """Change a board's own fields; raises `StaleVersion` when `body.version` is old and the fields overlap."""
    return Call(method="PATCH", path=path_of("boards", board_id), body=body, returns=Board)


def delete_board(board_id: str) -> Call[None]:
    """Delete a board with all that is on it; only an owner may."""
    return Call(method="DELETE", path=path_of("boards", board_id), returns=None)


def get_snapshot(board_id: str, archived: bool = False) -> Call[Snapshot]:
    """The whole board at one sequence number, without long texts; archived cards only when asked for."""
    query = query_of(archived="true" if archived else None)
    return Call(method="GET", path=path_of("boards", board_id, "snapshot"), query=query, returns=Snapshot)


def list_events(
    board_id: str,
    since: int | None = None,
    limit: int | None = None,
    order: Literal["asc", "desc"] | None = None,
) -> Call[list[RawEvent]]:
    """The board's log after the event `since`, or before it when newest first (`desc`).

    Raises `Gone` when what comes after `since` is no longer kept; its `data` says the `floor` from which the log goes on.
    `rego.wire.codec.read_event` makes structs of its entries.
    """
    query = query_of(since=since, limit=limit, order=order)
    return Call(method="GET", path=path_of("boards", board_id, "events"), query=query, returns=list[RawEvent])


def get_presence(board_id: str) -> Call[list[Person]]:
    """Who is on the board now, one entry per connection."""
    return Call(method="GET", path=path_of("boards", board_id, "presence"), returns=list[Person])


def list_members(board_id: str) -> Call[list[Member]]:
    return Call(method="GET", path=path_of("boards", board_id, "members"), returns=list[Member])


def add_member(board_id: str, body: AddMember) -> Call[Member]:
    return Call(method="POST", path=path_of("boards", board_id, "members"), body=body, returns=Member)


def named(person: str, role: Role) -> AddMember:
    """The body that names somebody by e-mail address or by username, whichever `person` is."""
    return AddMember(email=person, role=role) if "@" in person else AddMember(username=person, role=role)


def update_member(board_id: str, user_id: str, body: UpdateMember) -> Call[Member]:
    """Give a member another role; raises `Conflict` for the last owner."""
    return Call(method="PATCH", path=path_of("boards", board_id, "members", user_id), body=body, returns=Member)


def remove_member(board_id: str, user_id: str) -> Call[None]:
    """Take a person off the board; their live connections close at once. Raises `Conflict` for the last owner."""
    return Call(method="DELETE", path=path_of("boards", board_id, "members", user_id), returns=None)
