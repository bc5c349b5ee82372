"""Taking back what was done to the board itself; for owners, as all that is done to it."""

from __future__ import annotations

from rego.wire import events as e
from rego.wire.base import Role
from rego.wire.boards import UpdateBoard
from rego.wire.events import Event
from rego_server.core.uow import UnitOfWork
from rego_server.domains.access import queries as access
from rego_server.domains.access.policy import enter
from rego_server.domains.boards import actions, queries
from rego_server.domains.undo.rules import before


async def board_updated(uow: UnitOfWork, event: Event, data: e.BoardUpdated) -> None:
    row = await enter(uow, access.ENTER_BOARD, Role.OWNER, though_archived=True, board_id=event.board_id)
    await actions.update_board(uow, event.board_id, UpdateBoard(**before("This board", queries.board_of(row), data.changes)))
