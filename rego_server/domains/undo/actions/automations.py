"""Taking back what was done to an automation rule. What the rule did is taken back by itself."""

from __future__ import annotations

from rego.wire import events as e
from rego.wire.automations import Automation, UpdateAutomation
from rego.wire.events import Event
from rego_server.core.uow import UnitOfWork
from rego_server.domains.automations import actions, queries
from rego_server.domains.automations.models import automations
from rego_server.domains.undo.queries import row_on_board
from rego_server.domains.undo.rows import revived
from rego_server.domains.undo.rules import before, refuse_change_of, there

_OF_THE_MOMENT = frozenset({"runs", "last_run_at", "last_outcome", "missing"})


async def automation_created(uow: UnitOfWork, event: Event, data: e.AutomationCreated) -> None:
    made = data.automation
    refuse_change_of(_named(made.name), made, await _rule(uow, event, made.id, made.name), but=_OF_THE_MOMENT)
    await actions.delete_automation(uow, made.id)


async def automation_updated(uow: UnitOfWork, event: Event, data: e.AutomationUpdated) -> None:
    now = await _rule(uow, event, data.automation_id, data.name)
    body = UpdateAutomation(**before(_named(data.name), now, data.changes))
    await actions.update_automation(uow, data.automation_id, body)


async def automation_deleted(uow: UnitOfWork, _: Event, data: e.AutomationDeleted) -> None:
    """Without the log of its runs, which ended with it."""
    row = revived(uow, data.automation)
    del row["missing"]
    await actions.add_rule(uow, row)


async def _rule(uow: UnitOfWork, event: Event, rule_id: str, name: str) -> Automation:
    return queries.rule_of(there(await row_on_board(uow, automations, event.board_id, rule_id), _named(name)))


def _named(name: str) -> str:
    return f"The rule {name}"
