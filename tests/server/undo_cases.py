"""One act for every type of event that can be undone: what is done, and what must have been done before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from rego.client import attachments, automations, boards, cards, checklists, columns, comments, labels
from rego.client.files import FileUpload
from rego.wire import events as e
from rego.wire.attachments import UpdateAttachment
from rego.wire.automations import CreateAutomation, DoArchive, DoComplete, UpdateAutomation, WhenCreated
from rego.wire.base import Position, Role
from rego.wire.boards import AddMember, UpdateBoard, UpdateMember
from rego.wire.cards import ClaimCard, CreateCard, MoveCard, Priority, UpdateCard
from rego.wire.checklists import (
    CreateChecklist,
    CreateChecklistItem,
    MoveChecklist,
    MoveChecklistItem,
    UpdateChecklist,
    UpdateChecklistItem,
)
from rego.wire.columns import Color, CreateColumn, MoveColumn, UpdateColumn, WipMode
from rego.wire.comments import CreateComment, UpdateComment
from rego.wire.labels import CreateLabel, UpdateLabel
from tests.running import Somebody
from tests.server.furnished import Furnished

Act = Callable[[Furnished, Somebody], Awaitable[Any]]


class UndoCase(NamedTuple):
    """`act` is done by the owner; its last event is of type `undone`. The newcomer is somebody who is not on the board.

    What `prepare` does stays, whatever is undone.
    """

    name: str
    undone: type[e.EventData]
    act: Act
    prepare: Act


async def _nothing(_: Furnished, __: Somebody) -> None:
    """The board is as the act needs it."""


UNDO_CASES: list[UndoCase] = []


def undo(kind: type[e.EventData], prepare: Act = _nothing) -> Callable[[Act], Act]:
    """Register an act whose last event is of type `kind`."""

    def register(act: Act) -> Act:
        UNDO_CASES.append(UndoCase(act.__name__, kind, act, prepare))
        return act

    return register


# --- the board and its people -------------------------------------------------------------------------------------------


@undo(e.BoardUpdated)
async def change_the_board(desk: Furnished, _: Somebody) -> None:
    await desk.own(boards.update_board(desk.board.id, UpdateBoard(title="Renamed", description="", archived=True)))


@undo(e.MemberAdded)
async def add_a_member(desk: Furnished, newcomer: Somebody) -> None:
    await desk.own(boards.add_member(desk.board.id, AddMember(role=Role.VIEWER, username=newcomer.user.username)))


@undo(e.MemberUpdated)
async def change_a_role(desk: Furnished, _: Somebody) -> None:
    await desk.own(boards.update_member(desk.board.id, desk.viewer.user.id, UpdateMember(role=Role.OWNER)))


@undo(e.MemberRemoved)
async def remove_a_member_who_is_on_cards(desk: Furnished, _: Somebody) -> None:
    await desk.own(boards.remove_member(desk.board.id, desk.member.user.id))


# --- columns and labels -------------------------------------------------------------------------------------------------


@undo(e.ColumnCreated)
async def create_a_column(desk: Furnished, _: Somebody) -> None:
    body = CreateColumn(title="New", wip_limit=3, wip_mode=WipMode.HARD, done=True, color=Color.LIME, after_id=desk.todo.id)
    await desk.own(columns.create_column(desk.board.id, body))


@undo(e.ColumnUpdated)
async def change_a_column(desk: Furnished, _: Somebody) -> None:
    body = UpdateColumn(title="Renamed", wip_limit=2, wip_mode=WipMode.HARD, done=True, color=Color.SKY, archived=True)
    await desk.own(columns.update_column(desk.todo.id, body))


@undo(e.ColumnMoved)
async def move_a_column(desk: Furnished, _: Somebody) -> None:
    await desk.own(columns.move_column(desk.spare.id, MoveColumn(position=Position.TOP)))


@undo(e.ColumnDeleted)
async def delete_a_column(desk: Furnished, _: Somebody) -> None:
    await desk.own(columns.delete_column(desk.spare.id))


@undo(e.LabelCreated)
async def create_a_label(desk: Furnished, _: Somebody) -> None:
    await desk.own(labels.create_label(desk.board.id, CreateLabel(name="", color=Color.PINK)))


@undo(e.LabelUpdated)
async def change_a_label(desk: Furnished, _: Somebody) -> None:
    await desk.own(labels.update_label(desk.label.id, UpdateLabel(name="defect", color=Color.ORANGE)))


@undo(e.LabelDeleted)
async def delete_a_label_that_cards_carry(desk: Furnished, _: Somebody) -> None:
    await desk.own(labels.delete_label(desk.label.id))


# --- rules --------------------------------------------------------------------------------------------------------------


@undo(e.AutomationCreated)
async def make_a_rule(desk: Furnished, _: Somebody) -> None:
    body = CreateAutomation(name="x", trigger=WhenCreated(), actions=[DoComplete()], conditions="label:bug")
    await desk.own(automations.create_automation(desk.board.id, body))


@undo(e.AutomationUpdated)
async def change_a_rule(desk: Furnished, _: Somebody) -> None:
    body = UpdateAutomation(name="Other", enabled=True, trigger=WhenCreated(), actions=[DoArchive()], conditions="label:bug")
    await desk.own(automations.update_automation(desk.automation.id, body))


@undo(e.AutomationDeleted)
async def delete_a_rule(desk: Furnished, _: Somebody) -> None:
    await desk.own(automations.delete_automation(desk.automation.id))


# --- cards --------------------------------------------------------------------------------------------------------------


@undo(e.CardCreated)
async def create_a_card_with_everything(desk: Furnished, _: Somebody) -> None:
    body = CreateCard(
        title="new",
        column_id=desk.todo.id,
        before_id=desk.two.id,
        description="Long text",
        due_at=datetime(2027, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        priority=Priority.URGENT,
        label_ids=[desk.label.id],
        assignee_ids=[desk.member.user.id],
    )
    await desk.own(cards.create_card(desk.board.id, body))


@undo(e.CardUpdated)
async def change_every_field_of_a_card(desk: Furnished, _: Somebody) -> None:
    body = UpdateCard(
        title="renamed",
        description="other",
        due_at=datetime(2027, 1, 2, tzinfo=UTC),
        start_at=datetime(2026, 1, 2, tzinfo=UTC),
        priority=Priority.HIGH,
        completed=True,
    )
    await desk.own(cards.update_card(desk.one.id, body))


@undo(e.CardUpdated)
async def clear_a_description(desk: Furnished, _: Somebody) -> None:
    await desk.own(cards.update_card(desk.one.id, UpdateCard(description="")))


@undo(e.CardMoved)
async def move_a_card_to_another_column(desk: Furnished, _: Somebody) -> None:
    await desk.own(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id, position=Position.TOP)))


@undo(e.CardMoved)
async def move_a_card_within_its_column(desk: Furnished, _: Somebody) -> None:
    await desk.own(cards.move_card(desk.two.id, MoveCard(position=Position.TOP)))


@undo(e.CardArchived)
async def archive_a_card(desk: Furnished, _: Somebody) -> None:
    await desk.own(cards.update_card(desk.one.id, UpdateCard(archived=True)))


@undo(e.CardRestored)
async def restore_a_card(desk: Furnished, _: Somebody) -> None:
    await desk.own(cards.update_card(desk.four.id, UpdateCard(archived=False)))


@undo(e.CardDeleted)
async def delete_a_card_with_all_that_hangs_on_it(desk: Furnished, _: Somebody) -> None:
    await desk.own(cards.delete_card(desk.one.id))


@undo(e.CardDeleted)
async def delete_an_archived_card(desk: Furnished, _: Somebody) -> None:
    await desk.own(cards.delete_card(desk.four.id))


@undo(e.CardAssigned)
async def assign_a_card(desk: Furnished, _: Somebody) -> None:
    await desk.own(cards.assign_card(desk.one.id, desk.owner.user.id))


@undo(e.CardUnassigned)
async def unassign_a_card(desk: Furnished, _: Somebody) -> None:
    await desk.own(cards.unassign_card(desk.one.id, desk.member.user.id))


@undo(e.CardClaimed)
async def claim_a_card(desk: Furnished, _: Somebody) -> None:
    await desk.own(cards.claim_card(desk.board.id, ClaimCard(card=desk.two.id)))


@undo(e.CardLabelled)
async def put_a_label_on(desk: Furnished, _: Somebody) -> None:
    await desk.own(cards.label_card(desk.one.id, desk.other_label.id))


@undo(e.CardUnlabelled)
async def take_a_label_off(desk: Furnished, _: Somebody) -> None:
    await desk.own(cards.unlabel_card(desk.one.id, desk.label.id))


# --- what hangs on cards ------------------------------------------------------------------------------------------------


@undo(e.ChecklistCreated)
async def create_a_checklist(desk: Furnished, _: Somebody) -> None:
    await desk.own(checklists.create_checklist(desk.one.id, CreateChecklist(title="More")))


@undo(e.ChecklistUpdated)
async def rename_a_checklist(desk: Furnished, _: Somebody) -> None:
    await desk.own(checklists.update_checklist(desk.checklist.id, UpdateChecklist(title="Stages")))


async def _another_checklist(desk: Furnished, _: Somebody) -> None:
    await desk.own(checklists.create_checklist(desk.one.id, CreateChecklist(title="More")))


@undo(e.ChecklistMoved, _another_checklist)
async def move_a_checklist(desk: Furnished, _: Somebody) -> None:
    await desk.own(checklists.move_checklist(desk.checklist.id, MoveChecklist()))


@undo(e.ChecklistDeleted)
async def delete_a_checklist(desk: Furnished, _: Somebody) -> None:
    await desk.own(checklists.delete_checklist(desk.checklist.id))


@undo(e.ChecklistItemCreated)
async def create_an_item(desk: Furnished, _: Somebody) -> None:
    body = CreateChecklistItem(text="third", assignee_id=desk.member.user.id, due_at=datetime(2027, 1, 2, tzinfo=UTC))
    await desk.own(checklists.create_checklist_item(desk.checklist.id, body))


@undo(e.ChecklistItemUpdated)
async def tick_and_change_an_item(desk: Furnished, _: Somebody) -> None:
    body = UpdateChecklistItem(done=True, text="shut", assignee_id=desk.member.user.id, due_at=datetime(2027, 1, 2, tzinfo=UTC))
    await desk.own(checklists.update_checklist_item(desk.open_item.id, body))


@undo(e.ChecklistItemMoved)
async def move_an_item_within_its_checklist(desk: Furnished, _: Somebody) -> None:
    await desk.own(checklists.move_checklist_item(desk.open_item.id, MoveChecklistItem()))


@undo(e.ChecklistItemMoved, _another_checklist)
async def move_an_item_to_another_checklist(desk: Furnished, _: Somebody) -> None:
    other = (await desk.own(checklists.list_checklists(desk.one.id)))[-1]
    await desk.own(checklists.move_checklist_item(desk.done_item.id, MoveChecklistItem(checklist_id=other.id)))


@undo(e.ChecklistItemDeleted)
async def delete_a_done_item(desk: Furnished, _: Somebody) -> None:
    await desk.own(checklists.delete_checklist_item(desk.done_item.id))


@undo(e.CommentCreated)
async def comment_on_a_card(desk: Furnished, _: Somebody) -> None:
    await desk.own(comments.create_comment(desk.one.id, CreateComment(text="Yes")))


@undo(e.CommentUpdated)
async def change_a_comment(desk: Furnished, _: Somebody) -> None:
    await desk.own(comments.update_comment(desk.comment.id, UpdateComment(text=f"Look here, @{desk.member.user.username}")))


@undo(e.CommentDeleted)
async def delete_a_comment(desk: Furnished, _: Somebody) -> None:
    await desk.own(comments.delete_comment(desk.comment.id))


@undo(e.AttachmentCreated)
async def attach_a_file(desk: Furnished, _: Somebody) -> None:
    await desk.own(attachments.create_attachment(desk.one.id, FileUpload.of_bytes(b"more", "more.txt")))


@undo(e.AttachmentUpdated)
async def rename_a_file(desk: Furnished, _: Somebody) -> None:
    await desk.own(attachments.update_attachment(desk.attachment.id, UpdateAttachment(filename="other.txt")))


@undo(e.AttachmentDeleted)
async def delete_a_file(desk: Furnished, _: Somebody) -> None:
    await desk.own(attachments.delete_attachment(desk.attachment.id))
