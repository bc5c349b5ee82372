"""What each type of event changes in a replica: one function per type, one table of all.

An event about something that the replica does not hold is passed over: an archived card, or an entity whose own event came
from a newer server and could not be read.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from rego.wire import events as e
from rego.wire.base import Change, Entity
from rego.wire.boards import Board
from rego.wire.cards import CardSummary
from rego.wire.columns import Column
from rego.wire.labels import Label

if TYPE_CHECKING:
    from rego.replica import Replica

_EntityT = TypeVar("_EntityT", bound=Entity)


class Touched(Struct, gc=False):
    """What an event or an operation changed, so that a client redraws just that. `frame`: board, members or labels."""

    cards: set[str] = set()
    columns: set[str] = set()
    frame: bool = False

    def add(self, other: Touched) -> None:
        """Take in what `other` names."""
        self.cards |= other.cards
        self.columns |= other.columns
        self.frame |= other.frame


def _edited(entity: _EntityT, event: e.Event, **changes: Any) -> _EntityT:
    """`entity` after `event`: with `changes`, and who made them when."""
    by = event.actor.id if event.actor else None
    return replace(entity, updated_at=event.at, updated_by=by, **changes)


def _after(kind: type[Entity], changes: dict[str, Change]) -> dict[str, Any]:
    """The new values of `changes`, typed as the fields of `kind`; what only a newer version can read is passed over."""
    types = _FIELD_TYPES[kind]
    after: dict[str, Any] = {}
    for name in changes.keys() & types.keys():
        with suppress(msgspec.ValidationError):
            after[name] = msgspec.convert(changes[name].after, types[name])
    return after


def _field_types(kind: type[Entity]) -> dict[str, Any]:
    return {f.encode_name: f.type for f in msgspec.structs.fields(kind)}


_FIELD_TYPES: dict[type[Entity], dict[str, Any]] = {kind: _field_types(kind) for kind in (Board, Column, Label, CardSummary)}


def _change(r: Replica, event: e.Event, card_id: str, **changes: Any) -> Touched:
    """Change a card, unless it is one that this replica does not hold."""
    card = r.cards.get(card_id)
    return Touched() if card is None else r.put_card(_edited(card, event, **changes))


def _recount(r: Replica, card_id: str, **counts: int) -> Touched:
    """Change what hangs on a card, without touching its version."""
    card = r.cards.get(card_id)
    return Touched() if card is None else r.put_card(replace(card, **counts))


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
    return _listed(r, data.card_ids, "assignee_ids", _plus, data.member.user_id)


def _member_updated(r: Replica, _: e.Event, data: e.MemberUpdated) -> Touched:
    if member := r.members.get(data.user_id):
        r.members[member.user_id] = replace(member, role=data.after)
    return Touched(frame=True)


def _member_removed(r: Replica, _: e.Event, data: e.MemberRemoved) -> Touched:
    r.members.pop(data.member.user_id, None)
    return _listed(r, data.card_ids, "assignee_ids", _less, data.member.user_id)


def _column_created(r: Replica, _: e.Event, data: e.ColumnCreated) -> Touched:
    return r.put_column(data.column)


def _column_updated(r: Replica, event: e.Event, data: e.ColumnUpdated) -> Touched:
    column = r.columns.get(data.column_id)
    if column is None:
        return Touched()
    return r.put_column(_edited(column, event, version=data.version, **_after(Column, data.changes)))


def _column_moved(r: Replica, event: e.Event, data: e.ColumnMoved) -> Touched:
    column = r.columns.get(data.column_id)
    if column is None:
        return Touched()
    return r.put_column(_edited(column, event, version=data.version, rank=data.after))


def _column_deleted(r: Replica, _: e.Event, data: e.ColumnDeleted) -> Touched:
    return r.drop_column(data.column.id)


def _columns_reranked(r: Replica, _: e.Event, data: e.ColumnsReranked) -> Touched:
    touched = Touched(frame=True)
    for column_id in data.ranks.keys() & r.columns.keys():
        touched.add(r.put_column(replace(r.columns[column_id], rank=data.ranks[column_id])))
    return touched


def _label_created(r: Replica, _: e.Event, data: e.LabelCreated) -> Touched:
    r.labels[data.label.id] = data.label
    return _listed(r, data.card_ids, "label_ids", _plus, data.label.id)


def _label_updated(r: Replica, event: e.Event, data: e.LabelUpdated) -> Touched:
    if label := r.labels.get(data.label_id):
        r.labels[label.id] = _edited(label, event, version=data.version, **_after(Label, data.changes))
    return Touched(frame=True)


def _label_deleted(r: Replica, _: e.Event, data: e.LabelDeleted) -> Touched:
    r.labels.pop(data.label.id, None)
    return _listed(r, data.card_ids, "label_ids", _less, data.label.id)


def _listed(r: Replica, card_ids: list[str], name: str, change: Callable[[list[str], str], list[str]], value: str) -> Touched:
    """Put `value` on, or take it off, a list of each of some cards, without touching their versions."""
    touched = Touched(frame=True)
    for card_id in card_ids:
        if card := r.cards.get(card_id):
            touched.add(r.put_card(replace(card, **{name: change(getattr(card, name), value)})))
    return touched


def _card_put(r: Replica, _: e.Event, data: e.CardCreated | e.CardRestored | e.CardArrived) -> Touched:
    return r.put_card(data.card)


def _card_updated(r: Replica, event: e.Event, data: e.CardUpdated) -> Touched:
    changes = _after(CardSummary, data.changes)
    if "description" in data.changes:
        changes["has_description"] = bool(data.changes["description"].after)
    return _change(r, event, data.card.id, version=data.version, **changes)


def _card_moved(r: Replica, event: e.Event, data: e.CardMoved) -> Touched:
    after = data.after
    return _change(r, event, data.card.id, version=data.version, column_id=after.column_id, rank=after.rank)


def _card_archived(r: Replica, event: e.Event, data: e.CardArchived) -> Touched:
    return _change(r, event, data.card.id, version=data.version, archived=True)


def _card_gone(r: Replica, _: e.Event, data: e.CardDeleted | e.CardLeft) -> Touched:
    return r.drop_card(data.card.id)


def _cards_reranked(r: Replica, _: e.Event, data: e.CardsReranked) -> Touched:
    touched = Touched(columns={data.column_id})
    for card_id, rank in data.ranks.items():
        if card := r.cards.get(card_id):
            touched.add(r.put_card(replace(card, rank=rank)))
    return touched


def _card_assigned(r: Replica, event: e.Event, data: e.CardAssigned) -> Touched:
    return _change_list(r, event, data, "assignee_ids", _plus, data.user_id)


def _card_unassigned(r: Replica, event: e.Event, data: e.CardUnassigned) -> Touched:
    return _change_list(r, event, data, "assignee_ids", _less, data.user_id)


def _card_claimed(r: Replica, event: e.Event, data: e.CardClaimed) -> Touched:
    card = r.cards.get(data.card.id)
    if card is None:
        return Touched()
    others = card.assignee_ids if data.taken_from is None else _less(card.assignee_ids, data.taken_from.id)
    return _change(r, event, card.id, version=data.version, assignee_ids=_plus(others, data.user_id))


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
    return _change(r, event, card.id, version=data.version, **{name: change(getattr(card, name), value)})


def _plus(values: list[str], value: str) -> list[str]:
    return values if value in values else sorted([*values, value])


def _less(values: list[str], value: str) -> list[str]:
    return [v for v in values if v != value]


def _card_touched(
    _r: Replica,
    _event: e.Event,
    data: e.ChecklistUpdated
    | e.ChecklistMoved
    | e.ChecklistsReranked
    | e.ChecklistItemMoved
    | e.ChecklistItemsReranked
    | e.CommentUpdated,
) -> Touched:
    """What a replica does not hold changed: what hangs on a card is fetched with it."""
    return Touched(cards={data.card.id})


def _checklist_created(r: Replica, _: e.Event, data: e.ChecklistCreated) -> Touched:
    if data.checklist_done is None or data.checklist_total is None:
        return Touched(cards={data.card.id})
    return _recount(r, data.card.id, checklist_done=data.checklist_done, checklist_total=data.checklist_total)


def _checklist_counted(
    r: Replica,
    _: e.Event,
    data: e.ChecklistDeleted | e.ChecklistItemCreated | e.ChecklistItemUpdated | e.ChecklistItemDeleted,
) -> Touched:
    return _recount(r, data.card.id, checklist_done=data.checklist_done, checklist_total=data.checklist_total)


def _comments_counted(r: Replica, _: e.Event, data: e.CommentCreated | e.CommentDeleted) -> Touched:
    return _recount(r, data.card.id, comment_count=data.comment_count)


def _attachments_counted(r: Replica, _: e.Event, data: e.AttachmentCreated | e.AttachmentDeleted) -> Touched:
    return _recount(r, data.card.id, attachment_count=data.attachment_count)


def _attachment_updated(_r: Replica, _event: e.Event, data: e.AttachmentUpdated) -> Touched:
    return Touched(cards={data.card.id})


Handler: TypeAlias = "Callable[[Replica, e.Event, Any], Touched]"

HANDLERS: dict[type, Handler] = {
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
    e.CardArrived: _card_put,
    e.CardUpdated: _card_updated,
    e.CardMoved: _card_moved,
    e.CardArchived: _card_archived,
    e.CardDeleted: _card_gone,
    e.CardLeft: _card_gone,
    e.CardsReranked: _cards_reranked,
    e.CardAssigned: _card_assigned,
    e.CardUnassigned: _card_unassigned,
    e.CardClaimed: _card_claimed,
    e.CardLabelled: _card_labelled,
    e.CardUnlabelled: _card_unlabelled,
    e.ChecklistCreated: _checklist_created,
    e.ChecklistUpdated: _card_touched,
    e.ChecklistMoved: _card_touched,
    e.ChecklistsReranked: _card_touched,
    e.ChecklistDeleted: _checklist_counted,
    e.ChecklistItemCreated: _checklist_counted,
    e.ChecklistItemUpdated: _checklist_counted,
    e.ChecklistItemMoved: _card_touched,
    e.ChecklistItemsReranked: _card_touched,
    e.ChecklistItemDeleted: _checklist_counted,
    e.CommentCreated: _comments_counted,
    e.CommentUpdated: _card_touched,
    e.CommentDeleted: _comments_counted,
    e.AttachmentCreated: _attachments_counted,
    e.AttachmentUpdated: _attachment_updated,
    e.AttachmentDeleted: _attachments_counted,
}
