"""Taking back what an event did, by the caller and with the caller's rights, as an event of its own."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.codec import read_event
from rego.wire.errors import Conflict, Gone, InvalidInput, NotFound
from rego.wire.event_data import RawEvent
from rego.wire.events import BoardUpdated, event_type
from rego.wire.undo import RevertEvent
from rego_server.core.db import Row
from rego_server.core.events import event_of
from rego_server.core.uow import UnitOfWork
from rego_server.domains.access.policy import enter, refuse_archived
from rego_server.domains.undo import queries
from rego_server.domains.undo.actions.inverses import INVERSES
from rego_server.domains.undo.rules import Irreversible


async def revert_event(uow: UnitOfWork, board_id: str, seq: int, body: RevertEvent) -> Sequence[RawEvent]:
    """Undo one event, or all that was done together with it, newest first; all or nothing. It sets off no rule.

    Raises `NotFound` for an event that never was, `Gone` for one that the log does not keep any more, `ChangedSince` when what
    it changed is not as it left it, `Conflict` for one that was undone already or cannot be.
    """
    row = await enter(uow, queries.ENTER_EVENT, Role.MEMBER, though_archived=True, board_id=board_id, seq=seq)
    # Otherwise a card that goes back to where a rule found it would be sent away again.
    uow.quiet = True
    _check_found(row, seq)
    _check_open(row)
    for each in await _together_with(uow, row) if body.whole else [row]:
        if each["type"] != event_type(BoardUpdated):
            refuse_archived(row)
        await _revert(uow, event_of(each))
    return [*uow.heads[board_id].events]


async def _together_with(uow: UnitOfWork, row: Row) -> Sequence[Row]:
    """What is to be undone with the event in `row`: what is undone already, and what only made room, stays."""
    first, last = row["seq"] - queries.ACT_MAX, row["seq"] + queries.ACT_MAX
    who = row["actor_id"]
    rows = await uow.fetch(queries.TOGETHER, board_id=row["board_id"], first=first, last=last, at=row["at"], actor_id=who)
    return [each for each in rows if each["reverted_by"] is None and not _is_silent(each)]


async def _revert(uow: UnitOfWork, raw: RawEvent) -> None:
    event = read_event(raw)
    inverse = INVERSES.get(type(event.data))
    if inverse is None:
        raise Conflict(f"Event {event.seq} ({event.type}) was written by another Rego; this one cannot tell how to undo it.")
    if isinstance(inverse, Irreversible):
        raise Conflict(f"Event {event.seq} ({event.type}) cannot be undone: {inverse.reason}.")
    events = uow.heads[event.board_id].events
    already = len(events)
    try:
        await inverse(uow, event, event.data)
    except (InvalidInput, NotFound) as error:
        # Not the event is missing, but something that its inverse needs, such as a person who has left.
        raise Conflict(f"Event {event.seq} ({event.type}) cannot be undone now: {error.detail}") from error
    if len(events) == already:
        raise Conflict(f"Event {event.seq} ({event.type}) left nothing that could be undone.")
    # Whatever made room stands before it.
    events[-1].reverts = event.seq


def _check_found(row: Row, seq: int) -> None:
    if 0 < seq <= row["floor"]:
        kept = {"floor": row["floor"], "seq": row["head_seq"]}
        raise Gone(
            f"The log of this board begins after event {row['floor']}; what happened before cannot be undone.", data=kept
        )
    if row["seq"] is None:
        raise NotFound(f"There is no event {seq} on this board.")


def _check_open(row: Row) -> None:
    if row["reverted_by"] is not None:
        by = row["reverted_by"]
        raise Conflict(f"Event {row['seq']} was undone already, by event {by}; undo event {by} to have it again.")


def _is_silent(row: Row) -> bool:
    inverse = INVERSES.get(type(read_event(event_of(row)).data))
    return isinstance(inverse, Irreversible) and inverse.silent
