"""The queue in front of the threads that hash passwords."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import repeat

import pytest

from rego.wire.errors import Unavailable
from rego_server.core.settings import Settings
from rego_server.domains.auth import passwords
from rego_server.domains.auth.passwords import Cost, Passwords


@pytest.fixture
def cheap() -> Iterator[Passwords]:
    made = Passwords(Cost(time_cost=1, memory_kib=8, parallelism=1))
    yield made
    made.close()


async def test_one_too_many_is_told_to_come_back(cheap: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAITING_MAX", 3)
    asked = [cheap.verify(None, "x") for _ in repeat(None, 5)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert outcomes[:3] == [False, False, False]
    for refused in outcomes[3:]:
        assert isinstance(refused, Unavailable)
        assert refused.retry_after
    assert await cheap.verify(None, "x") is False


async def test_a_hash_costs_what_the_settings_say() -> None:
    """RFC 9106 writes the cost into the hash: 19 MiB, two passes, one lane unless somebody sets it otherwise."""
    settings = Settings()
    made = Passwords(Cost(settings.argon2_time_cost, settings.argon2_memory_kib, settings.argon2_parallelism))
    try:
        stored = await made.hash("correct horse battery")
    finally:
        made.close()
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
