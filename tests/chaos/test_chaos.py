"""Faults on real processes: nobody misses an update, and nothing acknowledged is lost. `pytest -m chaos`."""

from __future__ import annotations

import pytest

from tests.chaos.conftest import SEED
from tests.chaos.faults import FAULTS, Site
from tests.chaos.run import run

pytestmark = [pytest.mark.chaos, pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize("fault", FAULTS)
async def test_nobody_misses_anything(real: Site, fault: str) -> None:
    verdict = await run(real, fault, SEED)
    print(verdict)
    verdict.check()


async def test_the_control_diverges(naive: Site) -> None:
    """Without log, cursor and tick a Redis that dies costs updates; if it did not, the tests above would prove nothing."""
    calm = await run(naive, "nothing", SEED, trusting=True)
    assert calm.diverged == 0, f"the control does not even work while all is well: {calm}"
    verdict = await run(naive, "kill_redis", SEED, trusting=True)
    print(verdict)
    assert verdict.diverged > 0, verdict
    assert (verdict.lost, verdict.doubled) == ([], []), "the control differs in delivery alone"
