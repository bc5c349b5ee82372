"""Automations: the rules of a board, what they did, and what one would do."""

from __future__ import annotations

from rego.client.call import Call, path_of, query_of
from rego.wire.automation_runs import AutomationRun, DryRun, Rehearsal
from rego.wire.automations import Automation, CreateAutomation, UpdateAutomation


def list_automations(board_id: str) -> Call[list[Automation]]:
    """The rules in the order in which they run."""
    return Call(method="GET", path=path_of("boards", board_id, "automations"), returns=list[Automation])


def create_automation(board_id: str, body: CreateAutomation) -> Call[Automation]:
    """A new rule; raises `InvalidInput` for conditions that are no query, and for what is not on the board."""
    return Call(method="POST", path=path_of("boards", board_id, "automations"), body=body, returns=Automation)


def get_automation(automation_id: str) -> Call[Automation]:
    return Call(method="GET", path=path_of("automations", automation_id), returns=Automation)


def update_automation(automation_id: str, body: UpdateAutomation) -> Call[Automation]:
    return Call(method="PATCH", path=path_of("automations", automation_id), body=body, returns=Automation)


def delete_automation(automation_id: str) -> Call[None]:
    """Delete a rule with the log of its runs."""
    return Call(method="DELETE", path=path_of("automations", automation_id), returns=None)


def test_automation(automation_id: str, body: DryRun) -> Call[Rehearsal]:
    """What the rule would do with a card now; nothing is changed."""
    return Call(method="POST", path=path_of("automations", automation_id, "test"), body=body, returns=Rehearsal)


def list_runs(automation_id: str, limit: int | None = None) -> Call[list[AutomationRun]]:
    """The latest runs, the newest first."""
    return Call(
        method="GET",
        path=path_of("automations", automation_id, "runs"),
        query=query_of(limit=limit),
        returns=list[AutomationRun],
    )
