"""Automation rules of a plan, which name things by key: with what the keys stand for, as rules of a board. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from rego.wire.automations import CreateAutomation
from rego.wire.errors import InvalidInput
from rego.wire.imports import Plan, PlannedRule
from rego_server.domains.automations.rules import check_conditions
from rego_server.domains.imports.remarks import Remarks

_ANY_ID = f"{0:08x}-0000-0000-0000-{0:012x}"


class Meanings(NamedTuple):
    """What each key stands for."""

    columns: Mapping[str, str]
    labels: Mapping[str, str]
    people: Mapping[str, str]

    def put_into(self, part: Mapping[str, Any]) -> dict[str, Any]:
        """A trigger or an action with meanings in place of keys; an empty text for one without, which is no id and no key."""
        of_field = {"from": self.columns, "to": self.columns, "column": self.columns, "label": self.labels, "user": self.people}
        return {
            name: of_field[name].get(value, "") if name in of_field and isinstance(value, str) else value
            for name, value in part.items()
        }


def rule_of(planned: PlannedRule, meanings: Meanings) -> CreateAutomation:
    """The rule that `planned` is. Raises `msgspec.ValidationError` and `InvalidInput` for what is none."""
    rule = msgspec.convert(
        {
            "name": planned.name,
            "trigger": meanings.put_into(planned.trigger),
            "conditions": planned.conditions,
            "actions": [meanings.put_into(action) for action in planned.actions],
            "enabled": planned.enabled,
        },
        CreateAutomation,
    )
    check_conditions(rule.conditions)
    return rule


def sound_rules(plan: Plan, members: Iterable[str], most: int, remarks: Remarks) -> list[PlannedRule]:
    """The rules of `plan`, which is clean otherwise, that can be carried out; the others are remarked."""
    columns, labels = ([thing.key for thing in things] for things in (plan.columns, plan.labels))
    anything = Meanings(*(dict.fromkeys(keys, _ANY_ID) for keys in (columns, labels, members)))
    sound = [rule for rule in plan.rules if _is_sound(rule, anything)]
    left_out = len(plan.rules) - len(sound)
    remarks.note("automation rules left out", "they are none, or name what the file does not hold", count=left_out)
    remarks.note("automation rules left out", f"a board has at most {most}", count=len(sound) - most)
    return sound[:most]


def _is_sound(rule: PlannedRule, meanings: Meanings) -> bool:
    try:
        rule_of(rule, meanings)
    except (msgspec.ValidationError, InvalidInput):
        return False
    return True
