"""Which server the app is at and as whom: entering, logging in, going to another one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from rego.client.home import Door, Home
from rego.client.server import Server
from rego.client.session import Session
from rego.client.waiting import name_of
from rego.wire.users import Register, User
from rego_tui.later import Later
from rego_tui.snapshot_cache import OpenCache, SnapshotCache, no_cache
from rego_tui.workspace import Workspace

if TYPE_CHECKING:
    from rego.client.aio import Client

OpenClient = Callable[[], Awaitable["Client"]]


class Whereabouts:
    """The app's connection. Without a `home` it stays where it was sent, and nobody logs in.

    `server` is None on this machine's own. What may take long, the disk included, happens in a thread.
    """

    def __init__(self, open_client: OpenClient, home: Home | None, server: Server | None) -> None:
        self.home = home
        self.server = server
        self._open_client = open_client
        self._client: Client | None = None
        self._workspace: Workspace | None = None

    @property
    def name(self) -> str:
        """The server, in a word for a sentence."""
        return name_of(self.server)

    @property
    def may_log_in(self) -> bool:
        """Whether a login can help here: not on this machine, and not where a variable says who the user is."""
        home, server = self.home, self.server
        return home is not None and server is not None and not (server == home.choices.server and home.store.given(server))

    async def workspace(self) -> Workspace:
        """The user's boards here; connects at the first call, and raises a `RegoError` when that fails."""
        if self._workspace is None:
            self._workspace = await self._connect()
        return self._workspace

    def workspace_later(self) -> Workspace:
        """The same, which connects when something is asked of it."""
        later = Later(self._enter)
        self._workspace = Workspace(later, later.open_feed, self._open_cache())
        return self._workspace

    async def _connect(self) -> Workspace:
        from rego.client.live import LiveBoard

        client = await self._enter()
        return Workspace(client, lambda board_id, since: LiveBoard(client, board_id, since=since), self._open_cache())

    def _open_cache(self) -> OpenCache:
        """What opens the cache of what is seen here."""
        return partial(SnapshotCache.of, self.home, self.server) if self.home is not None else no_cache

    async def _enter(self) -> Client:
        client = self._client = await self._open_client()
        return client

    async def close(self) -> None:
        """Drop all connections."""
        client, self._client, self._workspace = self._client, None, None
        if client is not None:
            await client.close()

    async def doors(self) -> list[Door]:
        """Where the user can go. Raises `InvalidInput` for a broken file."""
        return await asyncio.to_thread(self.home.doors, self.server) if self.home is not None else []

    async def is_known(self) -> bool:
        """Whether a login is kept for where the app is, good or not."""
        home, server = self.home, self.server
        return home is not None and server is not None and await asyncio.to_thread(home.login_at, server) is not None

    async def go_to(self, server: Server | None) -> None:
        """Be at another server from now on; the next call connects."""
        await self.close()
        if self.home is not None:
            self.server, self._open_client = server, partial(self.home.client, server)

    async def check(self, server: Server) -> None:
        """Raise `Unreachable` or `NotRego` when there is no Rego server."""
        assert self.home is not None
        await asyncio.to_thread(self.home.check, server)

    async def log_in(self, server: Server, username: str, password: str) -> User:
        """Begin a session that is kept as `rego login` keeps it, and be there."""
        assert self.home is not None
        return await self._entered(server, await asyncio.to_thread(self.home.log_in, server, username, password))

    async def register(self, server: Server, body: Register) -> User:
        """Make an account, and be there with it."""
        assert self.home is not None
        return await self._entered(server, await asyncio.to_thread(self.home.register, server, body))

    async def log_out(self, server: Server) -> bool:
        """End the session there; False when the server could not be told."""
        assert self.home is not None
        told = await asyncio.to_thread(self.home.log_out, server)
        if server == self.server:
            await self.close()
        return told

    async def _entered(self, server: Server, user: User) -> User:
        """Go there; who is there already goes on with the same client and the new login."""
        assert self.home is not None
        await asyncio.to_thread(self.home.remember, server)
        if self._client is not None and server == self.server:
            credentials = await asyncio.to_thread(self.home.login_at, server)
            self._client.session = Session(self._client.server, credentials)
        else:
            await self.go_to(server)
        return user
