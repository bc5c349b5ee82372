"""Which of a person's own acts can be taken back or done again, read from the activity. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from rego.wire.activity import Activity


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


def _takes_back(entry: Activity, known: dict[int, Activity]) -> bool:
    if entry.reverts is None:
        return False
    before = known.get(entry.reverts)
    return before is None or not _takes_back(before, known)
