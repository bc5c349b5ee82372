"""`python -m tests.chaos --seed S --minutes M`: one fault after the other, in an order that the seed decides, for that long."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time

from tests.chaos.faults import FAULTS
from tests.chaos.run import run, site
from tests.postgres import start_own_postgres
from tests.valkey import start_own_valkey


async def main(seed: int, minutes: float) -> int:
    """Print a line a run; ends at the first that fails."""
    plan, until = random.Random(seed), time.monotonic() + minutes * 60
    with start_own_postgres(durable=True) as postgres, start_own_valkey() as redis:
        async with site(postgres, redis, seed) as place:
            while time.monotonic() < until:
                verdict = await run(place, plan.choice(list(FAULTS)), plan.randrange(1_000_000))
                print(verdict, flush=True)
                verdict.check()
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--minutes", type=float, default=5.0)
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    sys.exit(asyncio.run(main(given.seed, given.minutes)))
