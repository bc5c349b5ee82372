"""How long the event log reaches back: old events of long logs are taken away, a few at a time.

The floor of a board rises in the transaction that deletes the events below it, so a log is at every moment whole from its floor
to its end. A reader of something older finds that its next event is not there, and starts afresh; it never meets a hole.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import BindParameter, bindparam, delete, func, select, update

from rego_server.core.clock import Clock
from rego_server.core.db import Connection, Database, Row, Statement
from rego_server.core.db.schema import Id, Timestamp
from rego_server.core.events import board_heads, event_log

BATCH = 500
"""Events that are deleted in one transaction, which others that change the board wait for."""

_BOARD_ID = bindparam("board_id", type_=Id)
_UP_TO: BindParameter[int] = bindparam("up_to")

LONG_LOGS = Statement(
    select(board_heads.c.board_id, board_heads.c.seq)
    .where(board_heads.c.seq - board_heads.c.floor > bindparam("kept"))
    .order_by(board_heads.c.board_id)
)
LAST_OLD = Statement(
    select(event_log.c.seq)
    .where(event_log.c.board_id == _BOARD_ID, event_log.c.seq <= _UP_TO)
    .where(event_log.c.at < bindparam("before", type_=Timestamp))
    .order_by(event_log.c.seq.desc())
    .limit(1)
)
FIRST = Statement(select(func.min(event_log.c.seq).label("seq")).where(event_log.c.board_id == _BOARD_ID))
RAISE_FLOOR = Statement(
    update(board_heads)
    .where(board_heads.c.board_id == bindparam("floor_of", type_=Id), board_heads.c.floor < bindparam("floor"))
    .values(floor=bindparam("floor"))
)
DELETE_UP_TO = Statement(delete(event_log).where(event_log.c.board_id == _BOARD_ID, event_log.c.seq <= _UP_TO))

_log = structlog.get_logger("rego.retention")


class Retention:
    """The chore of trimming: an event goes when it is older than `days` and `kept` newer ones are on its board's log."""

    def __init__(self, database: Database, clock: Clock, *, kept: int, days: int) -> None:
        self._database = database
        self._clock = clock
        self._kept = kept
        self._days = days

    async def __call__(self) -> None:
        """Trim every log that is too long. Several servers may do so at once. Raises `Unavailable`."""
        if not self._kept:
            return
        boards = await self._database.glance(lambda connection: connection.fetch(LONG_LOGS, kept=self._kept))
        for board in boards:
            if gone := await self._trim(board):
                _log.info("log trimmed", board_id=board["board_id"], events=gone)

    async def _trim(self, board: Row) -> int:
        """Take away what is too old; gives how many events that were."""
        board_id = board["board_id"]
        before = self._clock.now() - timedelta(days=self._days)
        up_to = board["seq"] - self._kept

        async def bounds(connection: Connection) -> tuple[Row | None, Row | None]:
            last = await connection.fetch_one(LAST_OLD, board_id=board_id, up_to=up_to, before=before)
            return await connection.fetch_one(FIRST, board_id=board_id), last

        first, last = await self._database.reading(bounds)
        if last is None or first is None:
            return 0
        for start in range(first["seq"], last["seq"] + 1, BATCH):
            await self._delete(board_id, min(start + BATCH - 1, last["seq"]))
        return int(last["seq"] - first["seq"] + 1)

    async def _delete(self, board_id: str, up_to: int) -> None:
        async def work(connection: Connection) -> None:
            raised = (RAISE_FLOOR, {"floor_of": board_id, "floor": up_to})
            await connection.execute_together([raised, (DELETE_UP_TO, {"board_id": board_id, "up_to": up_to})])

        await self._database.transaction(work)
