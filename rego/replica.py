"""One board's state on the client side: a snapshot, the events since, and the local operations that are still under way.

Pure: no I/O, no clock. Two layers: `cards` is what the server confirmed; what a client draws (`card`, `cards_in`) adds the
pending operations on top, so that a key press shows at once and settles, or is rolled back, when the answer comes.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from rego.wire import events as e
from rego.wire.base import Change, Entity, Rank
from rego.wire.boards import Board, Member
from rego.wire.cards import CardSummary
from rego.wire.columns import Column
from rego.wire.labels import Label
from rego.wire.snapshot import Snapshot

_EntityT = TypeVar("_EntityT", bound=Entity)


class Gap(Exception):
    """An event came that is not the next one; the client must fetch what lies between."""

    def __init__(self, expected: int, got: int) -> None:
        super().__init__(f"expected event {expected}, got {got}")
        self.expected = expected
        self.got = got


class Touched(Struct, gc=False):
    """What an event or an operation changed, so that a client redraws just that. `frame`: board, members or labels."""

    cards: set[str] = set()
    columns: set[str] = set()
    frame: bool = False


class Pending(Struct, kw_only=True, frozen=True):
    """A local operation under way on one card: the fields that it sets, or the provisional card that it creates."""

    op_id: str
    card_id: str
    changes: dict[str, Any] = {}
    new_card: CardSummary | None = None


class Replica:
    """A board as one client knows it, at `(epoch, seq)`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.board: Board = snapshot.board
        self.epoch = snapshot.epoch
        self.seq = snapshot.seq
        self.archived = snapshot.archived
        self.deleted = False
        self.members: dict[str, Member] = {m.user_id: m for m in snapshot.members}
        self.labels: dict[str, Label] = {label.id: label for label in snapshot.labels}
        self.columns: dict[str, Column] = {c.id: c for c in snapshot.columns}
        self.cards: dict[str, CardSummary] = {c.id: c for c in snapshot.cards}
        self.pending: dict[str, Pending] = {}
        self._shown: dict[str, CardSummary] = dict(self.cards)
        self._order: dict[str, list[tuple[Rank, str]]] = {c.id: [] for c in snapshot.columns}
        for card in snapshot.cards:
            self._order[card.column_id].append((card.rank, card.id))
        for places in self._order.values():
            places.sort()

    # --- what a client draws -------------------------------------------------------------------------------------

    def card(self, card_id: str) -> CardSummary | None:
        """The card as it is shown, with pending operations, or None when it is not on the board."""
        return self._shown.get(card_id)

    def columns_in_order(self, *, archived: bool = False) -> list[Column]:
        """The columns from left to right; archived ones only when asked for."""
        shown = (c for c in self.columns.values() if archived or not c.archived)
        return sorted(shown, key=lambda c: (c.rank, c.id))

    def cards_in(self, column_id: str) -> list[CardSummary]:
        """The cards of a column from top to bottom, as shown."""
        return [self._shown[card_id] for _, card_id in self._order.get(column_id, ())]

    def count_in(self, column_id: str) -> int:
        """How many cards a column shows."""
        return len(self._order.get(column_id, ()))

    def position_of(self, card_id: str) -> int | None:
        """The card's index in its column, from 0, or None when it is not shown."""
        card = self._shown.get(card_id)
        return None if card is None else bisect_left(self._order[card.column_id], (card.rank, card.id))

    def neighbours(self, column_id: str, index: int, *, without: str | None = None) -> tuple[str | None, str | None]:
        """The ids just above and below the place `index` of a column, counted as if the card `without` were not there."""
        ids = [card_id for _, card_id in self._order.get(column_id, ()) if card_id != without]
        index = max(0, min(index, len(ids)))
        return (ids[index - 1] if index > 0 else None), (ids[index] if index < len(ids) else None)

    def ref(self, card: CardSummary) -> str:
        """How people write the card, such as `OPS-12`; a card that the server has not numbered yet is `OPS-…`."""
        return f"{self.board.key}-{card.number or '…'}"

    def pending_on(self, card_id: str) -> Iterator[Pending]:
        """The operations under way on a card, oldest first."""
        return (op for op in self.pending.values() if op.card_id == card_id)

    # --- local operations ------------------------------------------------------------------------------------------

    def pend(self, op: Pending) -> Touched:
        """Show `op` at once, on top of what the server confirmed."""
        self.pending[op.op_id] = op
        return self._refresh(op.card_id)

    def settle(self, op_id: str) -> Touched:
        """Take an operation away: it was confirmed (its event is in), or refused. Unknown ids are passed over."""
        op = self.pending.pop(op_id, None)
        return self._refresh(op.card_id) if op else Touched()

    def rank_between(self, column_id: str, index: int, *, without: str | None = None) -> Rank:
        """A provisional rank that sorts at `index` of a column; the server's own replaces it."""
        above, below = self.neighbours(column_id, index, without=without)
        if above is not None:
            return self._shown[above].rank + "8"
        return self._shown[below].rank[:-1] if below is not None else "8"

    # --- events --------------------------------------------------------------------------------------------------

    def apply(self, event: e.Event) -> Touched:
        """Take in the next event. Older ones are passed over; raises `Gap` when one is missing."""
        if event.seq <= self.seq:
            return Touched()
        if event.seq != self.seq + 1:
            raise Gap(self.seq + 1, event.seq)
        handler = _HANDLERS.get(type(event.data))
        touched = handler(self, event, event.data) if handler else Touched()
        self.seq = event.seq
        if event.op_id is not None and event.op_id in self.pending:
            settled = self.settle(event.op_id)
            touched = Touched(touched.cards | settled.cards, touched.columns | settled.columns, touched.frame)
        return touched

    def snapshot(self) -> Snapshot:
        """The confirmed state in the form in which the server gives it."""
        return Snapshot(
            board=self.board,
            seq=self.seq,
            epoch=self.epoch,
            archived=self.archived,
            members=sorted(self.members.values(), key=lambda m: (m.username, m.user_id)),
            labels=sorted(self.labels.values(), key=lambda label: label.id),
            columns=sorted(self.columns.values(), key=lambda c: (c.rank, c.id)),
            cards=sorted(self.cards.values(), key=lambda c: (c.column_id, c.rank, c.id)),
        )

    # --- inside --------------------------------------------------------------------------------------------------

    def _put(self, card: CardSummary) -> Touched:
        if card.archived and not self.archived:
            self.cards.pop(card.id, None)
        else:
            self.cards[card.id] = card
        return self._refresh(card.id)

    def _change(self, event: e.Event, card_id: str, **changes: Any) -> Touched:
        """Change a confirmed card, unless it is one that this replica does not hold (an archived one)."""
        card = self.cards.get(card_id)
        if card is None:
            return Touched()
        return self._put(_edited(card, event, **changes))

    def _recount(self, card_id: str, **counts: int) -> Touched:
        """Change what hangs on a card without touching its version."""
        card = self.cards.get(card_id)
        return Touched() if card is None else self._put(replace(card, **counts))

    def _refresh(self, card_id: str) -> Touched:
        """Work out anew how a card is shown, from the confirmed card and the operations under way on it."""
        old = self._shown.pop(card_id, None)
        touched = Touched({card_id}, set())
        if old is not None:
            places = self._order[old.column_id]
            del places[bisect_left(places, (old.rank, card_id))]
            touched.columns.add(old.column_id)
        new = self.cards.get(card_id)
        for op in self.pending_on(card_id):
            new = op.new_card or new
            if new is not None:
                new = replace(new, **op.changes)
        if new is None or (new.archived and not self.archived) or new.column_id not in self._order:
            return touched
        self._shown[card_id] = new
        insort(self._order[new.column_id], (new.rank, card_id))
        touched.columns.add(new.column_id)
        return touched


