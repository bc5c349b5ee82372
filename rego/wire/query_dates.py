"""Times as queries write them. Each names a period, mostly a day, so that `<`, `<=`, `:`, `>=` and `>` all have a meaning."""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from typing import NamedTuple

from rego.wire.query_terms import Op, TimeField, When

FORMS = "2026-11-30, 2026-11-30T17:00, today, tomorrow, yesterday, week, 3d, -2w or 4h"

BEFORE_ALL = datetime(MINYEAR, 12, 31, tzinfo=UTC)
AFTER_ALL = datetime(MAXYEAR, 1, 1, tzinfo=UTC)
"""Where cards without the time stand in an order: last, whichever way it goes. No card can have these times."""

WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)

_SHIFT = re.compile(r"([+-]?[0-9]{1,4})([hdw])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MINUTE_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}t[0-9]{2}:[0-9]{2}(z|[+-][0-9]{2}:[0-9]{2})?")
_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}
_LOOK_BACK = (TimeField.CREATED, TimeField.UPDATED)
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


class Period(NamedTuple):
    """From `begin` until just before `end`."""

    begin: datetime
    end: datetime


class Bounds(NamedTuple):
    """From `first` on and before `end`; None is no bound."""

    first: datetime | None
    end: datetime | None


def check(field: TimeField, text: str) -> None:
    """Raise `ValueError` when `text`, in lower case, is none of the forms."""
    period_of(field, text, _ANY_TIME)


def bounds_of(term: When, now: datetime) -> Bounds:
    """Which moments fit `term`, seen from `now`; days begin at midnight in the zone of `now`."""
    begin, end = period_of(term.field, term.text, now)
    match term.op:
        case Op.IS:
            return Bounds(begin, end)
        case Op.BELOW:
            return Bounds(None, begin)
        case Op.AT_MOST:
            return Bounds(None, end)
        case Op.ABOVE:
            return Bounds(end, None)
        case Op.AT_LEAST:
            return Bounds(begin, None)


def period_of(field: TimeField, text: str, now: datetime) -> Period:
    """The period that `text`, in lower case, names; raises `ValueError` when it names none.

    `week` looks forward from today, and back from it where only the past makes sense.
    """
    if text == "week":
        today = _day(now.date(), now)
        return Period(today.end - WEEK, today.end) if field in _LOOK_BACK else Period(today.begin, today.begin + WEEK)
    if text in _DAYS:
        return _day(now.date() + timedelta(days=_DAYS[text]), now)
    if shift := _SHIFT.fullmatch(text):
        return _shifted(int(shift[1]), shift[2], now)
    if _DATE.fullmatch(text):
        return _day(date.fromisoformat(text), now)
    if _MINUTE_TEXT.fullmatch(text):
        moment = datetime.fromisoformat(text.upper())
        return _minute(moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo))
    raise ValueError("not a time")


def _shifted(count: int, unit: str, now: datetime) -> Period:
    if unit == "h":
        return _minute(now + timedelta(hours=count))
    return _day(now.date() + count * (WEEK if unit == "w" else _DAY), now)


def _day(day: date, now: datetime) -> Period:
    _check_year(day)
    begin, end = (datetime.combine(each, time.min, tzinfo=now.tzinfo) for each in (day, day + _DAY))
    return Period(begin, end)


def _minute(begin: datetime) -> Period:
    _check_year(begin)
    return Period(begin, begin + _MINUTE)


def _check_year(day: date) -> None:
    # As for the times of cards: at the very ends there may be no local time, and for PostgreSQL they are infinity.
    if not MINYEAR < day.year < MAXYEAR:
        raise ValueError("out of range")
