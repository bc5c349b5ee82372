"""Rules at work: what follows from a change, in its transaction; what fails by itself; where a circle ends; what is logged."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from rego.client import automations, boards, cards, checklists, columns, comments, history, labels
from rego.wire import limits
from rego.wire.automation_runs import AutomationRun, DryRun
from rego.wire.automations import (
    AnyAction,
    AnyTrigger,
    Automation,
    CreateAutomation,
    DoAddChecklist,
    DoArchive,
    DoAssign,
    DoComment,
    DoComplete,
    DoLabel,
    DoMove,
    DoSetPriority,
    DoUnlabel,
    Outcome,
    UpdateAutomation,
    WhenAssigned,
    WhenChecklistCompleted,
    WhenCompleted,
    WhenCreated,
    WhenLabelled,
    WhenMoved,
)
from rego.wire.cards import CardRef, CreateCard, MoveCard, Priority, UpdateCard
from rego.wire.checklists import UpdateChecklistItem
from rego.wire.columns import Color, UpdateColumn, WipMode
from rego.wire.errors import NotFound
from rego.wire.events import Cause, Event
from rego.wire.labels import CreateLabel, UpdateLabel
from rego_server.domains.automations import running
from tests.board_replay import events_since
from tests.server.furnished import Furnished


async def _rule(desk: Furnished, trigger: AnyTrigger, *actions: AnyAction, **more: Any) -> Automation:
    body = CreateAutomation(**{"name": "Rule", "trigger": trigger, "actions": [*actions], **more})
    return await desk.send(automations.create_automation(desk.board.id, body))


async def _seq(desk: Furnished) -> int:
    return (await desk.snapshot()).seq


async def _since(desk: Furnished, seq: int) -> list[Event]:
    return await events_since(desk.member.client, desk.board.id, seq)


async def _runs(desk: Furnished, rule: Automation) -> list[AutomationRun]:
    return await desk.send(automations.list_runs(rule.id))


async def _outcome(desk: Furnished, rule: Automation) -> Outcome | None:
    return (await desk.send(automations.get_automation(rule.id))).last_outcome


# --- what a rule does --------------------------------------------------------------------------------------------


async def test_what_a_rule_did_names_the_rule_and_the_event_and_nobody(desk: Furnished) -> None:
    rule = await _rule(desk, WhenMoved(to_column=desk.doing.id), DoComplete(), DoComment(text="Well done"), name="Finish")
    seq, op_id = await _seq(desk), uuid4().hex
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)), op_id)
    moved, completed, commented = await _since(desk, seq)
    assert [moved.type, completed.type, commented.type] == ["card.moved", "card.updated", "comment.created"]
    assert (moved.actor.id if moved.actor else None, moved.cause, moved.op_id) == (desk.member.user.id, None, op_id)
    for made in (completed, commented):
        assert (made.actor, made.op_id) == (None, None)
        assert made.cause == Cause(rule_id=rule.id, rule_name="Finish", event_seq=moved.seq)
    card = await desk.send(cards.get_card(desk.two.id))
    assert (card.completed, card.updated_by) == (True, None)
    (comment,) = await desk.send(comments.list_comments(desk.two.id))
    assert (comment.text, comment.author, comment.rule, comment.created_by) == ("Well done", "Finish (rule)", "Finish", None)


async def test_a_run_is_logged_with_its_cause_and_what_came_of_it(desk: Furnished) -> None:
    rule = await _rule(desk, WhenMoved(), DoComplete(), DoArchive())
    seq = await _seq(desk)
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    (run,) = await _runs(desk, rule)
    ref = CardRef(id=desk.two.id, ref=await desk.ref(desk.two), title="two")
    assert (run.number, run.outcome, run.error) == (1, Outcome.DONE, None)
    assert (run.cause.trigger, run.cause.event_seq, run.cause.card) == ("card.moved", seq + 1, ref)
    assert [(change.seq, change.type) for change in run.changes] == [(seq + 2, "card.updated"), (seq + 3, "card.archived")]
    assert run.duration_ms > 0
    read = await desk.send(automations.get_automation(rule.id))
    assert (read.runs, read.last_outcome, read.last_run_at) == (1, Outcome.DONE, run.at)


async def test_a_repeated_request_runs_no_rule_again(desk: Furnished) -> None:
    rule, op_id = await _rule(desk, WhenMoved(), DoComment(text="x")), uuid4().hex
    for _ in range(2):
        await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)), op_id)
    assert len(await _runs(desk, rule)) == 1
    assert len(await desk.send(comments.list_comments(desk.two.id))) == 1


async def test_a_rule_that_is_off_waits_for_nothing(desk: Furnished) -> None:
    rule = await _rule(desk, WhenMoved(), DoComplete(), enabled=False)
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    assert await _runs(desk, rule) == []
    await desk.send(automations.update_automation(rule.id, UpdateAutomation(enabled=True)))
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.todo.id)))
    assert await _outcome(desk, rule) is Outcome.DONE
    await desk.send(automations.update_automation(rule.id, UpdateAutomation(enabled=False)))
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    assert len(await _runs(desk, rule)) == 1


async def test_a_rule_is_set_off_by_what_it_waits_for_only(desk: Furnished) -> None:
    moved = await _rule(desk, WhenMoved(from_column=desk.todo.id, to_column=desk.doing.id), DoComment(text="x"))
    labelled = await _rule(desk, WhenLabelled(label=desk.other_label.id), DoComment(text="x"))
    assigned = await _rule(desk, WhenAssigned(user=desk.owner.user.id), DoComment(text="x"))
    created = await _rule(desk, WhenCreated(column=desk.spare.id), DoComment(text="x"))
    completed = await _rule(desk, WhenCompleted(), DoComment(text="x"))
    ticked = await _rule(desk, WhenChecklistCompleted(), DoComment(text="x"))
    every = (moved, labelled, assigned, created, completed, ticked)
    for call in (
        cards.move_card(desk.two.id, MoveCard(column_id=desk.spare.id)),
        cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)),
        cards.move_card(desk.two.id, MoveCard(after_id=desk.five.id)),
        cards.label_card(desk.two.id, desk.label.id),
        cards.assign_card(desk.two.id, desk.member.user.id),
        cards.create_card(desk.board.id, CreateCard(title="x", column_id=desk.todo.id)),
        cards.update_card(desk.two.id, UpdateCard(completed=False, title="deux")),
        checklists.update_checklist_item(desk.done_item.id, UpdateChecklistItem(text="still done")),
        checklists.update_checklist_item(desk.done_item.id, UpdateChecklistItem(done=False)),
        checklists.update_checklist_item(desk.open_item.id, UpdateChecklistItem(done=True)),
    ):
        await desk.send(call)
    assert [await _runs(desk, rule) for rule in every] == [[]] * 6
    for call in (
        cards.move_card(desk.three.id, MoveCard(column_id=desk.doing.id)),
        cards.label_card(desk.three.id, desk.other_label.id),
        cards.assign_card(desk.three.id, desk.owner.user.id),
        cards.create_card(desk.board.id, CreateCard(title="x", column_id=desk.spare.id)),
        cards.update_card(desk.three.id, UpdateCard(completed=True)),
        checklists.update_checklist_item(desk.done_item.id, UpdateChecklistItem(done=True)),
    ):
        await desk.send(call)
    assert [len(await _runs(desk, rule)) for rule in every] == [1] * 6


async def test_only_cards_that_fit_are_touched_and_no_others_logged(desk: Furnished) -> None:
    rule = await _rule(desk, WhenMoved(), DoComplete(), conditions="label:bug assignee:me")
    for card in (desk.one, desk.two):
        await desk.own(cards.move_card(card.id, MoveCard(column_id=desk.doing.id)))
    assert await _runs(desk, rule) == []
    await desk.send(cards.move_card(desk.one.id, MoveCard(column_id=desk.todo.id)))
    assert [run.cause.card.title for run in await _runs(desk, rule)] == ["one"]


async def test_conditions_see_the_card_as_the_change_left_it(desk: Furnished) -> None:
    rule = await _rule(desk, WhenLabelled(), DoComplete(), conditions='label:bug label:wish column:"To do"')
    await desk.send(cards.label_card(desk.two.id, desk.label.id))
    assert await _outcome(desk, rule) is None
    await desk.send(cards.label_card(desk.two.id, desk.other_label.id))
    assert await _outcome(desk, rule) is Outcome.DONE


async def test_a_renamed_column_and_label_are_still_meant(desk: Furnished) -> None:
    rule = await _rule(desk, WhenMoved(to_column=desk.doing.id), DoLabel(label=desk.label.id))
    await desk.send(columns.update_column(desk.doing.id, UpdateColumn(title="Something else")))
    await desk.send(labels.update_label(desk.label.id, UpdateLabel(name="something else")))
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    assert (await desk.send(cards.get_card(desk.two.id))).label_ids == [desk.label.id]
    assert await _outcome(desk, rule) is Outcome.DONE


async def test_an_undo_sets_off_no_rule(desk: Furnished) -> None:
    """Otherwise a card that goes back to where a rule found it would be sent away again."""
    rule = await _rule(desk, WhenMoved(to_column=desk.doing.id), DoMove(column=desk.spare.id))
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    (undone,) = await desk.send(history.revert_event(desk.board.id, await _seq(desk)))
    assert (undone.actor.id if undone.actor else None, undone.cause) == (desk.member.user.id, None)
    assert (await desk.send(cards.get_card(desk.two.id))).column_id == desk.doing.id
    assert len(await _runs(desk, rule)) == 1


# --- what fails --------------------------------------------------------------------------------------------------


async def test_a_rule_that_fails_undoes_itself_and_nothing_else(desk: Furnished) -> None:
    first = await _rule(desk, WhenMoved(), DoSetPriority(priority=Priority.HIGH))
    broken = await _rule(desk, WhenMoved(), DoComplete(), DoMove(column=desk.spare.id))
    last = await _rule(desk, WhenMoved(), DoComment(text="x"))
    await desk.send(columns.delete_column(desk.spare.id))
    seq = await _seq(desk)
    answer = await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    assert answer.column_id == desk.doing.id
    assert [event.type for event in await _since(desk, seq)] == ["card.moved", "card.updated", "comment.created"]
    card = await desk.send(cards.get_card(desk.two.id))
    assert (card.column_id, card.priority, card.completed, card.comment_count) == (desk.doing.id, Priority.HIGH, False, 1)
    (run,) = await _runs(desk, broken)
    assert (run.outcome, run.changes) == (Outcome.FAILED, [])
    assert run.error is not None
    assert run.error.startswith("Action 2, move_card, could not be carried out: ")
    assert [await _outcome(desk, rule) for rule in (first, broken, last)] == [Outcome.DONE, Outcome.FAILED, Outcome.DONE]


async def test_a_hard_limit_holds_for_rules_too(desk: Furnished) -> None:
    await desk.send(columns.update_column(desk.doing.id, UpdateColumn(wip_limit=1, wip_mode=WipMode.HARD)))
    rule = await _rule(desk, WhenCompleted(), DoMove(column=desk.doing.id))
    await desk.send(cards.update_card(desk.two.id, UpdateCard(completed=True)))
    card = await desk.send(cards.get_card(desk.two.id))
    assert (card.completed, card.column_id) == (True, desk.todo.id)
    assert await _outcome(desk, rule) is Outcome.FAILED


async def test_a_member_who_left_cannot_be_assigned_by_a_rule(desk: Furnished) -> None:
    rule = await _rule(desk, WhenMoved(), DoAssign(user=desk.viewer.user.id))
    await desk.own(boards.remove_member(desk.board.id, desk.viewer.user.id))
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    assert await _outcome(desk, rule) is Outcome.FAILED
    assert (await desk.send(cards.get_card(desk.two.id))).assignee_ids == []


@pytest.mark.parametrize("mistake", [KeyError("x"), AssertionError(), OverflowError()])
async def test_a_mistake_of_the_server_costs_nobody_their_change(
    desk: Furnished, monkeypatch: pytest.MonkeyPatch, mistake: Exception
) -> None:
    async def stumble(*_: object) -> None:
        raise mistake

    rule = await _rule(desk, WhenMoved(), DoComplete())
    with monkeypatch.context() as patched:
        patched.setattr(running, "take", stumble)
        await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    assert (await desk.send(cards.get_card(desk.two.id))).column_id == desk.doing.id
    (run,) = await _runs(desk, rule)
    assert (run.outcome, run.error) == (Outcome.FAILED, "The server made a mistake; its log says more.")


# --- rows and circles --------------------------------------------------------------------------------------------


async def test_a_circle_ends_is_recorded_and_shows_where(desk: Furnished) -> None:
    there = await _rule(desk, WhenMoved(to_column=desk.doing.id), DoMove(column=desk.spare.id), name="there")
    back = await _rule(desk, WhenMoved(to_column=desk.spare.id), DoMove(column=desk.doing.id), name="back")
    seq = await _seq(desk)
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    made = await _since(desk, seq)
    causes = [(event.cause.rule_name, event.cause.event_seq - seq) for event in made if event.cause and event.cause.event_seq]
    assert [event.type for event in made] == ["card.moved"] * 3
    assert causes == [("there", 1), ("back", 2)]
    stopped, first = await _runs(desk, there)
    assert (first.outcome, stopped.outcome, stopped.changes) == (Outcome.DONE, Outcome.STOPPED, [])
    assert stopped.cause.event_seq == seq + 3
    assert stopped.error is not None
    assert "already ran on this card" in stopped.error
    assert [run.outcome for run in await _runs(desk, back)] == [Outcome.DONE]
    assert (await desk.send(cards.get_card(desk.two.id))).column_id == desk.doing.id


async def test_a_rule_that_sets_itself_off_runs_once(desk: Furnished) -> None:
    rule = await _rule(desk, WhenLabelled(), DoUnlabel(label=desk.other_label.id), DoLabel(label=desk.other_label.id))
    await desk.send(cards.label_card(desk.two.id, desk.other_label.id))
    assert [run.outcome for run in await _runs(desk, rule)] == [Outcome.STOPPED, Outcome.DONE]


async def test_a_row_of_rules_has_an_end(desk: Furnished) -> None:
    names = [CreateLabel(name=f"l{n}", color=Color.RED) for n in range(limits.RULE_DEPTH_MAX + 2)]
    row = [await desk.send(labels.create_label(desk.board.id, each)) for each in names]
    rules = [await _rule(desk, WhenLabelled(label=one.id), DoLabel(label=following.id)) for one, following in pairwise(row)]
    await desk.send(cards.label_card(desk.two.id, row[0].id))
    outcomes = [await _outcome(desk, rule) for rule in rules]
    assert outcomes == [Outcome.DONE] * limits.RULE_DEPTH_MAX + [Outcome.STOPPED]
    assert len((await desk.send(cards.get_card(desk.two.id))).label_ids) == limits.RULE_DEPTH_MAX + 1


async def test_so_many_runs_follow_from_one_change_and_no_more(desk: Furnished, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RULE_RUNS_MAX", 2)
    rules = [await _rule(desk, WhenMoved(), DoComment(text="x")) for _ in range(3)]
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    assert [await _outcome(desk, rule) for rule in rules] == [Outcome.DONE, Outcome.DONE, Outcome.STOPPED]


async def test_rules_of_one_event_run_before_those_that_follow(desk: Furnished) -> None:
    for name, trigger, action in (
        ("a", WhenMoved(), DoComplete()),
        ("b", WhenCompleted(), DoComment(text="x")),
        ("c", WhenMoved(), DoLabel(label=desk.label.id)),
    ):
        await _rule(desk, trigger, action, name=name)
    seq = await _seq(desk)
    await desk.send(cards.move_card(desk.two.id, MoveCard(column_id=desk.doing.id)))
    assert [event.cause.rule_name if event.cause else "" for event in await _since(desk, seq)] == ["", "a", "c", "b"]


# --- the log of runs ---------------------------------------------------------------------------------------------


async def test_the_log_comes_in_pages_the_newest_first(desk: Furnished) -> None:
    rule = await _rule(desk, WhenCreated(), DoComplete())
    for title in "abcde":
        await desk.send(cards.create_card(desk.board.id, CreateCard(title=title, column_id=desk.todo.id)))
    assert len(await desk.send(automations.list_runs(rule.id, limit=2))) == 2
    pages = desk.member.client.pages(automations.list_runs(rule.id, limit=2))
    assert [run.cause.card.title async for run in pages] == [*"edcba"]


async def test_the_log_keeps_the_newest_runs(desk: Furnished, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RULE_RUNS_KEPT", 2)
    rule = await _rule(desk, WhenCreated(), DoComplete())
    for title in "abcd":
        await desk.send(cards.create_card(desk.board.id, CreateCard(title=title, column_id=desk.todo.id)))
    assert [run.number for run in await _runs(desk, rule)] == [4, 3]
    assert (await desk.send(automations.get_automation(rule.id))).runs == 4


# --- trying a rule -----------------------------------------------------------------------------------------------


async def test_trying_a_rule_says_what_would_happen_and_changes_nothing(desk: Furnished) -> None:
    rule = await _rule(desk, WhenMoved(), DoComplete(), DoAddChecklist(title="After", items=["a"]), enabled=False)
    follower = await _rule(desk, WhenCompleted(), DoArchive(), name="Follower")
    before, runs = await desk.snapshot(archived=True), await _runs(desk, rule)
    tried = await desk.send(automations.test_automation(rule.id, DryRun(card_id=desk.two.id)))
    assert [(each.name, each.outcome) for each in tried.rules] == [("Rule", Outcome.DONE), ("Follower", Outcome.DONE)]
    assert [event.type for event in tried.events] == [
        *("card.updated", "checklist.created", "checklist_item.created", "card.archived")
    ]
    assert await desk.snapshot(archived=True) == before
    assert await desk.send(checklists.list_checklists(desk.two.id)) == []
    assert (await _runs(desk, rule), await _runs(desk, follower)) == (runs, [])
    assert await _outcome(desk, rule) is None


async def test_trying_says_that_the_card_does_not_fit_or_what_would_fail(desk: Furnished) -> None:
    choosy = await _rule(desk, WhenMoved(), DoComplete(), conditions="label:wish")
    broken = await _rule(desk, WhenMoved(), DoMove(column=desk.spare.id))
    await desk.send(columns.delete_column(desk.spare.id))
    for rule, outcome in ((choosy, Outcome.SKIPPED), (broken, Outcome.FAILED)):
        tried = await desk.send(automations.test_automation(rule.id, DryRun(card_id=desk.two.id)))
        assert ([each.outcome for each in tried.rules], tried.events) == ([outcome], [])


async def test_a_rule_is_tried_on_a_card_of_its_board_only(desk: Furnished) -> None:
    with pytest.raises(NotFound) as refused:
        await desk.send(automations.test_automation(desk.automation.id, DryRun(card_id=desk.automation.id)))
    assert refused.value.field == "card_id"