def _edited(entity: _EntityT, event: e.Event, **changes: Any) -> _EntityT:
    """`entity` after `event`: its fields converted to their types, and who changed it when."""
    by = event.actor.id if event.actor else None
    return replace(entity, updated_at=event.at, updated_by=by, **changes)


def _after(kind: type[Entity], changes: dict[str, Change]) -> dict[str, Any]:
    """The new values of `changes`, typed as the fields of `kind`; fields of a newer version are passed over."""
    types = _FIELD_TYPES[kind]
    return {name: msgspec.convert(c.after, types[name]) for name, c in changes.items() if name in types}


def _field_types(kind: type[Entity]) -> dict[str, Any]:
    return {f.encode_name: f.type for f in msgspec.structs.fields(kind)}


_FIELD_TYPES: dict[type[Entity], dict[str, Any]] = {kind: _field_types(kind) for kind in (Board, Column, Label, CardSummary)}


def _board_created(r: Replica, _: e.Event, data: e.BoardCreated | e.BoardImported) -> Touched:
    r.board = data.board
    return Touched(frame=True)


def _board_updated(r: Replica, event: e.Event, data: e.BoardUpdated) -> Touched:
    r.board = _edited(r.board, event, version=data.version, **_after(Board, data.changes))
    return Touched(frame=True)


