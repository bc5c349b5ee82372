"""Due times that set rules off: a task in the background that looks for those that have come.

Any number of servers may look. Each rule, card and due time is claimed in the transaction that runs the rule, under the board's
lock, so it is run once. What came up while no server ran is caught up with, if it is not too long ago.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog

from rego.wire import limits
from rego.wire.errors import RegoError
from rego_server.core.db import Row
from rego_server.core.housekeeping import Expiry
from rego_server.core.rounds import Rounds
from rego_server.core.uow import Caller, Runner
from rego_server.domains.automations import queries
from rego_server.domains.automations.actions import fire_due

EVERY = 15.0
"""Seconds between two looks."""

AT_ONCE = 100
"""How many are looked up in one go."""

CATCH_UP = timedelta(seconds=limits.RULE_CATCH_UP)

FORGOTTEN = Expiry(queries.FORGET_FIRINGS, 2 * CATCH_UP)
"""Claims that nobody will make again."""

_log = structlog.get_logger("rego.automations")


class DueTimes(Rounds):
    """A task in the background."""

    every = EVERY

    def __init__(self, runner: Runner) -> None:
        super().__init__()
        self._runner = runner

    async def round(self) -> None:
        """Run every rule whose time has come."""
        for row in await self._runner.database.glance(lambda connection: connection.fetch(queries.OFFSETS)):
            await self._run_all(row["due_offset"])

    async def _run_all(self, due_offset: int) -> None:
        """Run what is due at one distance from its time. What is run waits no more; what cannot be waits for the next."""
        left = 0
        while rows := await self._waiting(due_offset, left):
            for row in rows:
                left += not await self._run_one(row)

    async def _waiting(self, due_offset: int, left: int) -> Sequence[Row]:
        until = self._runner.clock.now() - timedelta(seconds=due_offset)
        place = {"after": until - CATCH_UP, "until": until, "count": AT_ONCE, "left": left}
        return await self._runner.database.glance(
            lambda connection: connection.fetch(queries.DUE, due_offset=due_offset, **place)
        )

    async def _run_one(self, row: Row) -> bool:
        caller = Caller(user_id=row["owner_id"])
        try:
            await self._runner.run(fire_due, caller, None, row["automation_id"], row["card_id"])
        except RegoError as error:
            # The card, the rule or the owner went away in between, or the database did: the next look will tell.
            _log.warning("a due time could not be answered", automation_id=row["automation_id"], error=error.detail)
            return False
        except Exception:
            # One rule must not keep the others from running for ever.
            _log.exception("a due time could not be answered", automation_id=row["automation_id"])
            return False
        return True
