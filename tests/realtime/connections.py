"""The server's side of the open sockets, for tests that cut them or look at what waits to be sent."""

from __future__ import annotations

import asyncio
from asyncio import Transport
from collections.abc import Callable

from rego_server.realtime.socket import SocketFollower
from tests.realtime.wire import PATIENCE
from tests.running import Running


def transports(running: Running) -> list[Transport]:
    """The transports of all sockets that follow a board."""
    followers = (follower for channel in running.server.hub._channels.values() for follower in channel.followers)
    return [follower.outgoing._transport for follower in followers if isinstance(follower, SocketFollower)]


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for what no frame tells of."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - nothing tells when a connection is gone
            await asyncio.sleep(0.01)
