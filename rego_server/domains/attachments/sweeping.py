"""Which blobs go: those that nothing has named for a week, and what an upload left that never came to its end."""

from __future__ import annotations

from datetime import timedelta

from rego_server.core.clock import Clock
from rego_server.core.db import Connection, Database, Row
from rego_server.domains.attachments import queries
from rego_server.domains.attachments.depot import Depot, key_of

ORPHANS_KEPT = timedelta(days=7)
"""How long the content of a deleted attachment is kept, so that the deletion can be undone."""

STRAYS_KEPT = timedelta(hours=1)
"""After which a blob that is in no table is nobody's: an upload is named within moments of its end."""


class Sweep:
    """One round of the sweep, at a call."""

    def __init__(self, database: Database, depot: Depot, clock: Clock) -> None:
        self._database = database
        self._depot = depot
        self._clock = clock

    async def __call__(self) -> None:
        await self._forget_orphans()
        await self._delete_strays()
        await self._depot.store.clear_unfinished(self._clock.now() - STRAYS_KEPT)

    async def _forget_orphans(self) -> None:
        """Forget first and delete then: what is not deleted after all is a stray, and goes in a later round."""
        now = self._clock.now()

        async def work(connection: Connection) -> list[Row]:
            await connection.execute_together([(queries.MARK_ORPHANS, {"now": now})])
            await connection.execute_together([(queries.UNMARK_NAMED, {})])
            return list(await connection.fetch(queries.FORGET_ORPHANS, before=now - ORPHANS_KEPT))

        forgotten = await self._database.transaction(work)
        await self._depot.store.delete([key_of(row["folder"], row["id"]) for row in forgotten])

    async def _delete_strays(self) -> None:
        store, folder = self._depot.store, self._depot.folder
        async for page in store.older_than(folder, self._clock.now() - STRAYS_KEPT):
            ids = [key.rpartition("/")[2] for key in page]
            known = await self._known(ids)
            await store.delete([key_of(folder, blob_id) for blob_id in ids if blob_id not in known])

    async def _known(self, ids: list[str]) -> set[str]:
        async def work(connection: Connection) -> set[str]:
            return {row["id"] for row in await connection.fetch(queries.KNOWN, ids=ids)}

        return await self._database.reading(work)