def _board_deleted(r: Replica, _event: e.Event, _data: e.BoardDeleted) -> Touched:
    r.deleted = True
    return Touched(frame=True)


def _member_added(r: Replica, _: e.Event, data: e.MemberAdded) -> Touched:
    r.members[data.member.user_id] = data.member
    return Touched(frame=True)


def _member_updated(r: Replica, _: e.Event, data: e.MemberUpdated) -> Touched:
    r.members[data.user_id] = replace(r.members[data.user_id], role=data.after)
    return Touched(frame=True)


def _member_removed(r: Replica, _: e.Event, data: e.MemberRemoved) -> Touched:
    r.members.pop(data.member.user_id, None)
    return Touched(frame=True)


def _column_created(r: Replica, _: e.Event, data: e.ColumnCreated) -> Touched:
    r.columns[data.column.id] = data.column
    r._order.setdefault(data.column.id, [])
    return Touched(columns={data.column.id}, frame=True)


def _column_updated(r: Replica, event: e.Event, data: e.ColumnUpdated) -> Touched:
    column = r.columns[data.column_id]
    r.columns[column.id] = _edited(column, event, version=data.version, **_after(Column, data.changes))
    return Touched(columns={column.id}, frame=True)


def _column_moved(r: Replica, event: e.Event, data: e.ColumnMoved) -> Touched:
    column = r.columns[data.column_id]
    r.columns[column.id] = _edited(column, event, version=data.version, rank=data.after)
    return Touched(columns={column.id}, frame=True)


def _column_deleted(r: Replica, _: e.Event, data: e.ColumnDeleted) -> Touched:
    r.columns.pop(data.column.id, None)
    r._order.pop(data.column.id, None)
    return Touched(columns={data.column.id}, frame=True)


def _columns_reranked(r: Replica, _: e.Event, data: e.ColumnsReranked) -> Touched:
    for column_id, rank in data.ranks.items():
        r.columns[column_id] = replace(r.columns[column_id], rank=rank)
    return Touched(frame=True)


def _label_created(r: Replica, _: e.Event, data: e.LabelCreated) -> Touched:
    r.labels[data.label.id] = data.label
    return Touched(frame=True)


def _label_updated(r: Replica, event: e.Event, data: e.LabelUpdated) -> Touched:
    label = r.labels[data.label_id]
    r.labels[label.id] = _edited(label, event, version=data.version, **_after(Label, data.changes))
    return Touched(frame=True)


def _label_deleted(r: Replica, _: e.Event, data: e.LabelDeleted) -> Touched:
    r.labels.pop(data.label.id, None)
    touched = Touched(set(), set(), frame=True)
    for card_id in data.card_ids:
        if card := r.cards.get(card_id):
            touched.cards |= r._put(replace(card, label_ids=_less(card.label_ids, data.label.id))).cards
    return touched


def _card_put(r: Replica, _: e.Event, data: e.CardCreated | e.CardRestored) -> Touched:
    return r._put(data.card)


def _card_updated(r: Replica, event: e.Event, data: e.CardUpdated) -> Touched:
    changes = _after(CardSummary, data.changes)
    if "description" in data.changes:
        changes["has_description"] = bool(data.changes["description"].after)
    return r._change(event, data.card.id, version=data.version, **changes)


def _card_moved(r: Replica, event: e.Event, data: e.CardMoved) -> Touched:
    after = data.after
    return r._change(event, data.card.id, version=data.version, column_id=after.column_id, rank=after.rank)


