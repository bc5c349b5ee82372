"""`/boards/{id}/automations` and `/automations`: the rules of a board."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.automation_runs import AutomationRun, DryRun, ListRuns, Rehearsal
from rego.wire.automations import Automation, CreateAutomation, UpdateAutomation
from rego.wire.base import Role
from rego_server.domains.automations import actions
from rego_server.web.endpoint import Request, RouteTable

table = RouteTable()


@table.add("GET", "/boards/{board_id}/automations", needs=Role.VIEWER)
async def list_automations(request: Request) -> Sequence[Automation]:
    """The rules in the order in which they run."""
    return await request.read(actions.list_automations, request.id("board_id"))


@table.add("POST", "/boards/{board_id}/automations", needs=Role.MEMBER, status=201, location="/automations/{id}")
async def create_automation(request: Request, body: CreateAutomation) -> Automation:
    """Make a rule."""
    return await request.run(actions.create_automation, request.id("board_id"), body)


@table.add("GET", "/automations/{automation_id}", needs=Role.VIEWER)
async def get_automation(request: Request) -> Automation:
    """One rule."""
    return await request.read(actions.get_automation, request.id("automation_id"))


@table.add("PATCH", "/automations/{automation_id}", needs=Role.MEMBER)
async def update_automation(request: Request, body: UpdateAutomation) -> Automation:
    """Change a rule, switch it on or off."""
    return await request.run(actions.update_automation, request.id("automation_id"), body)


@table.add("DELETE", "/automations/{automation_id}", needs=Role.MEMBER)
async def delete_automation(request: Request) -> None:
    """Delete a rule with the log of its runs."""
    await request.run(actions.delete_automation, request.id("automation_id"))


@table.add("POST", "/automations/{automation_id}/test", needs=Role.MEMBER)
async def test_automation(request: Request, body: DryRun) -> Rehearsal:
    """What the rule would do with a card now; nothing is changed."""
    return await request.run(actions.test_automation, request.id("automation_id"), body)


@table.add("GET", "/automations/{automation_id}/runs", needs=Role.VIEWER)
async def list_runs(request: Request, query: ListRuns) -> Sequence[AutomationRun]:
    """The latest runs of the rule, the newest first; a card that did not fit the conditions counts as none."""
    return request.page(await request.read(actions.list_runs, request.id("automation_id"), query))
