"""A client that is there when it is needed: what it takes to connect is loaded in a thread, after the first board is drawn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from rego.client.call import Call
from rego.client.follow import Position
from rego_tui.connection import Feed

if TYPE_CHECKING:
    from rego.client.aio import Client

T = TypeVar("T")


class Later:
    """Stands for the client that `enter` answers, which is called once; both may raise a `RegoError`."""

    def __init__(self, enter: Callable[[], Awaitable[Client]]) -> None:
        self._enter = enter
        self._client: Client | None = None
        self._turn = asyncio.Lock()

    async def send(self, call: Call[T], op_id: str | None = None) -> T:
        return await (await self._entered()).send(call, op_id)

    async def pages(self, call: Call[list[T]]) -> AsyncIterator[T]:
        async for entry in (await self._entered()).pages(call):
            yield entry

    @asynccontextmanager
    async def open_feed(self, board_id: str, since: Position | None) -> AsyncIterator[Feed]:
        client = await self._entered()
        from rego.client.live import LiveBoard

        async with LiveBoard(client, board_id, since=since) as feed:
            yield feed

    async def _entered(self) -> Client:
        async with self._turn:
            if self._client is None:
                await asyncio.to_thread(import_module, "rego.client.live")
                self._client = await self._enter()
        return self._client
