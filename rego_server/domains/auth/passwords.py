"""Passwords: hashed with argon2id in a few worker threads, so that a login never holds up the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from rego.wire.errors import InvalidInput, Unavailable

T = TypeVar("T")

THREADS = 2

WAITING_MAX = 100
"""Passwords that may wait for a thread: a second or two of work. Who comes on top of that comes again, and nothing piles up."""

# The head of the lists of leaked passwords, without those under eight characters.
COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text().split())


class Cost(NamedTuple):
    """The work of one hash: `time_cost` passes over `memory_kib` KiB, in `parallelism` lanes."""

    time_cost: int
    memory_kib: int
    parallelism: int


class Passwords:
    """Hashes and checks passwords."""

    def __init__(self, cost: Cost) -> None:
        self._hasher = PasswordHasher(cost.time_cost, cost.memory_kib, cost.parallelism)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="rego-argon2")
        self._decoy: str | None = None
        self._waiting = 0

    async def hash(self, password: str, *, field: str = "password") -> str:
        """The hash to store. Raises `InvalidInput` about `field` for what everybody tries first, and `Unavailable`."""
        if password.lower() in COMMON:
            raise InvalidInput("This password is among the most common ones; choose another.", field=field)
        return await self._in_thread(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether `password` is the stored one. Without a stored one it takes as long, and is false. Raises `Unavailable`."""
        if stored is None:
            if self._decoy is None:
                self._decoy = await self._in_thread(self._hasher.hash, "nobody has this password")
            await self._in_thread(self._matches, self._decoy, password)
            return False
        return await self._in_thread(self._matches, stored, password)

    def is_outdated(self, stored: str) -> bool:
        """Whether `stored` was made at another cost than today's."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown()

    async def _in_thread(self, function: Callable[..., T], *args: str) -> T:
        if self._waiting >= WAITING_MAX:
            raise Unavailable("Too many people log in at this moment; try again in a few seconds.", retry_after=2)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)
        finally:
            self._waiting -= 1

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
