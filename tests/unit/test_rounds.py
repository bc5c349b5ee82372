"""What a server does by itself goes on whatever happened in a round."""

from __future__ import annotations

import asyncio

import pytest

from rego.wire.errors import Unavailable
from rego_server.core.rounds import Rounds


class Failing(Rounds):
    """Fails in its first round, and says when the second one came."""

    every = 0.0

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error: Exception | None = error
        self.again = asyncio.Event()

    async def round(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error
        self.again.set()


@pytest.mark.parametrize(
    "error", [Unavailable("The database is away."), ValueError("a mistake of ours")], ids=["known", "unknown"]
)
async def test_the_next_round_comes_after_one_that_failed(error: Exception) -> None:
    rounds = Failing(error)
    rounds.start()
    try:
        async with asyncio.timeout(30):
            await rounds.again.wait()
    finally:
        await rounds.stop()


async def test_what_never_began_can_be_stopped() -> None:
    await Failing(ValueError()).stop()
