"""What a rule did, run by run, and what it would do: lists of cards with how it went on each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from rego.client import automations, history
from rego.query_match import Viewer, matcher
from rego.wire import limits
from rego.wire.automation_runs import AutomationRun, DryRun, Rehearsal
from rego.wire.automations import Automation
from rego.wire.cards import CardRef, CardSummary
from rego.wire.errors import InvalidInput, NotFound, RegoError
from rego.wire.query import parse
from rego_tui.actions import Place
from rego_tui.keymap import Press
from rego_tui.rule_lines import run_details, run_line, trial_details, trial_line, trial_words
from rego_tui.screens.listing import ListPage
from rego_tui.store import BoardStore
from rego_tui.widgets.entries import Entry

if TYPE_CHECKING:
    from rego_tui.app import RegoApp

TRIED_AT_MOST = 100
"""Cards of a board that a rule is tried on: each is a request."""


class _CardsOfRule(ListPage):
    """A list in which each entry is about a card."""

    place = Place.RUNS
    placeholder = "words, a card, done, failed"

    def __init__(self, app: RegoApp, store: BoardStore, rule: Automation) -> None:
        super().__init__(app, store)
        self.rule = rule

    def card_of(self, key: str) -> str:
        """The card of an entry."""
        raise NotImplementedError

    def opened(self, key: str) -> None:
        """Show the card."""
        self.open_card(self.card_of(key))

    def act_runs_open_card(self, _: Press) -> None:
        if key := self.listed.key:
            self.opened(key)


class RunsPage(_CardsOfRule):
    """The latest runs of a rule, the newest first."""

    nothing = "This rule has not run yet."

    def __init__(self, app: RegoApp, store: BoardStore, rule: Automation) -> None:
        super().__init__(app, store, rule)
        self.heading = f"What “{rule.name}” did"
        self._runs: dict[str, AutomationRun] = {}
        self._told: dict[int, str] = {}

    async def read(self) -> str:
        found = await self.store.ask(automations.list_runs(self.rule.id, limit=limits.RULE_RUNS_KEPT))
        self._runs = {str(run.number): run for run in found}
        return ""

    def entries(self) -> Sequence[Entry]:
        now = self.rego.clock()
        return self.fitting(run_line(run, now) for run in self._runs.values())

    def details(self, key: str) -> Text:
        run = self._runs[key]
        if any(change.seq not in self._told for change in run.changes):
            self.run_worker(self._tell(run), group="telling", exclusive=True)
        return run_details(run, self._told, self.rego.clock())

    async def _tell(self, run: AutomationRun) -> None:
        """Read what the events of a run were, in sentences; where that fails their types are left."""
        numbers = [change.seq for change in run.changes]
        call = history.list_activity(
            self.store.board_id, since=min(numbers) - 1, before=max(numbers) + 1, limit=limits.LIST_MAX
        )
        try:
            found = await self.store.ask(call)
        except RegoError:
            return
        types = {change.seq: change.type for change in run.changes}
        self._told |= types | {entry.seq: entry.sentence for entry in found}
        self.draw_details()

    def card_of(self, key: str) -> str:
        return self._runs[key].cause.card.id


class TrialPage(_CardsOfRule):
    """A dry run, card by card; those that fit the rule's condition come first. R tries again."""

    nothing = "There is no card to try it on."

    def __init__(self, app: RegoApp, store: BoardStore, rule: Automation, cards: Sequence[CardSummary]) -> None:
        super().__init__(app, store, rule)
        self.heading = f"What “{rule.name}” would do"
        self._cards = cards
        self._tried: dict[str, tuple[CardRef, Rehearsal]] = {}

    async def read(self) -> str:
        chosen = self._fitting_first()[:TRIED_AT_MOST]
        self._tried = {}
        for number, card in enumerate(chosen, 1):
            try:
                rehearsal = await self.store.ask(automations.test_automation(self.rule.id, DryRun(card_id=card.id)))
            except NotFound:
                continue  # the card went meanwhile; a rule that is gone is told by the list of rules
            ref = self.store.loaded.ref(card)
            self._tried[card.id] = (CardRef(id=card.id, ref=ref, title=card.title), rehearsal)
            self.say(f"Trying… {number} of {len(chosen)}")
            self.draw()
        return trial_words([rehearsal for _, rehearsal in self._tried.values()], len(self._tried), len(self._cards))

    def _fitting_first(self) -> Sequence[CardSummary]:
        """The cards whose own fields fit the condition, then the others, which the server may judge otherwise."""
        try:
            query = parse(self.rule.conditions or "")
        except InvalidInput:
            return self._cards
        fits = matcher(query, self.store.loaded, Viewer(me=self.store.me, now=self.rego.clock()))
        return sorted(self._cards, key=lambda card: not fits(card))

    def board_changed(self) -> None:
        """What was tried stays as it was found: it is tried again when that is asked for."""

    def entries(self) -> Sequence[Entry]:
        return self.fitting(trial_line(card, rehearsal) for card, rehearsal in self._tried.values())

    def details(self, key: str) -> Text:
        return trial_details(*self._tried[key])

    def card_of(self, key: str) -> str:
        return key
