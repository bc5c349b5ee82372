"""Dates as people type them. Pure: the present moment is passed in."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from rego.wire.errors import InvalidInput

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
END_OF_DAY = time(23, 59)
FORMS = "2026-11-30, 2026-11-30T17:00, today, tomorrow, friday, +3d, +2w or +4h"

_SHIFT = re.compile(r"\+(\d{1,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def parse_due(text: str, now: datetime) -> datetime:
    """The moment that `text` names, seen from `now`, with its zone; a day without a time means its last minute, here.

    A weekday is the next one after today. Raises `InvalidInput` when `text` is none of the forms.
    """
    word = text.strip().lower()
    if shift := _SHIFT.fullmatch(word):
        return _shifted(now, int(shift[1]), shift[2])
    if (day := _named_day(word, now.date())) is not None:
        return _end_of(day)
    return _iso(text.strip())


def _shifted(now: datetime, count: int, unit: str) -> datetime:
    moment = now + timedelta(**{_UNITS[unit]: count})
    return moment if unit == "h" else _end_of(moment.date())


def _named_day(word: str, today: date) -> date | None:
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    matches = [n for n, name in enumerate(WEEKDAYS) if len(word) >= 3 and name.startswith(word)]
    if len(matches) != 1:
        return None
    return today + timedelta(days=(matches[0] - today.weekday() - 1) % 7 + 1)


def _iso(text: str) -> datetime:
    try:
        if len(text) <= len("2026-11-30"):
            return _end_of(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.astimezone()
    except (ValueError, OverflowError):
        raise InvalidInput(f"{text!r} is no date that Rego reads: write {FORMS}.", field="due_at") from None


def _end_of(day: date) -> datetime:
    return datetime.combine(day, END_OF_DAY).astimezone()


def utc_offset(now: datetime) -> int:
    """How many minutes the zone of `now` is east of UTC."""
    offset = now.utcoffset()
    return 0 if offset is None else round(offset.total_seconds() / 60)
