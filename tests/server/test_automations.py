"""Automation rules as things: making, changing, listing and deleting them, and what is no rule."""

from __future__ import annotations

from typing import Any

import pytest

from rego.client import automations, boards, columns, labels
from rego.client.boards import remove_member
from rego.wire import limits
from rego.wire.automations import (
    AnyAction,
    CreateAutomation,
    DoAssign,
    DoComplete,
    DoLabel,
    DoMove,
    UpdateAutomation,
    WhenCompleted,
    WhenCreated,
    WhenMoved,
)
from rego.wire.boards import CreateBoard
from rego.wire.columns import CreateColumn
from rego.wire.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleVersion
from tests.server.furnished import Furnished
from tests.server.site import Site, raw

A_RULE: dict[str, Any] = {"name": "x", "trigger": {"type": "card.created"}, "actions": [{"type": "complete"}]}


async def test_rules_are_listed_in_the_order_of_their_making(desk: Furnished) -> None:
    made = await desk.send(
        automations.create_automation(
            desk.board.id,
            CreateAutomation(name="Tidy", trigger=WhenCompleted(), actions=[DoComplete()], conditions="label:bug"),
        )
    )
    assert await desk.viewer.client.send(automations.list_automations(desk.board.id)) == [desk.automation, made]
    assert await desk.viewer.client.send(automations.get_automation(made.id)) == made
    assert (made.enabled, made.conditions, made.runs, made.last_outcome, made.missing) == (True, "label:bug", 0, None, [])
    assert (made.created_by, made.version) == (desk.member.user.id, 1)


async def test_a_viewer_makes_changes_and_tries_no_rule(desk: Furnished) -> None:
    viewer = desk.viewer.client
    with pytest.raises(Forbidden):
        await viewer.send(automations.update_automation(desk.automation.id, UpdateAutomation(enabled=True)))
    with pytest.raises(Forbidden):
        await viewer.send(automations.delete_automation(desk.automation.id))


async def test_a_stale_change_is_merged_or_refused(desk: Furnished) -> None:
    await desk.own(automations.update_automation(desk.automation.id, UpdateAutomation(actions=[DoComplete(completed=False)])))
    merged = await desk.send(automations.update_automation(desk.automation.id, UpdateAutomation(name="mine", version=1)))
    assert (merged.name, merged.actions, merged.version) == ("mine", [DoComplete(completed=False)], 3)
    with pytest.raises(StaleVersion) as refused:
        await desk.send(automations.update_automation(desk.automation.id, UpdateAutomation(actions=[DoComplete()], version=1)))
    assert refused.value.data["version"] == 3


async def test_a_deleted_rule_is_gone_with_its_log(desk: Furnished) -> None:
    await desk.send(automations.delete_automation(desk.automation.id))
    for call in (automations.get_automation(desk.automation.id), automations.list_runs(desk.automation.id)):
        with pytest.raises(NotFound):
            await desk.send(call)