def _card_archived(r: Replica, event: e.Event, data: e.CardArchived) -> Touched:
    return r._change(event, data.card.id, version=data.version, archived=True)


def _card_deleted(r: Replica, _: e.Event, data: e.CardDeleted) -> Touched:
    r.cards.pop(data.card.id, None)
    return r._refresh(data.card.id)


def _cards_reranked(r: Replica, _: e.Event, data: e.CardsReranked) -> Touched:
    for card_id, rank in data.ranks.items():
        if card := r.cards.get(card_id):
            r._put(replace(card, rank=rank))
    return Touched(columns={data.column_id})


def _card_assigned(r: Replica, event: e.Event, data: e.CardAssigned) -> Touched:
    return _change_list(r, event, data, "assignee_ids", _plus, data.user_id)


def _card_unassigned(r: Replica, event: e.Event, data: e.CardUnassigned) -> Touched:
    return _change_list(r, event, data, "assignee_ids", _less, data.user_id)


def _card_labelled(r: Replica, event: e.Event, data: e.CardLabelled) -> Touched:
    return _change_list(r, event, data, "label_ids", _plus, data.label_id)


def _card_unlabelled(r: Replica, event: e.Event, data: e.CardUnlabelled) -> Touched:
    return _change_list(r, event, data, "label_ids", _less, data.label_id)


def _change_list(
    r: Replica,
    event: e.Event,
    data: e.CardAssigned | e.CardUnassigned | e.CardLabelled | e.CardUnlabelled,
    name: str,
    change: Callable[[list[str], str], list[str]],
    value: str,
) -> Touched:
    card = r.cards.get(data.card.id)
    if card is None:
        return Touched()
    return r._change(event, card.id, version=data.version, **{name: change(getattr(card, name), value)})


def _plus(values: list[str], value: str) -> list[str]:
    return values if value in values else sorted([*values, value])


def _less(values: list[str], value: str) -> list[str]:
    return [v for v in values if v != value]


def _checklist_created(_r: Replica, _event: e.Event, data: e.ChecklistCreated) -> Touched:
    return Touched(cards={data.card.id})


def _checklist_counted(
    r: Replica,
    _: e.Event,
    data: e.ChecklistDeleted | e.ChecklistItemCreated | e.ChecklistItemUpdated | e.ChecklistItemDeleted,
) -> Touched:
    return r._recount(data.card.id, checklist_done=data.checklist_done, checklist_total=data.checklist_total)


def _comments_counted(r: Replica, _: e.Event, data: e.CommentCreated | e.CommentDeleted) -> Touched:
    return r._recount(data.card.id, comment_count=data.comment_count)


_Handler = Callable[[Replica, e.Event, Any], Touched]

_HANDLERS: dict[type, _Handler] = {
    e.BoardCreated: _board_created,
    e.BoardImported: _board_created,
    e.BoardUpdated: _board_updated,
    e.BoardDeleted: _board_deleted,
    e.MemberAdded: _member_added,
    e.MemberUpdated: _member_updated,
    e.MemberRemoved: _member_removed,
    e.ColumnCreated: _column_created,
    e.ColumnUpdated: _column_updated,
    e.ColumnMoved: _column_moved,
    e.ColumnDeleted: _column_deleted,
    e.ColumnsReranked: _columns_reranked,
    e.LabelCreated: _label_created,
    e.LabelUpdated: _label_updated,
    e.LabelDeleted: _label_deleted,
    e.CardCreated: _card_put,
    e.CardRestored: _card_put,
    e.CardUpdated: _card_updated,
    e.CardMoved: _card_moved,
    e.CardArchived: _card_archived,
    e.CardDeleted: _card_deleted,
    e.CardsReranked: _cards_reranked,
    e.CardAssigned: _card_assigned,
    e.CardUnassigned: _card_unassigned,
    e.CardLabelled: _card_labelled,
    e.CardUnlabelled: _card_unlabelled,
    e.ChecklistCreated: _checklist_created,
    e.ChecklistDeleted: _checklist_counted,
    e.ChecklistItemCreated: _checklist_counted,
    e.ChecklistItemUpdated: _checklist_counted,
    e.ChecklistItemDeleted: _checklist_counted,
    e.CommentCreated: _comments_counted,
    e.CommentDeleted: _comments_counted,
}
