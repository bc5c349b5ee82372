"""What became of changes that waited and were not simply done: refused, or met by somebody else's change of the same. Pure."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rego.replica import Replica
from rego.wire import limits
from rego.wire.cards import CardSummary
from rego.wire.errors import RegoError, StaleVersion
from rego_tui.belongings import LISTS, Member, has, members
from rego_tui.kept import TEXTS, Kept, anew
from rego_tui.operations import Known, Operation, name_of
from rego_tui.rights import why_not
from rego_tui.value_words import UNSAID

TAKEN_BACK = "Somebody else did the same meanwhile; you took yours back."
"""Why a label or a person is asked about."""

REPEATABLE = timedelta(seconds=limits.IDEMPOTENCY_KEY_LIFE) - timedelta(minutes=5)
"""How long after it was sent first an operation may be sent again without being done twice."""


class Row(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change that waits for the user's word, with those that hang on it: on a card that it would have made.

    `reason` says why it was not done. `now` is what the server has of it, `version` the version of that. `meanwhile` says what
    others did, once that was asked for.
    """

    kept: Kept
    then: tuple[Kept, ...] = ()
    reason: str
    now: dict[str, Any] = {}
    version: int | None = None
    meanwhile: str | None = None


class Value(Struct, frozen=True):
    """A field as the user wanted it and as it is."""

    card_id: str
    field: str
    mine: Any
    theirs: Any


def in_place(operation: Operation, replica: Replica, known: Known) -> set[Member]:
    """What an operation that waited would do to labels and people and others did already."""
    if operation.op_id not in replica.pending:
        return set()
    return {
        member
        for member, on in members(operation, known).items()
        if (card := _before(operation, replica, member[0])) is not None and has(card, member) == on
    }


def too_late(tried: datetime | None, now: datetime) -> str:
    """Why an operation that was sent at `tried`, and never answered, is not sent again without asking; or nothing."""
    if tried is None or now - tried < REPEATABLE:
        return ""
    return (
        f"It was sent at {tried.astimezone():%Y-%m-%d %H:%M} and never answered. "
        "That is too long ago for the server to know it again, so it may be done already."
    )


def foreign_change(operation: Operation, replica: Replica, known: Known, theirs: AbstractSet[Member] = frozenset()) -> str:
    """Why an operation that waited is not sent without asking: somebody changed the same, or took the card away; or nothing.

    `theirs` are the labels and people that others put on cards, or took off, as the user had done, too.
    """
    if operation.op_id not in replica.pending:
        return ""  # its event is in: it was done before the connection broke
    for card_id, seen in operation.seen.items():
        card = _before(operation, replica, known.id(card_id))
        mine = operation.pending.changes_on(card_id)
        if card is None:
            # Of a card that was made here the answer may be in before its event.
            if mine.get("archived") is not True and card_id not in known.ids:
                return "The card is not on the board any more."
            continue
        for field in seen.keys() - LISTS - UNSAID:
            if getattr(card, field) not in (seen[field], mine[field]) or _is_put_back(field, card, seen, mine):
                return "Somebody changed it meanwhile."
    return TAKEN_BACK if theirs & members(operation, known).keys() - in_place(operation, replica, known) else ""


def _is_put_back(field: str, card: CardSummary, seen: dict[str, Any], mine: dict[str, Any]) -> bool:
    """Whether a place within a column was meant, and the card is in another one now."""
    return field == "column_id" and seen[field] == mine[field] != card.column_id


def _before(operation: Operation, replica: Replica, card_id: str) -> CardSummary | None:
    """A card as it is for the server when the operation comes: with the user's own changes that go before it."""
    card = replica.cards.get(card_id)
    for op in replica.pending.values():
        if op.op_id == operation.op_id or card is None:
            break
        if card_id in op.card_ids:
            card = replace(card, **op.changes_on(card_id))
    return card


