"""Dates as people type them. Pure but for `parse_here`: the present moment is passed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from rego.wire.errors import InvalidInput

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
END_OF_DAY = time(23, 59)
PAST_FORMS = "2026-11-30, 2026-11-30T17:00, today, yesterday, friday, 3d, 2w, 4h or 30m"
SPANS = "30m, 4h, 3d or 2w"
FORMS = "2026-11-30, 2026-11-30T17:00, today, tomorrow, friday, +3d, +2w or +4h"

_SHIFT = re.compile(r"\+(\d{1,4})([hdw])")
_SPAN = re.compile(r"(\d{1,4})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_due(text: str, now: datetime) -> datetime:
    """The moment that `text` names, seen from `now`, with its zone; a day without a time means its last minute, here.

    A weekday is the next one after today. Raises `InvalidInput` when `text` is none of the forms.
    """
    word = text.strip().lower()
    if shift := _SHIFT.fullmatch(word):
        return _shifted(now, int(shift[1]), shift[2])
    if (day := _named_day(word, now.date())) is not None:
        return _end_of(day)
    return _iso(text.strip(), _end_of, FORMS, "due_at")


def _shifted(now: datetime, count: int, unit: str) -> datetime:
    moment = now + timedelta(**{_UNITS[unit]: count})
    return moment if unit == "h" else _end_of(moment.date())


def _named_day(word: str, today: date) -> date | None:
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    weekday = _weekday(word)
    return None if weekday is None else today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _weekday(word: str) -> int | None:
    """The day of the week that begins with `word`, counted from Monday."""
    matches = [n for n, name in enumerate(WEEKDAYS) if len(word) >= 3 and name.startswith(word)]
    return matches[0] if len(matches) == 1 else None


def _iso(text: str, day_as: Callable[[date], datetime], forms: str, field: str | None) -> datetime:
    try:
        if len(text) <= len("2026-11-30"):
            return day_as(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.astimezone()
    except (ValueError, OverflowError):
        raise InvalidInput(f"{text!r} is no date that Rego reads: write {forms}.", field=field) from None


def _end_of(day: date) -> datetime:
    return datetime.combine(day, END_OF_DAY).astimezone()


def parse_span(text: str) -> timedelta:
    """The length of time that `text` names. Raises `InvalidInput` when it is none."""
    if (span := _SPAN.fullmatch(text.strip().lower())) is None:
        raise InvalidInput(f"{text!r} is no length of time that Rego reads: write {SPANS}.")
    return _span(span)


def _span(match: re.Match[str]) -> timedelta:
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def parse_past(text: str, now: datetime) -> datetime:
    """The moment in the past that `text` names, seen from `now`; a day means its beginning, here.

    A weekday is the last one before today. Raises `InvalidInput` when `text` is none of the forms.
    """
    word = text.strip().lower()
    if back := _SPAN.fullmatch(word):
        return now - _span(back)
    if (day := _past_day(word, now.date())) is not None:
        return _beginning_of(day)
    return _iso(text.strip(), _beginning_of, PAST_FORMS, None)


def _past_day(word: str, today: date) -> date | None:
    if word in ("today", "yesterday"):
        return today - timedelta(days=word == "yesterday")
    weekday = _weekday(word)
    return None if weekday is None else today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


def _beginning_of(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()


def ago(moment: datetime, now: datetime) -> str:
    """How long before `now` it was, in one unit; the date when that is more than four weeks."""
    seconds = int((now - moment).total_seconds())
    if seconds < 60:
        return "just now"
    if seconds < 3_600:
        return f"{seconds // 60} min ago"
    if seconds < 86_400:
        return f"{seconds // 3_600} h ago"
    days = seconds // 86_400
    return f"{days} day{'s' if days > 1 else ''} ago" if days <= 28 else f"{moment.astimezone(now.tzinfo):%Y-%m-%d}"


def parse_here(text: str | None) -> datetime | None:
    """The moment that `text` names, seen from the one in which this is called, in the zone of this machine; None for None."""
    return None if text is None else parse_due(text, datetime.now().astimezone())


def utc_offset(now: datetime) -> int:
    """How many minutes the zone of `now` is east of UTC."""
    offset = now.utcoffset()
    return 0 if offset is None else round(offset.total_seconds() / 60)
