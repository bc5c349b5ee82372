"""The first superuser of a server whose database is elsewhere: made from the server's own shell, on the database itself.

Whoever has the database's address has everything in it, so nobody is asked for a login.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from rego.wire.users import User
from rego_server.app import open_database
from rego_server.core import data_dir
from rego_server.core.bus import LocalBus
from rego_server.core.clock import SystemClock
from rego_server.core.ids import uuid7
from rego_server.core.settings import Settings
from rego_server.core.uow import Caller, Runner
from rego_server.domains.admin.actions import make_superuser


def promote(settings: Settings, name: str) -> User:
    """Make the account of that username or e-mail address an active superuser.

    Raises `NotFound` when there is none, `Unavailable` when the database is not there or, with SQLite, a server works on it.
    """
    return asyncio.run(_promote(settings, name))


async def _promote(settings: Settings, name: str) -> User:
    async with AsyncExitStack() as stack:
        data_dir.prepare(settings.data_dir)
        database = await open_database(settings, stack)
        runner = Runner(database, LocalBus(), SystemClock(), uuid7)
        promoted = await runner.run(make_superuser, Caller(), None, name)
        assert isinstance(promoted, User)
        return promoted
