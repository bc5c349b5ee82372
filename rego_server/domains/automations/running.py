"""Rules at work: what follows from the events of a unit of work, in the same transaction.

A rule acts with the caller's own credentials, through the same actions and doors as everybody, so it can do nothing that the
caller may not; what happens then names the rule instead of an actor. Each run is an attempt of its own: one that fails leaves
what the caller did, and what other rules did, as it is.

All rules that an event sets off run before those that their events set off, the oldest rule first. A rule does not run twice
on one card in one row of rules, a row has an end, and so has the number of runs that follow from one change.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, NamedTuple

import structlog

from rego.wire import limits
from rego.wire.automation_runs import RunCause, RunChange, TriedRule
from rego.wire.automations import AnyAction, AnyTrigger, Automation, Outcome, WhenChecklistCompleted, tag_of
from rego.wire.cards import CardRef
from rego.wire.codec import read_event
from rego.wire.errors import Conflict, RegoError, Unavailable
from rego.wire.event_data import RawEvent
from rego.wire.events import Cause, ChecklistItemUpdated, EventData
from rego.wire.query import parse
from rego_server.core.uow import Head, UnitOfWork
from rego_server.domains.automations import queries
from rego_server.domains.automations.rules import TRIGGER_OF, card_in, sets_off
from rego_server.domains.automations.steps import take
from rego_server.domains.cards.filters import Wanted, listing
from rego_server.domains.cards.rules import CardName

Link = tuple[str, str]
"""A rule and the card that it ran on."""

_MISTAKES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)

_log = structlog.get_logger("rego.automations")


@dataclass
class Rule:
    """A rule of the board; `runs` is counted up."""

    id: str
    name: str
    trigger: AnyTrigger
    conditions: str | None
    actions: Sequence[AnyAction]
    runs: int

    @classmethod
    def of(cls, rule: Automation) -> Rule:
        return cls(rule.id, rule.name, rule.trigger, rule.conditions, rule.actions, rule.runs)


class Occasion(NamedTuple):
    """What may set rules off on a card: an event, or without `seq` the clock or a trial. `row` is the rules that led to it."""

    head: Head
    card: CardRef
    trigger: str
    seq: int | None = None
    data: EventData | None = None
    row: tuple[Link, ...] = ()


@dataclass
class Run:
    """One run of a rule."""

    rule: Rule
    occasion: Occasion
    outcome: Outcome = Outcome.DONE
    changes: list[RunChange] = field(default_factory=list)
    error: str | None = None
    milliseconds: float = 0.0


async def react(uow: UnitOfWork) -> None:
    """Run the rules that the unit of work's events set off, and those that follow. A quiet action sets off none."""
    heads = [head for head in uow.heads.values() if head.triggers and head.events]
    if heads and not uow.quiet:
        reaction = Reaction(uow)
        for head in heads:
            reaction.notice(head, [event for event in head.events if event.cause is None])
        await reaction.follow()
        await reaction.record()


