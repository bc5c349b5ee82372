"""A rule while it is written: what it was, what was changed, and what goes to the server. Pure."""

from __future__ import annotations

from msgspec import UNSET, Struct

from rego.rule_words import Names, action_in_words, read_action, read_trigger, trigger_in_words
from rego.wire.automations import AnyAction, AnyTrigger, Automation, CreateAutomation, UpdateAutomation
from rego.wire.errors import InvalidInput

LINE_END = "⏎"
"""Stands for the end of a line where a text of several is typed in one."""


class RuleDraft(Struct, kw_only=True):
    """A rule's own fields, some of which may be missing still."""

    name: str = ""
    enabled: bool = True
    trigger: AnyTrigger | None = None
    conditions: str = ""
    actions: tuple[AnyAction, ...] = ()

    @classmethod
    def of(cls, rule: Automation) -> RuleDraft:
        """A rule as it is."""
        return cls(
            name=rule.name,
            enabled=rule.enabled,
            trigger=rule.trigger,
            conditions=rule.conditions or "",
            actions=tuple(rule.actions),
        )

    def rebased(self, before: RuleDraft, now: RuleDraft) -> RuleDraft:
        """The same changes on top of what the rule is now: only what was changed here stays."""
        mine = {name: getattr(self, name) for name in self.__struct_fields__ if getattr(self, name) != getattr(before, name)}
        return RuleDraft(**({name: getattr(now, name) for name in now.__struct_fields__} | mine))

    def created(self) -> CreateAutomation:
        """The body that makes it; raises `InvalidInput` when something is missing."""
        if not self.name:
            raise InvalidInput("A rule needs a name.", field="name")
        if self.trigger is None:
            raise InvalidInput("Say when it is to happen.", field="trigger")
        if not self.actions:
            raise InvalidInput("Say what it is to do.", field="actions")
        return CreateAutomation(
            name=self.name,
            enabled=self.enabled,
            trigger=self.trigger,
            conditions=self.conditions or None,
            actions=list(self.actions),
        )

    def updated(self, before: RuleDraft, version: int) -> UpdateAutomation:
        """The body that changes what differs from `before`; raises as `created`."""
        whole = self.created()
        return UpdateAutomation(
            name=whole.name if self.name != before.name else UNSET,
            enabled=self.enabled if self.enabled != before.enabled else UNSET,
            trigger=whole.trigger if self.trigger != before.trigger else UNSET,
            conditions=whole.conditions if self.conditions != before.conditions else UNSET,
            actions=whole.actions if self.actions != before.actions else UNSET,
            version=version,
        )

    # --- its phrases -------------------------------------------------------------------------------------------------

    def when(self, names: Names) -> str:
        """The trigger in words, or nothing."""
        return trigger_in_words(self.trigger, names) if self.trigger is not None else ""

    def phrases(self, names: Names) -> list[str]:
        """The actions in words, each in one line."""
        return [action_in_words(action, names).replace("\n", LINE_END) for action in self.actions]

    def set_when(self, phrase: str, names: Names) -> None:
        """Take a trigger; raises `InvalidInput` or `NotFound`."""
        self.trigger = read_trigger(phrase, names)

    def set_action(self, place: int, phrase: str, names: Names) -> None:
        """Take an action, in place of the one there, or behind the last; raises `InvalidInput` or `NotFound`."""
        action = read_action(phrase.replace(LINE_END, "\n"), names)
        self.actions = (*self.actions[:place], action, *self.actions[place + 1 :])

    def remove_action(self, place: int) -> None:
        """Do one thing less."""
        self.actions = (*self.actions[:place], *self.actions[place + 1 :])

    def move_action(self, place: int, step: int) -> bool:
        """Do one thing earlier or later; False where there is no such place."""
        if not 0 <= place + step < len(self.actions):
            return False
        actions = list(self.actions)
        actions.insert(place + step, actions.pop(place))
        self.actions = tuple(actions)
        return True