async def test_a_board_has_room_for_so_many_rules(desk: Furnished, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RULES_MAX", 2)
    body = CreateAutomation(name="x", trigger=WhenCreated(), actions=[DoComplete()])
    await desk.send(automations.create_automation(desk.board.id, body))
    with pytest.raises(Conflict, match="2 rules; delete one first"):
        await desk.send(automations.create_automation(desk.board.id, body))


# --- what a rule names -------------------------------------------------------------------------------------------


async def test_a_rule_says_what_it_names_in_vain(desk: Furnished) -> None:
    trigger = WhenMoved(from_column=desk.spare.id, to_column=desk.doing.id)
    actions: list[AnyAction] = [DoLabel(label=desk.label.id), DoAssign(user=desk.viewer.user.id), DoMove(column=desk.todo.id)]
    rule = await desk.send(
        automations.create_automation(desk.board.id, CreateAutomation(name="x", trigger=trigger, actions=actions))
    )
    assert rule.missing == []
    await desk.send(columns.delete_column(desk.spare.id))
    await desk.send(labels.delete_label(desk.label.id))
    await desk.own(remove_member(desk.board.id, desk.viewer.user.id))
    gone = sorted([desk.spare.id, desk.label.id, desk.viewer.user.id])
    assert (await desk.send(automations.get_automation(rule.id))).missing == gone
    assert [each.missing for each in await desk.send(automations.list_automations(desk.board.id))] == [[], gone]
    renamed = await desk.send(automations.update_automation(rule.id, UpdateAutomation(name="y")))
    assert (renamed.trigger, renamed.missing) == (trigger, gone)
    mended = UpdateAutomation(trigger=WhenMoved(), actions=[DoComplete()])
    assert (await desk.send(automations.update_automation(rule.id, mended))).missing == []


async def test_what_another_board_has_cannot_be_named(desk: Furnished) -> None:
    other = await desk.send(boards.create_board(CreateBoard(title="Other")))
    column = await desk.send(columns.create_column(other.id, CreateColumn(title="Theirs")))
    for field, trigger, action in (
        ("trigger", WhenCreated(column=column.id), DoComplete()),
        ("actions", WhenCreated(), DoMove(column=column.id)),
    ):
        body = CreateAutomation(name="x", trigger=trigger, actions=[action])
        with pytest.raises(InvalidInput, match=f"no column {column.id}") as refused:
            await desk.send(automations.create_automation(desk.board.id, body))
        assert refused.value.field == field
        change = UpdateAutomation(trigger=trigger, actions=[action])
        with pytest.raises(InvalidInput):
            await desk.send(automations.update_automation(desk.automation.id, change))
    assert await desk.send(automations.get_automation(desk.automation.id)) == desk.automation


# --- bad input ---------------------------------------------------------------------------------------------------

NO_RULES: list[tuple[str, dict[str, Any]]] = [
    ("name", {"name": ""}),
    ("name", {"name": "a\x1bb"}),
    ("name", {"name": "x" * (limits.NAME_MAX + 1)}),
    ("trigger.type", {"trigger": {"type": "card.exploded"}}),
    ("trigger.type", {"trigger": {}}),
    ("trigger.columns", {"trigger": {"type": "card.created", "columns": "x"}}),
    ("trigger.column", {"trigger": {"type": "card.created", "column": "x"}}),
    ("trigger", {"trigger": {"type": "card.due", "before": "1d", "after": "1d"}}),
    ("trigger.before", {"trigger": {"type": "card.due", "before": "1 day"}}),
    ("trigger.before", {"trigger": {"type": "card.due", "before": "-1d"}}),
    ("trigger.before", {"trigger": {"type": "card.due", "before": "99999d"}}),
    ("actions", {"actions": []}),
    ("actions", {"actions": [{"type": "complete"}] * (limits.RULE_ACTIONS_MAX + 1)}),
    ("actions[0].type", {"actions": [{"type": "explode"}]}),
    ("actions[0].column", {"actions": [{"type": "move_card"}]}),
    ("actions[0].due", {"actions": [{"type": "set_due", "due": "soon"}]}),
    ("actions[0].priority", {"actions": [{"type": "set_priority", "priority": "high!"}]}),
    ("text", {"actions": [{"type": "comment", "text": "a\x00b"}]}),
    ("actions[0].text", {"actions": [{"type": "comment", "text": ""}]}),
    ("items", {"actions": [{"type": "add_checklist", "title": "x", "items": ["a\nb"]}]}),
    ("conditions", {"conditions": "due<<"}),
    ("conditions", {"conditions": "sort:due"}),
    ("conditions", {"conditions": "x" * (limits.QUERY_MAX + 1)}),
    ("enabled", {"enabled": "yes"}),
    ("board_id", {"board_id": "x"}),
]


@pytest.mark.parametrize(("field", "change"), NO_RULES)
async def test_what_is_no_rule_is_refused(site: Site, desk: Furnished, field: str, change: dict[str, Any]) -> None:
    path, token = f"/boards/{desk.board.id}/automations", desk.member.token
    answer = await raw(site.url, "POST", path, token=token, body=A_RULE | change)
    assert (answer.status, answer.json.get("field")) == (400, field), answer.json
    answer = await raw(site.url, "PATCH", f"/automations/{desk.automation.id}", token=token, body=change)
    assert answer.status == 400
    assert await desk.send(automations.list_automations(desk.board.id)) == [desk.automation]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"trigger": {"type": "card.exploded"}}, "trigger.type must be one of card.moved, card.created, "),
        ({"trigger": {"type": "card.due", "before": "1 day"}}, "trigger.before must be such as 30m or 2d."),
        ({"actions": [{"type": "explode"}]}, "actions[0].type must be one of move_card, assign_member, "),
        ({"actions": [{"type": "set_priority", "priority": "x"}]}, "actions[0].priority must be one of none, low, "),
        ({"actions": [{"type": "set_due", "due": "soon"}]}, "actions[0].due must be such as +3d or -2h."),
        ({"actions": [{"type": "move_card", "column": "x"}]}, "actions[0].column must be an id."),
    ],
)
async def test_a_refusal_says_what_would_be_right(site: Site, desk: Furnished, change: dict[str, Any], sentence: str) -> None:
    path, token = f"/boards/{desk.board.id}/automations", desk.member.token
    answer = await raw(site.url, "POST", path, token=token, body=A_RULE | change)
    assert answer.json["detail"].startswith(sentence)


async def test_wrong_conditions_say_where(site: Site, desk: Furnished) -> None:
    path, token = f"/boards/{desk.board.id}/automations", desk.member.token
    answer = await raw(site.url, "POST", path, token=token, body=A_RULE | {"conditions": "bug priority>=huge"})
    assert answer.json["data"] == {"position": 14}
    assert answer.json["detail"].startswith("At character 15: ")


async def test_a_list_of_runs_has_a_cursor_of_its_own(site: Site, desk: Furnished) -> None:
    for cursor in ("x", "WyJ4Il0", "WzBd"):
        answer = await raw(site.url, "GET", f"/automations/{desk.automation.id}/runs?cursor={cursor}", token=desk.member.token)
        assert (answer.status, answer.json["field"]) == (400, "cursor")
