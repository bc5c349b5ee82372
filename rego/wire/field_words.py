"""The fields of things in words, as the sentences about events name what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from rego.wire.base import Change

EXCERPT_MAX = 60
"""How much of somebody's text a sentence repeats, in characters."""

Words = Callable[[Any], str]


def quoted(text: str) -> str:
    """The beginning of `text` on one line, in quotation marks."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= EXCERPT_MAX else line[: EXCERPT_MAX - 1] + '…'}”"


def person(name: str, agent: str | None) -> str:
    """A person as sentences name them, such as `ada`, or `ada (agent: triage)` for what an agent did for them."""
    return name if agent is None else f"{name} (agent: {agent})"


def amount(size: int) -> str:
    """A number of bytes for people."""
    for unit, one in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= one:
            return f"{size / one:.1f} {unit}"
    return f"{size} B"


def in_words(changes: Mapping[str, Change]) -> str:
    """What the fields are after some changes, such as `title “Deploy”, priority high, no due date`."""
    return ", ".join(
        FIELD_WORDS.get(name, _plainly(name))(change.after) for name, change in changes.items() if name not in _UNSAID
    )


def _named(name: str) -> Words:
    return lambda value: f"{name} {quoted(str(value))}" if value else f"no {name}"


def _plainly(name: str) -> Words:
    return lambda value: f"no {name.replace('_', ' ')}" if value is None else f"{name.replace('_', ' ')} {value}"


def _either(yes: str, no: str) -> Words:
    return lambda value: yes if value else no


def _always(words: str) -> Words:
    return lambda _: words


def moment(at: datetime) -> str:
    """A moment in words, such as `2026-11-30 17:00 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _moment(name: str) -> Words:
    def words(value: Any) -> str:
        if value is None:
            return f"no {name}"
        try:
            return f"{name} {moment(datetime.fromisoformat(str(value)))}"
        except (ValueError, OverflowError):
            return f"{name} {value}"

    return words


FIELD_WORDS: dict[str, Words] = {
    "title": _named("title"),
    "name": _named("name"),
    "text": _named("text"),
    "filename": _named("name"),
    "description": _either("a new description", "no description"),
    "due_at": _moment("due date"),
    "start_at": _moment("start date"),
    "priority": lambda value: f"priority {value}",
    "completed": _either("completed", "not completed"),
    "archived": _either("archived", "not archived"),
    "done": _either("done", "not done"),
    "wip_limit": _plainly("limit"),
    "wip_mode": lambda value: f"a {value} limit",
    "color": _plainly("color"),
    "enabled": _either("switched on", "switched off"),
    "trigger": _always("another trigger"),
    "conditions": _named("conditions"),
    "actions": _always("other actions"),
    "assignee_id": _either("another person", "nobody responsible"),
}

_UNSAID = frozenset({"mentions"})
"""What follows from another field."""
