"""The inverse of every type of event, or why it has none: one table, which a test holds complete."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from rego.wire import events as e
from rego_server.core.uow import UnitOfWork
from rego_server.domains.undo.actions import (
    attachments,
    automations,
    board,
    cards,
    checklists,
    columns,
    comments,
    items,
    labels,
    members,
    revival,
)
from rego_server.domains.undo.rules import Irreversible

Inverse: TypeAlias = Callable[[UnitOfWork, e.Event, Any], Awaitable[None]]
"""Makes the change that takes an event back, after a look at whether it can be. Its own event is the last that it emits."""

_ROOM = Irreversible("it only made room in an order and changed nothing that anybody sees", silent=True)
_FIRST = Irreversible("it is the board's beginning; delete the board instead")
_CROSSING = Irreversible("it changed two boards; move the card back instead")

INVERSES: dict[type, Inverse | Irreversible] = {
    e.BoardCreated: _FIRST,
    e.BoardImported: _FIRST,
    e.BoardUpdated: board.board_updated,
    e.BoardDeleted: Irreversible("the board is gone with its log"),
    e.MemberAdded: members.member_added,
    e.MemberUpdated: members.member_updated,
    e.MemberRemoved: members.member_removed,
    e.InvitationCreated: Irreversible("its token may be with somebody already; revoke the invitation instead"),
    e.InvitationRevoked: Irreversible("a revoked token stays worthless; make another invitation"),
    e.ColumnCreated: columns.column_created,
    e.ColumnUpdated: columns.column_updated,
    e.ColumnMoved: columns.column_moved,
    e.ColumnDeleted: columns.column_deleted,
    e.ColumnsReranked: _ROOM,
    e.LabelCreated: labels.label_created,
    e.LabelUpdated: labels.label_updated,
    e.LabelDeleted: labels.label_deleted,
    e.CardCreated: cards.card_created,
    e.CardUpdated: cards.card_updated,
    e.CardMoved: cards.card_moved,
    e.CardArchived: cards.card_archived,
    e.CardRestored: cards.card_restored,
    e.CardDeleted: revival.card_deleted,
    e.CardLeft: _CROSSING,
    e.CardArrived: _CROSSING,
    e.CardsReranked: _ROOM,
    e.CardAssigned: cards.card_assigned,
    e.CardUnassigned: cards.card_unassigned,
    e.CardClaimed: cards.card_assigned,
    e.CardLabelled: cards.card_labelled,
    e.CardUnlabelled: cards.card_unlabelled,
    e.ChecklistCreated: checklists.checklist_created,
    e.ChecklistUpdated: checklists.checklist_updated,
    e.ChecklistMoved: checklists.checklist_moved,
    e.ChecklistsReranked: _ROOM,
    e.ChecklistDeleted: checklists.checklist_deleted,
    e.ChecklistItemCreated: items.item_created,
    e.ChecklistItemUpdated: items.item_updated,
    e.ChecklistItemMoved: items.item_moved,
    e.ChecklistItemsReranked: _ROOM,
    e.ChecklistItemDeleted: items.item_deleted,
    e.CommentCreated: comments.comment_created,
    e.CommentUpdated: comments.comment_updated,
    e.CommentDeleted: comments.comment_deleted,
    e.AttachmentCreated: attachments.attachment_created,
    e.AttachmentUpdated: attachments.attachment_updated,
    e.AttachmentDeleted: attachments.attachment_deleted,
    e.AutomationCreated: automations.automation_created,
    e.AutomationUpdated: automations.automation_updated,
    e.AutomationDeleted: automations.automation_deleted,
}
