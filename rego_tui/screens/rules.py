"""The rules of a board: what it does by itself, switched on and off, written, tried, and what they did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import UNSET
from rich.text import Text

from rego.client import automations
from rego.wire.automations import Automation, UpdateAutomation
from rego.wire.base import Role
from rego_tui.actions import Place
from rego_tui.keymap import Press, key_label
from rego_tui.rule_choices import names_of
from rego_tui.rule_lines import rule_details, rule_line
from rego_tui.screens.listing import ListPage
from rego_tui.screens.picker import Picked, Picker
from rego_tui.screens.rule_form import RuleForm
from rego_tui.screens.rule_runs import RunsPage, TrialPage
from rego_tui.store import BoardStore
from rego_tui.widgets.choices import Row
from rego_tui.widgets.entries import Entry
from rego_tui.widgets.text_cells import widest

if TYPE_CHECKING:
    from rego_tui.app import RegoApp

EVERY_CARD = "every card"

NAME_MAX = 28
"""Cells in which the names of rules stand one below the other; a longer one pushes its phrase to the right."""


class RulesPage(ListPage):
    """The rules in the order in which they run."""

    place = Place.RULES
    heading = "Rules"
    placeholder = "words of a rule"
    nothing = "This board does nothing by itself yet."

    def __init__(self, app: RegoApp, store: BoardStore) -> None:
        super().__init__(app, store)
        self._rules: dict[str, Automation] = {}

    async def read(self) -> str:
        found = await self.store.ask(automations.list_automations(self.store.board_id))
        self._rules = {rule.id: rule for rule in found}
        return ""

    def entries(self) -> Sequence[Entry]:
        if self.store.replica is None:
            return ()
        names = names_of(self.store.replica)
        room = widest((rule.name for rule in self._rules.values()), min(NAME_MAX, self.list_width * 2 // 5))
        return self.fitting(rule_line(rule, names, room) for rule in self._rules.values())

    def nothing_words(self) -> str:
        keys = self.rego.keymap.actions["rules.new"].keys
        return f"{self.nothing} {key_label(keys[0])} makes a rule." if keys and self.role.allows(Role.MEMBER) else self.nothing

    def details(self, key: str) -> Text:
        if self.store.replica is None or key not in self._rules:
            return Text()
        return rule_details(self._rules[key], names_of(self.store.replica), self.rego.clock())

    def hints(self) -> Sequence[tuple[str, str]]:
        none, member = not self.listed.key, self.role.allows(Role.MEMBER)
        unfit = dict.fromkeys(("edit", "on/off", "try", "delete"), none or not member)
        unfit |= {"new": not member, "log": none}
        return [(key, word) for key, word in super().hints() if not unfit.get(word)]

    # --- keys --------------------------------------------------------------------------------------------------------

    def _rule(self) -> Automation | None:
        return self._rules.get(self.listed.key)

    def opened(self, key: str) -> None:
        """Change a rule."""
        if self.may(Role.MEMBER):
            self.app.push_screen(RuleForm(self.rego, self.store, self._rules[key]), self._written)

    def _written(self, rule: Automation | None) -> None:
        """Show a rule that was written, with the cursor on it."""
        if rule is not None:
            self._rules[rule.id] = rule
            self.draw()
            self.listed.go_to(rule.id)
            self.cursor_moved()
        self.load()

    def act_rules_edit(self, _: Press) -> None:
        if self._rule() is not None:
            self.opened(self.listed.key)

    def act_rules_new(self, _: Press) -> None:
        if self.may(Role.MEMBER):
            self.app.push_screen(RuleForm(self.rego, self.store, None), self._written)

    def act_rules_switch(self, _: Press) -> None:
        rule = self._rule()
        if rule is not None and self.may(Role.MEMBER):
            body = UpdateAutomation(enabled=not rule.enabled, version=UNSET)
            self.change(
                automations.update_automation(rule.id, body),
                lambda changed: f"{changed.name} is {'on' if changed.enabled else 'off'} now.",
            )

    def act_rules_delete(self, _: Press) -> None:
        rule = self._rule()
        if rule is not None and self.may(Role.MEMBER):
            call = automations.delete_automation(rule.id)
            self.confirm(
                f"Delete “{rule.name}” with the log of its runs",
                lambda: self.change(call, lambda _: f"{rule.name} is deleted."),
            )

    def act_rules_log(self, _: Press) -> None:
        if (rule := self._rule()) is not None:
            self.app.push_screen(RunsPage(self.rego, self.store, rule))

    def act_rules_try(self, _: Press) -> None:
        """Choose a card to try the rule on, or the whole board."""
        rule, replica = self._rule(), self.store.replica
        if rule is None or replica is None or not self.may(Role.MEMBER):
            return
        cards = [card for column in replica.columns_in_order() for card in replica.cards_in(column.id)]
        rows = [Row(id=card.id, text=f"{replica.ref(card)} {card.title}") for card in cards]

        def chosen(picked: Picked | None) -> None:
            if picked is not None:
                tried = cards if picked.one == EVERY_CARD else [card for card in cards if card.id == picked.one]
                self.app.push_screen(TrialPage(self.rego, self.store, rule, tried))

        every = [Row(id=EVERY_CARD, text="every card of the board")] if cards else []
        self.app.push_screen(Picker(self.rego, f"Try “{rule.name}” on", [*every, *rows]), chosen)
