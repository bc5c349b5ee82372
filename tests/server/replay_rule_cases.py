"""The cases about automation rules: the rules themselves, which no snapshot holds, and what they do, which is in the events."""

from __future__ import annotations

from rego.client import automations, cards, checklists
from rego.wire.automation_runs import DryRun
from rego.wire.automations import (
    AnyAction,
    AnyTrigger,
    CreateAutomation,
    DoAddChecklist,
    DoArchive,
    DoAssign,
    DoComment,
    DoComplete,
    DoLabel,
    DoMove,
    DoSetDue,
    DoSetPriority,
    DoUnassign,
    DoUnlabel,
    UpdateAutomation,
    WhenAssigned,
    WhenChecklistCompleted,
    WhenCompleted,
    WhenCreated,
    WhenLabelled,
    WhenMoved,
)
from rego.wire.base import Position
from rego.wire.cards import CreateCard, MoveCard, Priority, UpdateCard
from rego.wire.checklists import UpdateChecklistItem
from tests.running import Somebody
from tests.server.furnished import Furnished
from tests.server.replay_cases import case


async def _rule(desk: Furnished, trigger: AnyTrigger, *actions: AnyAction) -> None:
    await desk.send(
        automations.create_automation(desk.board.id, CreateAutomation(name="x", trigger=trigger, actions=[*actions]))
    )


@case("POST /boards/{board_id}/automations", "automation.created")
async def create_a_rule(desk: Furnished, _: Somebody) -> None:
    await _rule(desk, WhenCreated(), DoComplete())


@case("PATCH /automations/{automation_id}", "automation.updated", "automation.updated")
async def change_a_rule_and_clear_its_conditions(desk: Furnished, _: Somebody) -> None:
    body = UpdateAutomation(name="Other", enabled=True, conditions="is:open", trigger=WhenCompleted(), actions=[DoArchive()])
    await desk.send(automations.update_automation(desk.automation.id, body))
    await desk.send(automations.update_automation(desk.automation.id, UpdateAutomation(conditions=None)))


@case("PATCH /automations/{automation_id}")
async def change_nothing_of_a_rule(desk: Furnished, _: Somebody) -> None:
    rule = desk.automation
    body = UpdateAutomation(name=rule.name, conditions=None, trigger=rule.trigger, actions=rule.actions)
    await desk.send(automations.update_automation(rule.id, body))


@case("DELETE /automations/{automation_id}", "automation.deleted")
async def delete_a_rule(desk: Furnished, _: Somebody) -> None:
    await desk.send(automations.delete_automation(desk.automation.id))


@case("POST /automations/{automation_id}/test")
async def try_a_rule(desk: Furnished, _: Somebody) -> None:
    await desk.send(automations.test_automation(desk.automation.id, DryRun(card_id=desk.one.id)))


@case("POST /cards/{card}/move", "automation.created", "card.moved", "card.updated", "card.updated", "card.updated")
async def a_moved_card_is_done_and_dated(desk: Furnished, _: Somebody) -> None:
    actions = DoComplete(), DoSetDue(due="+3d"), DoSetPriority(priority=Priority.HIGH)
    await _rule(desk, WhenMoved(from_column=desk.todo.id, to_column=desk.doing.id), *actions)
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))


@case("POST /boards/{board_id}/cards", "automation.created", "card.created", "card.moved", "card.labelled", "card.assigned")
async def a_new_card_is_moved_and_gets_people(desk: Furnished, _: Somebody) -> None:
    actions = (
        DoMove(column=desk.doing.id, position=Position.TOP),
        DoLabel(label=desk.label.id),
        DoAssign(user=desk.owner.user.id),
    )
    await _rule(desk, WhenCreated(column=desk.todo.id), *actions)
    await desk.send(cards.create_card(desk.board.id, CreateCard(title="new", column_id=desk.todo.id)))


@case(
    "PUT /cards/{card}/labels/{label_id}",
    *("automation.created", "card.labelled", "card.unlabelled", "card.unassigned", "comment.created"),
)
async def a_labelled_card_loses_what_it_had(desk: Furnished, _: Somebody) -> None:
    actions = DoUnlabel(label=desk.label.id), DoUnassign(user=desk.member.user.id), DoComment(text="By **rule**")
    await _rule(desk, WhenLabelled(label=desk.other_label.id), *actions)
    await desk.send(cards.label_card(desk.one.id, desk.other_label.id))


@case(
    "PUT /cards/{card}/assignees/{user_id}",
    *("automation.created", "card.assigned", "checklist.created", "checklist_item.created", "checklist_item.created"),
)
async def an_assigned_card_gets_a_checklist(desk: Furnished, _: Somebody) -> None:
    await _rule(desk, WhenAssigned(), DoAddChecklist(title="Before you begin", items=["read", "ask"]))
    await desk.send(cards.assign_card(desk.two.id, desk.owner.user.id))


@case("PATCH /cards/{card}", "automation.created", "card.updated", "card.archived")
async def a_finished_card_is_put_away(desk: Furnished, _: Somebody) -> None:
    await _rule(desk, WhenCompleted(), DoArchive())
    await desk.send(cards.update_card(desk.one.id, UpdateCard(completed=True)))


@case("PATCH /checklist-items/{item_id}", "automation.created", "checklist_item.updated", "card.updated")
async def a_card_whose_checklist_is_done_is_done(desk: Furnished, _: Somebody) -> None:
    await _rule(desk, WhenChecklistCompleted(), DoComplete())
    await desk.send(checklists.update_checklist_item(desk.open_item.id, UpdateChecklistItem(done=True)))
