"""What the live tests play on: servers with a bus and limits of the test's choice, people, and a board to change."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from rego.client import boards, cards, columns
from rego.client.aio import Client
from rego.wire.base import Position, Role
from rego.wire.boards import AddMember, Board, CreateBoard
from rego.wire.cards import CardSummary, CreateCard, MoveCard
from rego.wire.columns import Column, CreateColumn
from rego.wire.snapshot import Snapshot
from rego_server.core.bus import Bus
from rego_server.realtime.limits import SocketLimits
from tests.running import Running, Somebody, fast_settings, join, running

T = TypeVar("T")

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For tests of what the database has no part in."""

on_postgres = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""For tests of several servers."""

QUICK = 0.05
"""The tick of these tests' servers, in seconds."""


@dataclass(frozen=True)
class Desk:
    """A board with two columns, and the client of its owner."""

    client: Client
    board: Board
    todo: Column
    doing: Column

    async def add(self, title: str = "A card") -> CardSummary:
        """Add a card to the end of the first column: one event."""
        body = CreateCard(title=title, column_id=self.todo.id)
        return await self.client.send(cards.create_card(self.board.id, body))

    async def move(self, card: CardSummary, column: Column) -> CardSummary:
        """Move a card to the top of a column: one event."""
        return await self.client.send(cards.move_card(card.id, MoveCard(column_id=column.id, position=Position.TOP)))

    async def invite(self, person: Somebody, role: Role = Role.MEMBER) -> None:
        await self.client.send(boards.add_member(self.board.id, AddMember(username=person.user.username, role=role)))

    async def snapshot(self) -> Snapshot:
        return await self.client.send(boards.get_snapshot(self.board.id))


class Stage:
    """Opens servers on one database and closes everything at the end, in the reverse order."""

    def __init__(self, stack: AsyncExitStack, data_dir: Path, database_url: str) -> None:
        self._stack = stack
        self._data_dir = data_dir
        self._database_url = database_url

    async def server(
        self,
        bus: Bus | None = None,
        *,
        heartbeat: float = 15.0,
        redis_url: str = "",
        settings: Mapping[str, Any] | None = None,
        **limits: Any,
    ) -> Running:
        """A server; on PostgreSQL several may run at once, and share a Redis."""
        given = {"heartbeat_seconds": heartbeat, "redis_url": redis_url, **(settings or {})}
        socket_limits = SocketLimits(**{"tick": QUICK, **limits})
        return await self.enter(
            running(replace(fast_settings(self._data_dir, self._database_url), **given), bus, socket_limits)
        )

    async def enter(self, context: AbstractAsyncContextManager[T]) -> T:
        """Anything else that is closed at the end."""
        return await self._stack.enter_async_context(context)

    async def person(self, server: Running, name: str) -> Somebody:
        """Somebody with an account, logged in through `server`."""
        person = await join(server.url, name)
        self._stack.push_async_callback(person.client.close)
        return person

    async def desk(self, owner: Somebody) -> Desk:
        """A board of `owner`'s; its log holds three events."""
        board = await owner.client.send(boards.create_board(CreateBoard(title="Operations", key="OPS")))
        todo, doing = [
            await owner.client.send(columns.create_column(board.id, CreateColumn(title=title))) for title in ("To do", "Doing")
        ]
        return Desk(owner.client, board, todo, doing)
