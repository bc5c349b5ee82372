"""Encoded snapshots that servers leave for each other: for each board the newest, with its version beside it."""

from __future__ import annotations

import asyncio

from rego import __version__
from rego_server.core.redis.link import Away, Link
from rego_server.core.shelf import Version

KEPT_FOR = 600
"""Seconds after which a snapshot that nobody renewed goes."""

BODY_MAX_BYTES = 8 * 1024 * 1024
WAITING_MAX = 32

TAKE = """
local epoch, seq = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'seq'))
if epoch == ARGV[1] and tonumber(seq) >= tonumber(ARGV[2]) then
  return {tonumber(seq), redis.call('HGET', KEYS[1], 'body')}
end
"""

PUT = """
local epoch, seq = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'seq'))
if epoch ~= ARGV[1] or tonumber(seq) < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'seq', ARGV[2], 'body', ARGV[3])
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
"""


class RedisShelf:
    """Never stale: whoever takes says which version is wanted, and has just read that in the database."""

    def __init__(self, link: Link) -> None:
        self._take = link.script(TAKE)
        self._put = link.script(PUT)
        self._waiting: dict[str, tuple[Version, bytes]] = {}
        self._wanted = asyncio.Event()

    async def take(self, name: str, version: Version) -> tuple[Version, bytes] | None:
        """What lies there, if it is of `version` or a later one of the same life."""
        try:
            found = await self._take([_key(name)], [version.epoch, version.seq])
        except Away:
            return None
        return (Version(version.epoch, found[0]), found[1]) if found else None

    def put(self, name: str, version: Version, body: bytes) -> None:
        """Leave a body there soon, unless it is very large or many wait already."""
        if len(body) <= BODY_MAX_BYTES and (name in self._waiting or len(self._waiting) < WAITING_MAX):
            self._waiting[name] = (version, body)
            self._wanted.set()

    async def run(self) -> None:
        """Put what waits, for ever. What an outage swallows is not worth a second attempt."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while self._waiting:
                name, (version, body) = self._waiting.popitem()
                try:
                    await self._put([_key(name)], [version.epoch, version.seq, body, KEPT_FOR])
                except Away:
                    self._waiting.clear()


def _key(name: str) -> str:
    """With the version of Rego, because while servers are renewed one by one they may encode differently."""
    return f"rego:snapshot:{__version__}:{name}"
