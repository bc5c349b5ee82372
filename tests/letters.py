"""A carrier that keeps the letters of a server under test, which may run in another thread."""

from __future__ import annotations

import asyncio
import re
import threading

from rego_server.core.mail import Letter

PATIENCE = 30.0
"""The bound of every wait, in seconds; no test that passes comes near it."""


class Letterbox:
    """Takes every letter, and gives them out by address."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self._came = threading.Condition()

    async def carry(self, letter: Letter) -> None:
        with self._came:
            self.letters.append(letter)
            self._came.notify_all()

    async def to(self, address: str, count: int = 1) -> Letter:
        """The letter number `count` to an address, once it is there."""
        return await asyncio.to_thread(self._wait, address, count)

    async def secret_to(self, address: str, count: int = 1) -> str:
        """The one-time secret in that letter."""
        return secret_in(await self.to(address, count))

    def _wait(self, address: str, count: int) -> Letter:
        with self._came:
            assert self._came.wait_for(lambda: len(self._of(address)) >= count, PATIENCE), f"no letter to {address}"
            return self._of(address)[count - 1]

    def _of(self, address: str) -> list[Letter]:
        return [letter for letter in self.letters if letter.to == address]


def secret_in(letter: Letter) -> str:
    """The one-time secret that a letter carries."""
    found = re.search(r"rego_(?:reset|verify|invite)_[\w-]+", letter.text)
    assert found is not None
    return found[0]
