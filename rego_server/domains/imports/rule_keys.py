"""Automation rules of a plan, which name things by key: with what the keys stand for, as rules of a board. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from rego.wire.automations import CreateAutomation
from rego.wire.errors import InvalidInput
from rego.wire.imports import Plan, PlannedRule
from rego_server.domains.automations.rules import check_conditions
from rego_server.domains.imports.remarks import Remarks

NOTHING = f"{0:08x}-0000-0000-0000-{0:012x}"
"""The id (RFC 9562's nil UUID) that stands in a rule for what is not on the board; the rule says that it is missing."""


class Meanings(NamedTuple):
    """What each key stands for."""

    columns: Mapping[str, str]
    labels: Mapping[str, str]
    people: Mapping[str, str]

    def put_into(self, part: Mapping[str, Any], *, unknown: str = "") -> dict[str, Any]:
        """A trigger or an action with meanings in place of keys; `unknown`, by default no id and no key, for one without."""
        return dict(part) | {name: known.get(key, unknown) for name, key, known in self._keys_in(part)}

    def know(self, part: Mapping[str, Any]) -> bool:
        """Whether each key in a trigger or an action has a meaning."""
        return all(key in known for _, key, known in self._keys_in(part))

    def _keys_in(self, part: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, str]]]:
        """Each field that holds a key, the key, and where its meaning would be."""
        of_field = {"from": self.columns, "to": self.columns, "column": self.columns, "label": self.labels, "user": self.people}
        return ((name, key, of_field[name]) for name, key in part.items() if name in of_field and isinstance(key, str))


def rule_of(planned: PlannedRule, meanings: Meanings) -> CreateAutomation:
    """The rule that `planned` is. Raises `msgspec.ValidationError` and `InvalidInput` for what is none."""
    rule = msgspec.convert(
        {
            "name": planned.name,
            "trigger": meanings.put_into(planned.trigger, unknown=NOTHING),
            "conditions": planned.conditions,
            "actions": [meanings.put_into(action, unknown=NOTHING) for action in planned.actions],
            "enabled": planned.enabled,
        },
        CreateAutomation,
    )
    check_conditions(rule.conditions)
    return rule


def sound_rules(plan: Plan, members: Iterable[str], most: int, remarks: Remarks) -> list[PlannedRule]:
    """The rules of `plan`, which is clean otherwise. Those that name what is not on the board are switched off.

    What is no rule is left out, and all of it is remarked.
    """
    columns, labels = ([thing.key for thing in things] for things in (plan.columns, plan.labels))
    known = Meanings(*(dict.fromkeys(keys, NOTHING) for keys in (columns, labels, members)))
    sound = [rule for rule in plan.rules if _is_sound(rule, known)]
    remarks.note("automation rules left out", "they are none", count=len(plan.rules) - len(sound))
    remarks.note("automation rules left out", f"a board has at most {most}", count=len(sound) - most)
    return [_certain(rule, known, remarks) for rule in sound[:most]]


def _certain(rule: PlannedRule, known: Meanings, remarks: Remarks) -> PlannedRule:
    """`rule`, switched off if it names what is not `known`."""
    if all(map(known.know, (rule.trigger, *rule.actions))):
        return rule
    remarks.note("automation rules switched off", "they name what is not on the board", where=rule.name)
    return replace(rule, enabled=False)


def _is_sound(rule: PlannedRule, meanings: Meanings) -> bool:
    try:
        rule_of(rule, meanings)
    except (msgspec.ValidationError, InvalidInput):
        return False
    return True
