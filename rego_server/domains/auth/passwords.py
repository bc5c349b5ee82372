"""Passwords: hashed with argon2id in a few worker threads, so that logins never hold up the event loop or each other's memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from rego.wire.errors import InvalidInput

T = TypeVar("T")

THREADS = 2

# The head of the lists of leaked passwords, without those under eight characters.
COMMON = frozenset(
    [
        "password",
        "123456789",
        "12345678",
        "1234567890",
        "qwertyuiop",
        "password1",
        "password123",
        "iloveyou",
        "qwerty123",
        "1q2w3e4r",
        "1q2w3e4r5t",
        "sunshine",
        "princess",
        "football",
        "baseball",
        "superman",
        "trustno1",
        "welcome1",
        "starwars",
        "whatever",
        "passw0rd",
        "p@ssw0rd",
        "abcd1234",
        "abc12345",
        "1qaz2wsx",
        "qwertyui",
        "asdfghjkl",
        "zxcvbnm1",
        "11111111",
        "00000000",
        "88888888",
        "12341234",
        "87654321",
        "987654321",
        "123123123",
        "letmein1",
        "computer",
        "michelle",
        "jennifer",
        "jonathan",
        "samantha",
        "corvette",
        "mercedes",
        "maverick",
        "internet",
        "changeme",
        "changeit",
        "password12",
        "password2",
        "administrator",
        "rootroot",
        "adminadmin",
        "admin123",
        "welcome123",
        "qwerty12",
        "google123",
        "dragon123",
        "monkey123",
        "football1",
        "baseball1",
        "liverpool",
        "chelsea1",
        "arsenal1",
        "pokemon1",
        "minecraft",
        "naruto123",
        "fuckyou1",
        "asdfasdf",
        "aaaaaaaa",
        "1234qwer",
        "qwer1234",
        "q1w2e3r4",
        "zaq12wsx",
        "internet1",
    ]
)


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

    async def hash(self, password: str) -> str:
        """The hash to store. Raises `InvalidInput` for a password that everybody tries first."""
        if password.lower() in COMMON:
            raise InvalidInput("This password is among the most common ones; choose another.", field="password")
        return await self._in_thread(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether `password` is the stored one. Without a stored one it takes as long, and is false."""
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
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