class Reaction:
    """What rules do in one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.runs: list[Run] = []
        self._uow = uow
        self._rules: dict[str, list[Rule]] = {}
        self._waiting: deque[Occasion] = deque()
        self._left = limits.RULE_RUNS_MAX

    def notice(self, head: Head, events: Sequence[RawEvent], row: tuple[Link, ...] = ()) -> None:
        """Take in events that may be an occasion for a rule of their board."""
        heard = head.triggers.split()
        for event in events:
            if (trigger := TRIGGER_OF.get(event.type)) in heard:
                data = read_event(event).data
                self._waiting.append(Occasion(head, card_in(data), trigger, event.seq, data, row))
        if not row:
            self._left = limits.RULE_RUNS_MAX * max(1, len(self._waiting))

    async def follow(self) -> None:
        """Run the rules for all that was noticed, until nothing more follows."""
        while self._waiting:
            occasion = self._waiting.popleft()
            for rule in await self._set_off_by(occasion):
                await self.run(rule, occasion)

    async def run(self, rule: Rule, occasion: Occasion) -> None:
        """Run one rule, whatever comes of it, and notice what it did."""
        run = Run(rule, occasion)
        began = perf_counter()
        try:
            await self._carry_out(run)
        except Unavailable:
            raise
        except RegoError as error:
            run.outcome, run.error = Outcome.FAILED, error.detail
        except _MISTAKES:
            # Ours, not the user's, whose change must not suffer from it. Whatever the database itself raises goes on.
            _log.exception("a rule failed", automation_id=rule.id)
            run.outcome, run.error = Outcome.FAILED, "The server made a mistake; its log says more."
        run.milliseconds = round((perf_counter() - began) * 1000, 3)
        self.runs.append(run)

    async def record(self) -> None:
        """Write the runs into the log of each rule. That a card did not fit is no news, and is not logged."""
        logged = [run for run in self.runs if run.outcome is not Outcome.SKIPPED]
        await self._uow.write_many(queries.ADD_RUN, [self._row_of(run) for run in logged])
        for run in {run.rule.id: run for run in logged}.values():
            last = {"runs": run.rule.runs, "last_run_at": self._uow.now, "last_outcome": run.outcome}
            self._uow.write(queries.SET_LAST_RUN, row_id=run.rule.id, **last)
            if (gone := run.rule.runs - limits.RULE_RUNS_KEPT) > 0:
                self._uow.write(queries.TRIM_RUNS, rule_id=run.rule.id, up_to=gone)

    # --- inside --------------------------------------------------------------------------------------------------

    async def _set_off_by(self, occasion: Occasion) -> list[Rule]:
        data = occasion.data
        assert data is not None
        rules = [rule for rule in await self._rules_of(occasion.head.board_id) if sets_off(data, rule.trigger)]
        waits_for_checklist = rules and isinstance(rules[0].trigger, WhenChecklistCompleted)
        if waits_for_checklist and isinstance(data, ChecklistItemUpdated) and await self._is_open(data.checklist_id):
            return []
        return rules

    async def _rules_of(self, board_id: str) -> list[Rule]:
        if board_id not in self._rules:
            # Not through the unit of work: the writes that wait there do not change rules, and need not be sent for this.
            rows = await self._uow.connection.fetch(queries.ENABLED, board_id=board_id)
            self._rules[board_id] = [Rule.of(queries.rule_of(row)) for row in rows]
        return self._rules[board_id]

    async def _is_open(self, checklist_id: str) -> bool:
        return await self._uow.fetch_one(queries.OPEN_ITEM, checklist_id=checklist_id) is not None

    async def _fits(self, rule: Rule, occasion: Occasion) -> bool:
        if rule.conditions is None:
            return True
        found = listing(queries.ONE_CARD, Wanted(parse(rule.conditions), archived=True, goes_on=False))
        who = self._uow.caller.user_id if occasion.seq is not None else None
        card = {"board_id": occasion.head.board_id, "card_id": occasion.card.id}
        return await self._uow.fetch_one(found.statement, count=1, **found.params(who, self._uow.now), **card) is not None

    def _reason_to_stop(self, rule: Rule, occasion: Occasion) -> str | None:
        if (rule.id, occasion.card.id) in occasion.row:
            return "This rule already ran on this card in this row of rules; running again would go round in a circle."
        if len(occasion.row) >= limits.RULE_DEPTH_MAX:
            return f"{limits.RULE_DEPTH_MAX} rules set each other off in a row; this one would be one too many."
        if self._left == 0:
            self._waiting.clear()
            return f"{limits.RULE_RUNS_MAX} runs of rules follow from one change; no more are run."
        self._left -= 1
        return None

    async def _carry_out(self, run: Run) -> None:
        uow, rule, occasion = self._uow, run.rule, run.occasion
        head, before = occasion.head, len(occasion.head.events)
        uow.cause = Cause(rule_id=rule.id, rule_name=rule.name, event_seq=occasion.seq)
        try:
            await uow.attempt(lambda: self._go_through(run))
        finally:
            uow.cause = None
        made = head.events[before:]
        self.notice(head, made, (*occasion.row, (rule.id, occasion.card.id)))
        run.changes = [RunChange(seq=event.seq, type=event.type) for event in made]

    async def _go_through(self, run: Run) -> None:
        if not await self._fits(run.rule, run.occasion):
            run.outcome = Outcome.SKIPPED
        elif reason := self._reason_to_stop(run.rule, run.occasion):
            run.outcome, run.error = Outcome.STOPPED, reason
        else:
            await self._take_steps(run.rule, run.occasion.card.id)

    async def _take_steps(self, rule: Rule, card_id: str) -> None:
        for number, step in enumerate(rule.actions, 1):
            try:
                await take(self._uow, CardName(card_id, None, None), step)
            except RegoError as error:
                raise Conflict(f"Action {number}, {tag_of(step)}, could not be carried out: {error.detail}") from error

    def _row_of(self, run: Run) -> dict[str, Any]:
        run.rule.runs += 1
        occasion = run.occasion
        return {
            "automation_id": run.rule.id,
            "number": run.rule.runs,
            "at": self._uow.now,
            "outcome": run.outcome,
            "cause": RunCause(trigger=occasion.trigger, event_seq=occasion.seq, card=occasion.card),
            "changes": run.changes,
            "duration_ms": run.milliseconds,
            "error": run.error,
        }


def tried(run: Run) -> TriedRule:
    """What a run that was only tried would have done."""
    return TriedRule(automation_id=run.rule.id, name=run.rule.name, outcome=run.outcome, changes=run.changes, error=run.error)
