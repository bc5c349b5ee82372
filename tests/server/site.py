"""A server that many tests share, how to reach its database behind its back, and requests that the SDK would not send."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import msgspec

from rego.client.aio import Client
from rego.client.credentials import Credentials
from rego.client.server import Server as Address
from rego.wire.users import User
from tests.letters import Letterbox
from tests.running import Somebody


@dataclass(frozen=True)
class Site:
    """A running server at `url`. `database_url` is empty for SQLite."""

    url: str
    database_url: str
    data_dir: Path
    letters: Letterbox

    async def execute(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        """Run one statement with `?` parameters on the server's database, on a connection of its own; gives the rows."""
        if self.database_url:
            return await _on_postgres(self.database_url, sql, arguments)
        return _on_sqlite(self.data_dir / "rego.db", sql, arguments)


async def _on_postgres(url: str, sql: str, arguments: tuple[object, ...]) -> list[tuple[Any, ...]]:
    numbers = count(1)
    numbered = "".join(f"${next(numbers)}" if character == "?" else character for character in sql)
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(numbered, *arguments)]
    finally:
        await connection.close()


def _on_sqlite(path: Path, sql: str, arguments: tuple[object, ...]) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path, timeout=10)
    try:
        with connection:
            return connection.execute(sql, arguments).fetchall()
    finally:
        connection.close()


@dataclass(frozen=True)
class Account:
    """A person who can have a client in any event loop."""

    user: User
    token: str

    def logged_in(self, url: str) -> Somebody:
        """The person with a client that is to be closed."""
        return Somebody(self.user, Client(Address.parse(url), Credentials(server=url, access_token=self.token)), self.token)


@dataclass(frozen=True)
class RawAnswer:
    """An answer as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


async def raw(
    url: str,
    method: str,
    path: str,
    *,
    token: str | None = None,
    body: Any = None,
    content: Any = None,
    headers: Mapping[str, str] | None = None,
) -> RawAnswer:
    """Send one request as it stands: `body` as JSON, or `content` (bytes or an async iterable) as it is."""
    sent = dict(headers or {})
    if token is not None:
        sent.setdefault("Authorization", f"Bearer {token}")
    if body is not None:
        content = msgspec.json.encode(body)
    if isinstance(content, bytes):
        content = BytesIO(content)
    if content is not None:
        sent.setdefault("Content-Type", "application/json")
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url + path, data=content, headers=sent, allow_redirects=False) as response,
    ):
        return RawAnswer(response.status, response.headers, await response.read())
