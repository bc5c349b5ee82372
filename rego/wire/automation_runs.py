"""What rules did, and what one would do."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from rego.wire.automations import Outcome
from rego.wire.base import Command, Id, Paged
from rego.wire.cards import CardRef
from rego.wire.event_data import RawEvent

RunNumber = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class RunCause(Struct, kw_only=True, frozen=True):
    """What set a run off: a trigger on a card, by the event `event_seq`; null when it was the clock."""

    trigger: str
    event_seq: int | None
    card: CardRef


class RunChange(Struct, kw_only=True, frozen=True):
    """An event that a run made."""

    seq: int
    type: str


class AutomationRun(Struct, kw_only=True, frozen=True):
    """One run of a rule. `number` counts the rule's runs from 1; `error` says what went wrong, or why it was stopped."""

    automation_id: str
    number: RunNumber
    at: datetime
    outcome: Outcome
    cause: RunCause
    changes: list[RunChange]
    duration_ms: float
    error: str | None = None


class ListRuns(Paged, kw_only=True):
    """A page of a rule's runs, the newest first."""


class DryRun(Command, kw_only=True):
    """The card on which to try a rule."""

    card_id: Id


class TriedRule(Struct, kw_only=True, frozen=True):
    """What one rule would have done."""

    automation_id: str
    name: str
    outcome: Outcome
    changes: list[RunChange]
    error: str | None = None


class Rehearsal(Struct, kw_only=True, frozen=True):
    """What would happen: the rule first, then those that it would set off, and all events in their order."""

    rules: list[TriedRule]
    events: list[RawEvent]
