"""What happened on a board, and taking it back."""

from __future__ import annotations

from datetime import datetime

from rego.client.call import Call, path_of, query_of
from rego.wire.activity import Activity
from rego.wire.event_data import RawEvent
from rego.wire.undo import RevertEvent


def list_activity(
    board_id: str,
    *,
    card: str | None = None,
    actor: str | None = None,
    type: str | None = None,  # noqa: A002 - the parameter's name
    since: int | None = None,
    before: int | None = None,
    since_at: datetime | None = None,
    before_at: datetime | None = None,
    limit: int | None = None,
) -> Call[list[Activity]]:
    """One page of the board's activity, newest first, as far as all that is given fits; `Client.pages` follows it to the end.

    `card` is an id or a reference, `actor` an id, a username or `me`, `type` a type of event or a noun such as `card`; `since`
    and `before` are numbers of events, which are left out.
    """
    query = query_of(
        card=card,
        actor=actor,
        type=type,
        since=since,
        before=before,
        since_at=_moment(since_at),
        before_at=_moment(before_at),
        limit=limit,
    )
    return Call(method="GET", path=path_of("boards", board_id, "activity"), query=query, returns=list[Activity])


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def revert_event(board_id: str, seq: int, *, whole: bool = False) -> Call[list[RawEvent]]:
    """Undo the event `seq`, or with `whole` all that was done together with it; answers the events that do so.

    Raises `ChangedSince` when what it changed was changed again, `Conflict` for one that was undone already or cannot be. To
    redo is to revert the event that is answered.
    """
    path = path_of("boards", board_id, "events", str(seq), "revert")
    return Call(method="POST", path=path, body=RevertEvent(whole=whole), returns=list[RawEvent])
