"""Operations as values that can be kept and sent another time: the request in full, and how it looks meanwhile. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec
from msgspec.structs import replace

from rego.client.call import Call
from rego.replica import Pending
from rego.wire.attachments import Attachment, UpdateAttachment
from rego.wire.cards import BulkCards, Card, CardSummary, CreateCard, MoveCard, UpdateCard
from rego.wire.checklists import (
    Checklist,
    ChecklistItem,
    CreateChecklist,
    CreateChecklistItem,
    MoveChecklist,
    MoveChecklistItem,
    UpdateChecklist,
    UpdateChecklistItem,
)
from rego.wire.comments import Comment, CreateComment, UpdateComment
from rego_tui.operations import Act, Known, Operation

_BODIES: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        *(BulkCards, CreateCard, MoveCard, UpdateCard),
        *(CreateChecklist, CreateChecklistItem, MoveChecklist, MoveChecklistItem, UpdateChecklist, UpdateChecklistItem),
        *(CreateComment, UpdateAttachment, UpdateComment),
    )
}
_ANSWERS: dict[str, Any] = {kind.__name__: kind for kind in (Attachment, Card, CardSummary, Checklist, ChecklistItem, Comment)}
_ANSWERS |= {"list[CardSummary]": list[CardSummary], "": None}
TEXTS = ("title", "text", "description", "filename")
"""Fields of requests that hold what somebody typed."""

_FIELDS: dict[str, Any] = {field.name: field.type for field in msgspec.structs.fields(CardSummary)}


class Kept(Act, frozen=True, kw_only=True, omit_defaults=True):
    """An act with its request as a value. Ids in it may be provisional, as they are in an `Operation`.

    `tried` is when it was sent first, if it was: what became of it is not known.
    """

    method: str
    path: str
    answer: str
    body: Any = None
    kind: str = ""
    tried: datetime | None = None


def keep(operation: Operation, known: Known) -> Kept | None:
    """An operation as a value, under the ids that are known now; None when its request is of a kind that cannot be kept."""
    call = operation.call(known)
    answer = next((name for name, kind in _ANSWERS.items() if kind == call.returns), None)
    kind = type(call.body).__name__ if call.body is not None else ""
    if answer is None or (kind and kind not in _BODIES) or call.query or call.form or call.file or call.upload:
        return None
    body = msgspec.to_builtins(call.body)
    kept = Kept(**_act(operation), method=call.method, path=call.path, answer=answer, body=body, kind=kind)
    return msgspec.json.decode(_renamed(msgspec.json.encode(kept).decode(), known), type=Kept)


def revive(kept: Kept) -> Operation:
    """The operation again, under the same idempotency key. Raises `msgspec.ValidationError` when it does not fit any more."""
    call = _call(kept, Known())
    assert call is not None
    seen = {card_id: _fields(fields) for card_id, fields in kept.seen.items()}
    return Operation(**_act(kept) | {"pending": _typed(kept.pending), "seen": seen}, call=lambda known: _call(kept, known))


def _act(act: Act) -> dict[str, Any]:
    """What is the same in an operation and in what is kept of it."""
    return {name: getattr(act, name) for name in Act.__struct_fields__}


def anew(kept: Kept, **body: Any) -> Kept:
    """The same as a new operation of its own key, with other fields in its request; a field that is None is left out."""
    fields = {name: value for name, value in ((kept.body or {}) | body).items() if value is not None or name not in body}
    pending = replace(kept.pending, op_id=str(uuid4()))
    return replace(kept, pending=pending, body=fields if kept.kind else None, tried=None)


def _call(kept: Kept, known: Known) -> Call[Any]:
    body = dict(kept.body) if kept.kind else None
    if body is not None and kept.writes is not None:
        body["version"] = known.version(kept.writes, body["version"])
    path, body = msgspec.json.decode(_renamed(msgspec.json.encode([kept.path, body]).decode(), known))
    return Call(
        method=kept.method,
        path=path,
        body=msgspec.convert(body, _BODIES[kept.kind]) if kept.kind else None,
        returns=_ANSWERS[kept.answer],
    )


def _renamed(written: str, known: Known) -> str:
    """JSON in which cards, and what hangs on them, have the ids that the server gave them."""
    for provisional, real in known.ids.items():
        written = written.replace(provisional, real)
    return written


def _typed(pending: Pending) -> Pending:
    others = {card_id: _fields(changes) for card_id, changes in pending.others.items()}
    return replace(pending, changes=_fields(pending.changes), others=others)


def _fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields of a card as the replica has them, whether they come out of a file or not."""
    return {name: msgspec.convert(msgspec.to_builtins(value), _FIELDS[name]) for name, value in fields.items()}