def row_of(kept: Kept, reason: str, error: RegoError | None = None, then: tuple[Kept, ...] = ()) -> Row:
    """The row of a change that was not done."""
    now: dict[str, Any] = error.data if isinstance(error, StaleVersion) and isinstance(error.data, dict) else {}
    texts = {name: now[name] for name in TEXTS if name in now}
    return Row(kept=kept, then=then, reason=reason, now=texts, version=now.get("version"))


def values(row: Row, replica: Replica) -> list[Value]:
    """What the user wanted and what is there now, field by field."""
    pending, body = row.kept.pending, row.kept.body or {}
    found = [
        Value(card_id, field, mine, row.now.get(field, getattr(replica.cards.get(card_id), field, None)))
        for card_id in pending.card_ids
        for field, mine in pending.changes_on(card_id).items()
        if field not in UNSAID
    ]
    if found:
        return found
    texts = [(name, value) for name in TEXTS if (value := body.get(name))]
    return [Value(pending.card_id, name, value, row.now.get(name)) for name, value in texts]


def why_impossible(row: Row, replica: Replica, me: str | None) -> str:
    """Why the user's change cannot be done after all, or nothing when it can be tried."""
    if why := why_not(replica, me):
        return why
    columns = replica.columns_in_order()
    if row.kept.creates:
        return "" if columns else "There is no column any more to put it into."
    if not _left(row.kept, replica):
        return f"{name_of(replica, row.kept.card_id)} is not on the board any more."
    target = (row.kept.body or {}).get("column_id")
    if target is not None and target not in {column.id for column in columns}:
        return "Its column is gone; open the card to move it elsewhere."
    for (_, field, member), on in members(row.kept, Known()).items():
        if on and member not in (replica.labels if field == "label_ids" else replica.members):
            return f"The {'label' if field == 'label_ids' else 'person'} is not on the board any more."
    return ""


def again(row: Row, replica: Replica) -> list[Kept]:
    """The user's change and those that hang on it as new operations that fit the board as it is now."""
    kept, body = row.kept, row.kept.body or {}
    fields: dict[str, Any] = {}
    if kept.creates or kept.kind == "MoveCard":
        fields = _place(body, replica, creates=kept.creates)
    elif "version" in body:
        card = replica.cards.get(kept.card_id)
        fields = {"version": row.version or (card.version if card is not None else body["version"])}
    elif "card_ids" in body:
        kept = _without_gone(kept, replica)
        fields = {"card_ids": list(kept.pending.card_ids)}
        if body.get("move"):
            place = _place(body["move"], replica, creates=False)
            fields["move"] = {k: v for k, v in (body["move"] | place).items() if v is not None}
    return [anew(replace(kept, seen={}, seq=0), **fields), *(anew(replace(each, seen={}, seq=0)) for each in row.then)]


def _place(body: dict[str, Any], replica: Replica, *, creates: bool) -> dict[str, Any]:
    """What to change of a place whose column, or whose neighbour, is not where it was."""
    column_id = body.get("column_id")
    column = replica.columns.get(column_id or "")
    if creates and (column is None or column.archived):
        return {"column_id": replica.columns_in_order()[0].id, "after_id": None, "before_id": None, "position": "bottom"}
    neighbour = replica.cards.get(body.get("after_id") or body.get("before_id") or "")
    if (body.get("after_id") or body.get("before_id")) and (neighbour is None or neighbour.column_id != column_id):
        return {"after_id": None, "before_id": None, "position": "bottom"}
    return {}


def _left(kept: Kept, replica: Replica) -> list[str]:
    return [card_id for card_id in kept.pending.card_ids if card_id in replica.cards]


def _without_gone(kept: Kept, replica: Replica) -> Kept:
    """An operation on several cards for those that are still there."""
    first, *others = _left(kept, replica)
    pending = kept.pending
    changes = {card_id: pending.changes_on(card_id) for card_id in others}
    return replace(kept, pending=replace(pending, card_id=first, changes=pending.changes_on(first), others=changes))
