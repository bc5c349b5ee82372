"""Rules, what they did and what they would do, as lines and in detail. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.text import Text

from rego.dates import ago
from rego.rule_words import Names, action_in_words, trigger_in_words
from rego.safe_text import safe_text
from rego.wire.automation_runs import AutomationRun, Rehearsal
from rego.wire.automations import Automation, Outcome
from rego.wire.cards import CardRef
from rego.wire.codec import read_event
from rego.wire.sentences import sentence_of
from rego_tui.widgets.entries import Entry, Part, Tone
from rego_tui.widgets.text_cells import at_least

OUTCOMES: dict[Outcome, tuple[str, Tone]] = {
    Outcome.DONE: ("✓ done", Tone.GOOD),
    Outcome.SKIPPED: ("· skipped", Tone.MUTED),
    Outcome.FAILED: ("✗ failed", Tone.ERROR),
    Outcome.STOPPED: ("■ stopped", Tone.WARNING),
}

OUTCOME_WORDS: dict[Outcome, str] = {
    Outcome.DONE: "all of it was done",
    Outcome.SKIPPED: "the card did not fit the condition",
    Outcome.FAILED: "one thing failed, so nothing was done",
    Outcome.STOPPED: "it was held up, so that rules do not set each other off for ever",
}

COLORS: dict[Outcome, str] = {Outcome.DONE: "green", Outcome.SKIPPED: "dim", Outcome.FAILED: "red", Outcome.STOPPED: "yellow"}


def rule_line(rule: Automation, names: Names, room: int = 0) -> Entry:
    """A rule in one line: on or off, its name in at least `room` cells, its phrase, how it did last."""
    dot: Part = ("● ", Tone.GOOD) if rule.enabled else ("○ ", Tone.MUTED)
    name = (at_least(rule.name, room), Tone.TITLE if rule.enabled else Tone.MUTED)
    phrase = f"  {trigger_in_words(rule.trigger, names)} → {', '.join(action_in_words(each, names) for each in rule.actions)}"
    if rule.missing:
        state: Part = ("names what is gone", Tone.WARNING)
    elif rule.last_outcome is not None:
        state = OUTCOMES[rule.last_outcome]
    else:
        state = ("not run yet", Tone.MUTED)
    return Entry(rule.id, (dot, name, (phrase, Tone.MUTED)), (state,))


def rule_details(rule: Automation, names: Names, now: datetime) -> Text:
    """A rule whole."""
    text = Text(safe_text(rule.name), "bold")
    text.append("  on" if rule.enabled else "  off", "green" if rule.enabled else "dim")
    text.append("\n\n")
    _field(text, "when", trigger_in_words(rule.trigger, names))
    if rule.conditions:
        _field(text, "if", rule.conditions)
    for action in rule.actions:
        _field(text, "do", action_in_words(action, names))
    if rule.missing:
        text.append("\nIt names what is no longer on the board; a run that needs it fails.\n", "yellow")
    many = "1 run" if rule.runs == 1 else f"{rule.runs} runs"
    text.append(f"\n{many}", "dim")
    if rule.last_run_at is not None and rule.last_outcome is not None:
        text.append(f", the last {ago(rule.last_run_at, now)}: {OUTCOME_WORDS[rule.last_outcome]}", "dim")
    return text


def _field(text: Text, label: str, value: str) -> None:
    text.append(f"{label:<6}", "dim").append(f"{safe_text(value)}\n")


def run_line(run: AutomationRun, now: datetime) -> Entry:
    """A run in one line: how it ended, on which card, what it did."""
    did = ", ".join(change.type for change in run.changes) or run.error or ""
    return Entry(str(run.number), _outcome_line(run.outcome, run.cause.card, did), ((ago(run.at, now), Tone.MUTED),))


def _outcome_line(outcome: Outcome, card: CardRef, words: str) -> tuple[Part, ...]:
    mark, tone = OUTCOMES[outcome]
    return ((f"{mark:<9}  ", tone), (f"{card.ref} ", Tone.MUTED), (card.title, Tone.PLAIN), (f"  {words}", Tone.MUTED))


def run_details(run: AutomationRun, told: Mapping[int, str], now: datetime) -> Text:
    """A run whole. `told` are sentences about events, as far as they were read."""
    at = run.at.astimezone(now.tzinfo)
    by = "by the clock" if run.cause.event_seq is None else f"by event {run.cause.event_seq}"
    text = Text(f"{run.outcome}", COLORS[run.outcome]).append(f": {OUTCOME_WORDS[run.outcome]}\n", "default")
    text.append(f"\nrun {run.number} · {at:%A}, {at.day} {at:%B %H:%M:%S} · {run.duration_ms:.0f} ms\n", "dim")
    text.append(f"set off by {run.cause.trigger} on {run.cause.card.ref}, {by}\n", "dim")
    if run.error:
        text.append(f"\n{safe_text(run.error)}\n", COLORS[run.outcome])
    for change in run.changes:
        text.append(f"\n· {safe_text(told.get(change.seq, change.type))}")
    return text


def trial_line(card: CardRef, rehearsal: Rehearsal) -> Entry:
    """What would happen to a card, in one line."""
    tried = rehearsal.rules[0]
    does = ", ".join(change.type for each in rehearsal.rules for change in each.changes)
    return Entry(card.id, _outcome_line(tried.outcome, card, does or tried.error or ""))


def trial_details(card: CardRef, rehearsal: Rehearsal) -> Text:
    """What would happen to a card, rule by rule and in sentences."""
    text = Text(f"{card.ref} {safe_text(card.title)}\n\n", "bold")
    for number, tried in enumerate(rehearsal.rules):
        follows = "then " if number else ""
        text.append(f"{follows}{safe_text(tried.name)}: ", "dim").append(f"{tried.outcome}\n", COLORS[tried.outcome])
        if tried.error:
            text.append(f"  {safe_text(tried.error)}\n", COLORS[tried.outcome])
    text.append("\nThis would be told:\n" if rehearsal.events else "\nNothing would happen.\n", "dim")
    for raw in rehearsal.events:
        text.append(f"· {safe_text(sentence_of(read_event(raw)))}\n")
    return text.append("\nIt was only tried: nothing is changed.", "dim")


def trial_words(rehearsals: Sequence[Rehearsal], asked: int, among: int) -> str:
    """What came of a dry run, for the line above the list."""
    counts = {outcome: sum(each.rules[0].outcome is outcome for each in rehearsals) for outcome in Outcome}
    many = "1 card" if asked == 1 else f"{asked} cards" if asked == among else f"{asked} of {among} cards"
    said = [f"{count} {outcome}" for outcome, count in counts.items() if count]
    return f"Tried on {many}, nothing was changed: {', '.join(said) or 'none'}."
