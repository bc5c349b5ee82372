"""Which of a person's own acts can be taken back or done again, read from the activity. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from rego.wire import limits
from rego.wire.activity import Activity
from rego.wire.event_data import RawEvent

LOOKED_THROUGH = 4 * limits.BULK_CHANGES_MAX
"""How many of somebody's latest acts are looked through, at the most, for what can be taken back or done again."""


def standing(entries: Iterable[Activity]) -> list[Activity]:
    """Those of `entries` that are acts and were not taken back. A taking back is no act, but one of a taking back is again."""
    known = {entry.seq: entry for entry in entries}
    return [entry for entry in known.values() if entry.reverted_by is None and not _takes_back(entry, known)]


def taken_back(entries: Iterable[Activity]) -> list[tuple[Activity, Activity]]:
    """The takings back that can be taken back themselves, each with what it took back.

    Only those since the last new act of `entries`, the newest first: who goes on with something else has nothing to do again.
    """
    known = {entry.seq: entry for entry in entries}
    last_new = max((entry.seq for entry in known.values() if entry.reverts is None), default=0)
    return [
        (entry, known[entry.reverts])
        for entry in sorted(known.values(), key=lambda entry: -entry.seq)
        if entry.seq > last_new and entry.reverted_by is None and entry.reverts in known and _takes_back(entry, known)
    ]


def is_cut_off(entries: Iterable[Activity]) -> bool:
    """Whether older entries are needed to tell what can be taken back or done again: something of `entries` takes back what is
    not among them."""
    known = {entry.seq: entry for entry in entries}
    return any(entry.reverts is not None and entry.reverts not in known for entry in known.values())


def and_more(made: Iterable[RawEvent]) -> str:
    """The end of a sentence about one act: how many more were taken back with it, by the events `made`."""
    others = sum(event.reverts is not None for event in made) - 1
    return f", and {others} more that {'was' if others == 1 else 'were'} done with it" if others > 0 else ""


def _takes_back(entry: Activity, known: dict[int, Activity]) -> bool:
    if entry.reverts is None:
        return False
    before = known.get(entry.reverts)
    return before is None or not _takes_back(before, known)
