"""The unit of work: the one write path. An action queues writes and emits events; nothing leaves before the commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import msgspec
from sqlalchemy import Column, ForeignKey, String, Table, Text, bindparam, insert, select

from rego.wire.base import to_json
from rego.wire.codec import encode_data
from rego.wire.errors import KeyReused
from rego.wire.event_data import RawEvent
from rego.wire.events import Actor, Cause, EventData, event_type
from rego_server.core.bus import Bus
from rego_server.core.clock import Clock
from rego_server.core.db import Connection, Database, Row, Statement, UniqueViolation
from rego_server.core.db.schema import Id, Timestamp, metadata
from rego_server.core.events import ADD_EVENT, SET_HEAD, Committed, row_of
from rego_server.core.ids import NewId

P = ParamSpec("P")
T = TypeVar("T")

operations = Table(
    "operations",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("op_id", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False, index=True),
    Column("board_id", Id),
)
"""What was answered to operations that may be repeated. Where that was about a board, it is for those who are still on it."""

ADD_OPERATION = Statement(insert(operations))
GET_OPERATION = Statement(
    select(operations.c.fingerprint, operations.c.answer).where(
        operations.c.user_id == bindparam("user_id"), operations.c.op_id == bindparam("op_id")
    )
)

EVENTS_TOGETHER = 4
"""Up to this many events ride in the same statement as the other writes; more go in one batch of their own."""


COLLISIONS_MAX = 20
"""How often an action runs again because another one took what it was about to take."""


class Presented(NamedTuple):
    """A personal token as it came with a request at `at`; whether it is good is read in the statement that it opens."""

    id: str
    digest: bytes
    at: datetime


class Caller(NamedTuple):
    """Who asks. A caller with neither session nor token came with a credential that is checked by itself at each request.

    `local` is whoever owns the data directory, and came with the token that only they can read.
    """

    user_id: str | None = None
    session_id: str | None = None
    token: Presented | None = None
    local: bool = False


class Operation(NamedTuple):
    """A request that may be repeated: the client's idempotency key, and a digest that tells a repeat from a mix-up."""

    id: str
    fingerprint: str


@dataclass(slots=True)
class Head:
    """A board that this unit of work has locked. `seq` and `last_number` are counted up as events and cards are made.

    `triggers` are the words of what its automation rules wait for.
    """

    board_id: str
    key: str
    seq: int
    last_number: int
    triggers: str = ""
    events: list[RawEvent] = field(default_factory=list)


class Repeated(Exception):
    """The operation was carried out before; `answer` is what it said then, as JSON."""

    def __init__(self, answer: str) -> None:
        super().__init__("repeated operation")
        self.answer = answer


class Reading:
    """What a query function works with: a consistent state of the database, and who asks."""

    changes = False

    def __init__(self, connection: Connection, caller: Caller) -> None:
        self.connection = connection
        self.caller = caller

    async def fetch(self, statement: Statement, **params: Any) -> Sequence[Row]:
        """All rows of `statement`."""
        return await self.connection.fetch(statement, **params)

    async def fetch_one(self, statement: Statement, **params: Any) -> Row | None:
        """The first row of `statement`, or None."""
        return await self.connection.fetch_one(statement, **params)


