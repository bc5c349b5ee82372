"""The one read that joins domains: a whole board at one sequence number, kept encoded until the board changes."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Boolean, Integer, String, cast, literal, null, select, union_all

from rego.wire import limits
from rego.wire.base import to_json
from rego.wire.columns import Column
from rego.wire.errors import NotFound, Unavailable
from rego.wire.labels import Label
from rego.wire.snapshot import Snapshot
from rego_server.core.db import Database, Row, Statement
from rego_server.core.events import EPOCH, board_heads
from rego_server.core.shelf import Shelf, Version
from rego_server.core.uow import Caller, Reading
from rego_server.domains.access import queries as access
from rego_server.domains.access.models import board_members
from rego_server.domains.access.policy import look
from rego_server.domains.access.queries import BOARD_ID, member_of
from rego_server.domains.boards.models import boards
from rego_server.domains.boards.queries import board_of
from rego_server.domains.cards import queries as cards
from rego_server.domains.columns.models import columns
from rego_server.domains.columns.queries import column_of
from rego_server.domains.labels.models import labels
from rego_server.domains.labels.queries import label_of
from rego_server.domains.users.models import users

CACHE_MAX_BYTES = 64 * 1024 * 1024

READS_MAX = 3
"""How many reads a reader waits for who knows of a newer board than they find."""

STREAMS_FROM = 1.0
"""Seconds for which a snapshot begins new streams though the board has changed since: so long no other is read for them."""

BOARD_AND_MEMBERS = Statement(
    select(
        board_heads.c.seq,
        EPOCH,
        board_heads.c.key.label("board_key"),
        *(column.label(f"board_{column.name}") for column in boards.c),
        users.c.id.label("user_id"),
        users.c.username,
        users.c.firstname,
        users.c.lastname,
        users.c.placeholder,
        board_members.c.role,
    )
    .select_from(
        board_heads.join(boards, boards.c.id == board_heads.c.board_id)
        .join(board_members, board_members.c.board_id == board_heads.c.board_id)
        .join(users, users.c.id == board_members.c.user_id)
    )
    .where(board_heads.c.board_id == BOARD_ID)
)
"""The members, each with the board and its seq beside them, because a cold snapshot has no round trip to spare."""

_BOARD_FIELDS = ("key", *(column.name for column in boards.c))
_STAMPS = ("id", "version", "created_at", "updated_at", "created_by", "updated_by", "color")

# Columns and labels in one statement: a cold snapshot is four round trips.
COLUMNS_AND_LABELS = Statement(
    union_all(
        select(
            literal("column").label("kind"),
            *(columns.c[name] for name in _STAMPS),
            columns.c.title.label("name"),
            columns.c.rank,
            columns.c.wip_limit,
            columns.c.wip_mode,
            columns.c.done,
            columns.c.archived,
        ).where(columns.c.board_id == BOARD_ID),
        select(
            literal("label"),
            *(labels.c[name] for name in _STAMPS),
            labels.c.name,
            cast(null(), BigInteger),
            cast(null(), Integer),
            cast(null(), String),
            cast(null(), Boolean),
            cast(null(), Boolean),
        ).where(labels.c.board_id == BOARD_ID),
    ).order_by("kind", "rank", "id")
)


class Encoded(NamedTuple):
    """A snapshot as it goes over the wire."""

    epoch: str
    seq: int
    body: bytes

    @property
    def etag(self) -> str:
        """The entity tag, with its quotes."""
        return f'"{self.epoch}-{self.seq}"'

    def serves(self, board: Row) -> bool:
        """Whether this is as new as a board that was looked at."""
        return self.epoch == board["epoch"] and self.seq >= int(board["seq"])

    def leads_to(self, board: Row) -> bool:
        """Whether the log still leads from here to a board that was looked at, in as many events as are replayed."""
        oldest: int = max(board["floor"], board["seq"] - limits.REPLAY_MAX_EVENTS)
        return self.epoch == board["epoch"] and self.seq >= oldest


class Key(NamedTuple):
    board_id: str
    archived: bool

    @property
    def name(self) -> str:
        """What the snapshot is called where servers share it."""
        return f"{self.board_id}:{'all' if self.archived else 'open'}"


class Snapshots:
    """Board snapshots by `(board, epoch, seq)`: never stale, because the key is the version."""

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        max_bytes: int = CACHE_MAX_BYTES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._shelf = shelf
        self._max_bytes = max_bytes
        self._monotonic = monotonic
        self._came: dict[Key, float] = {}
        self._bytes = 0
        self._kept: OrderedDict[Key, Encoded] = OrderedDict()
        self._flights: dict[Key, asyncio.Task[Encoded]] = {}

    async def get(self, caller: Caller, board_id: str, *, archived: bool = False) -> Encoded:
        """The board as it is now. Raises `NotFound` for a board that the caller may not see."""
        row = await self._database.glance(lambda connection: look(Reading(connection, caller), access.BOARD, board_id=board_id))
        return await self.at_least(row, archived=archived)

    async def at_least(self, board: Row, *, archived: bool = False) -> Encoded:
        """The snapshot of a board that was looked at, at its seq or a later one; readers at one time share one read.

        Raises `Unavailable` when the database has gone back behind that, as it does in a restore.
        """
        return await self._find(Key(board["id"], archived), board, lambda encoded: encoded.serves(board))

    async def before_events(self, board: Row) -> Encoded:
        """A snapshot that the events of the log bring to where a board was looked at, for a stream that sends them next.

        However fast the board changes, and however many come, a board is read once in `STREAMS_FROM`. Raises as `at_least`.
        """
        key = Key(board["id"], archived=False)

        def fits(encoded: Encoded) -> bool:
            fresh = self._monotonic() < self._came.get(key, -math.inf) + STREAMS_FROM
            return encoded.serves(board) or (fresh and encoded.leads_to(board))

        return await self._find(key, board, fits)

    async def _find(self, key: Key, board: Row, fits: Callable[[Encoded], bool]) -> Encoded:
        """The snapshot that is kept, or one that is read, whichever fits first."""
        kept = self._kept.get(key)
        if kept is not None and fits(kept):
            self._kept.move_to_end(key)
            return kept
        wanted = Version(board["epoch"], board["seq"])
        for _ in range(READS_MAX):
            encoded = await asyncio.shield(self._flight(key, wanted))
            if fits(encoded):
                return encoded
            # A flight that started before the board came this far, or before a restore, has landed too early.
        raise Unavailable("The database was restored or replaced while this board was read; ask for it again.")

    def _flight(self, key: Key, wanted: Version) -> asyncio.Task[Encoded]:
        """The read that is under way, or a new one."""
        flight = self._flights.get(key)
        # A flight that is done is found here until its callback has run.
        if flight is None or flight.done():
            flight = self._flights[key] = asyncio.create_task(self._fly(key, wanted))
            flight.add_done_callback(lambda done: self._land(key, done))
        return flight

    async def _fly(self, key: Key, wanted: Version) -> Encoded:
        if found := await self._shelf.take(key.name, wanted):
            encoded = Encoded(*found[0], found[1])
        else:
            encoded = await self._read(key)
            self._shelf.put(key.name, Version(encoded.epoch, encoded.seq), encoded.body)
        self._keep(key, encoded)
        return encoded

    async def _read(self, key: Key) -> Encoded:
        async def work(reading: Reading) -> Encoded:
            snapshot = await read_snapshot(reading, key.board_id, archived=key.archived)
            return Encoded(snapshot.epoch, snapshot.seq, to_json(snapshot))

        return await self._database.reading(lambda connection: work(Reading(connection, Caller())))

    def _land(self, key: Key, flight: asyncio.Task[Encoded]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if not flight.cancelled():
            # Whoever waits is told by the task itself; nobody may be left waiting.
            flight.exception()

    def _keep(self, key: Key, encoded: Encoded) -> None:
        if (old := self._kept.pop(key, None)) is not None:
            self._bytes -= len(old.body)
        self._kept[key], self._came[key] = encoded, self._monotonic()
        self._bytes += len(encoded.body)
        while self._bytes > self._max_bytes and len(self._kept) > 1:
            other, dropped = self._kept.popitem(last=False)
            del self._came[other]
            self._bytes -= len(dropped.body)


async def read_snapshot(reading: Reading, board_id: str, *, archived: bool) -> Snapshot:
    """The board at one seq, read in three statements of one consistent state."""
    members = await reading.fetch(BOARD_AND_MEMBERS, board_id=board_id)
    if not members:
        raise NotFound("This board is gone.")
    furniture = await reading.fetch(COLUMNS_AND_LABELS, board_id=board_id)
    rows = await reading.fetch(cards.OF_BOARD_WITH_ARCHIVED if archived else cards.OF_BOARD, board_id=board_id)
    return Snapshot(
        board=board_of({name: members[0][f"board_{name}"] for name in _BOARD_FIELDS}),
        seq=members[0]["seq"],
        epoch=members[0]["epoch"],
        archived=archived,
        members=sorted(map(member_of, members), key=lambda m: (m.username, m.user_id)),
        labels=_labels(furniture),
        columns=_columns(furniture),
        cards=[cards.summary_of(row) for row in rows],
    )


def _columns(furniture: Sequence[Row]) -> list[Column]:
    return [column_of({**row, "title": row["name"]}) for row in furniture if row["kind"] == "column"]


def _labels(furniture: Sequence[Row]) -> list[Label]:
    return [label_of(row) for row in furniture if row["kind"] == "label"]