class UnitOfWork(Reading):
    """One action under way. Writes are queued and go to the database together; a read sends them first.

    While `cause` is set, what happens is an automation rule's doing and nobody's own: events name the rule instead of an actor.
    What a `quiet` action does, such as an undo, sets off no rule.
    `expected` is the version that the client wants the entity to have which is entered first; None when it does not care.
    `answer_board` is the board that the answer is about, the last one that the caller entered: they must be on it to hear the
    answer again. None when it is about none, or when the action itself ended their being there.
    """

    changes = True

    def __init__(self, connection: Connection, caller: Caller, op: Operation | None, now: datetime, new_id: NewId) -> None:
        super().__init__(connection, caller)
        self.op = op
        self.now = now
        self.new_id = new_id
        self.actor: Actor | None = None
        self.cause: Cause | None = None
        self.quiet = False
        self.expected: int | None = None
        self.answer_board: str | None = None
        self.heads: dict[str, Head] = {}
        self._writes: list[tuple[Statement, Mapping[str, Any]]] = []
        self._last: list[tuple[Statement, Mapping[str, Any]]] = []

    @property
    def author_id(self) -> str | None:
        """Whom a row names as its maker: the caller, or nobody for a rule."""
        return None if self.cause else self.caller.user_id

    async def fetch(self, statement: Statement, **params: Any) -> Sequence[Row]:
        await self.flush()
        return await super().fetch(statement, **params)

    async def fetch_one(self, statement: Statement, **params: Any) -> Row | None:
        await self.flush()
        return await super().fetch_one(statement, **params)

    def write(self, statement: Statement, **params: Any) -> None:
        """Queue a write. Writes that are queued together must not depend on each other's effect."""
        self._writes.append((statement, params))

    def write_last(self, statement: Statement, **params: Any) -> None:
        """Queue a write that comes after all others and after the events, such as the end of the board itself."""
        self._last.append((statement, params))

    async def write_many(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        """Carry out one write for each row of parameters, after those that are queued."""
        if rows := list(rows):
            await self.flush()
            await self.connection.execute_many(statement, rows)

    async def flush(self) -> None:
        """Send the queued writes."""
        if self._writes:
            writes, self._writes = self._writes, []
            await self.connection.execute_together(writes)

    def emit(self, board_id: str, data: EventData) -> None:
        """Record an event on a board that was entered; its number is the next one of that board."""
        head = self.heads[board_id]
        head.seq += 1
        head.events.append(
            RawEvent(
                seq=head.seq,
                board_id=board_id,
                type=event_type(data),
                at=self.now,
                actor=None if self.cause else self.actor,
                cause=self.cause,
                data=msgspec.Raw(encode_data(data)),
            )
        )

    async def attempt(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work` as a part that may fail by itself: when it raises, its writes and its events are gone, and no others."""
        await self.flush()
        heads = {head.board_id: (head.seq, head.last_number, head.triggers, len(head.events)) for head in self.heads.values()}
        last = len(self._last)

        async def whole() -> T:
            result = await work()
            await self.flush()
            return result

        try:
            return await self.connection.savepoint(whole)
        except BaseException:
            self._writes.clear()
            del self._last[last:]
            self._take_back(heads)
            raise

    def _take_back(self, heads: Mapping[str, tuple[int, int, str, int]]) -> None:
        self.heads = {board_id: self.heads[board_id] for board_id in heads}
        for board_id, (seq, last_number, triggers, events) in heads.items():
            head = self.heads[board_id]
            head.seq, head.last_number, head.triggers = seq, last_number, triggers
            del head.events[events:]

    async def recall(self) -> None:
        """Raise `Repeated` when this operation was carried out before. For actions that are about no board."""
        if self.op and self.caller.user_id:
            row = await self.fetch_one(GET_OPERATION, user_id=self.caller.user_id, op_id=self.op.id)
            if row is not None:
                self.check_repeat(row["fingerprint"], row["answer"])

    def check_repeat(self, fingerprint: str | None, answer: str | None) -> None:
        """Raise `Repeated` for a stored operation, or `KeyReused` when its key belongs to another request."""
        if self.op is None or fingerprint is None or answer is None:
            return
        if fingerprint != self.op.fingerprint:
            raise KeyReused("This Idempotency-Key was used for another request; use a new key for each change.")
        raise Repeated(answer)

    async def finish(self, result: object) -> list[Committed]:
        """Send all that is left, and return what there is to publish once it is committed."""
        changed = [head for head in self.heads.values() if head.events]
        for head in changed:
            _sign(head.events, self.op)
            self.write(SET_HEAD, head_id=head.board_id, seq=head.seq, last_number=head.last_number, triggers=head.triggers)
        await self._log([event for head in changed for event in head.events])
        if self.op and self.caller.user_id:
            self._remember(self.op, result)
        await self.flush()
        self._writes = self._last
        await self.flush()
        return [Committed(head.board_id, head.events[0].seq, [to_json(e) for e in head.events]) for head in changed]

    async def _log(self, events: Sequence[RawEvent]) -> None:
        if len(events) <= EVENTS_TOGETHER:
            for event in events:
                self.write(ADD_EVENT, **row_of(event))
        else:
            await self.write_many(ADD_EVENT, [row_of(event) for event in events])

    def _remember(self, op: Operation, result: object) -> None:
        self.write(
            ADD_OPERATION,
            user_id=self.caller.user_id,
            op_id=op.id,
            fingerprint=op.fingerprint,
            answer=to_json(result).decode(),
            created_at=self.now,
            board_id=self.answer_board,
        )


def _sign(events: Sequence[RawEvent], op: Operation | None) -> None:
    """Put the operation's id on the last event that the caller made: a client that meets it there has seen all of its own.

    What rules did comes after that, and is none of the client's doing.
    """
    own = [event for event in events if event.cause is None]
    if op and own:
        own[-1].op_id = op.id


Reaction = Callable[[UnitOfWork], Awaitable[None]]
"""What follows from an action, in its transaction."""


async def no_reaction(_: UnitOfWork) -> None:
    """Nothing follows."""


def expecting(
    version: int, action: Callable[Concatenate[UnitOfWork, P], Awaitable[T]]
) -> Callable[Concatenate[UnitOfWork, P], Awaitable[T]]:
    """`action`, which then raises `StaleVersion` unless what it enters first has this version."""

    async def run(uow: UnitOfWork, /, *args: P.args, **kwargs: P.kwargs) -> T:
        uow.expected = version
        return await action(uow, *args, **kwargs)

    return run


class Runner:
    """Runs actions and queries: the only place that commits, and the only one that publishes."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, new_id: NewId, reaction: Reaction = no_reaction) -> None:
        self.database = database
        self.bus = bus
        self.clock = clock
        self.new_id = new_id
        self.reaction = reaction

    async def run(
        self,
        action: Callable[Concatenate[UnitOfWork, P], Awaitable[T]],
        caller: Caller,
        op: Operation | None,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T | msgspec.Raw:
        """Carry out `action` and publish its events after the commit; a repeated operation answers what it answered first."""

        async def work(connection: Connection) -> tuple[T, list[Committed]]:
            uow = UnitOfWork(connection, caller, op, self.clock.now(), self.new_id)
            result = await action(uow, *args, **kwargs)
            await self.reaction(uow)
            return result, await uow.finish(result)

        try:
            result, committed = await self._transaction(work)
        except Repeated as repeated:
            return msgspec.Raw(repeated.answer.encode())
        for news in committed:
            self.bus.publish(news)
        return result

    async def read(
        self,
        query: Callable[Concatenate[Reading, P], Awaitable[T]],
        caller: Caller,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run `query` on one consistent state."""
        return await self.database.reading(lambda connection: query(Reading(connection, caller), *args, **kwargs))

    async def _transaction(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        for _ in range(COLLISIONS_MAX):
            try:
                return await self.database.transaction(work)
            except UniqueViolation:
                # Two requests at once took one idempotency key, name or board key: by now the other's is there to be seen.
                continue
        return await self.database.transaction(work)
