"""Times in queries: which moments each operator and each form lets through, in the reader's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from rego.wire.query_dates import bounds_of, period_of
from rego.wire.query_terms import Op, TimeField, When

NOW = datetime(2026, 11, 23, 12, 30, 15, tzinfo=timezone(timedelta(hours=2)))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NOW.tzinfo)


PERIODS = {
    "today": ("2026-11-23", "2026-11-24"),
    "0d": ("2026-11-23", "2026-11-24"),
    "tomorrow": ("2026-11-24", "2026-11-25"),
    "yesterday": ("2026-11-22", "2026-11-23"),
    "3d": ("2026-11-26", "2026-11-27"),
    "+3d": ("2026-11-26", "2026-11-27"),
    "-1w": ("2026-11-16", "2026-11-17"),
    "4h": ("2026-11-23T16:30:15", "2026-11-23T16:31:15"),
    "2026-12-31": ("2026-12-31", "2027-01-01"),
    "2026-12-31t17:00": ("2026-12-31T17:00", "2026-12-31T17:01"),
    "2026-12-31t17:00z": ("2026-12-31T19:00", "2026-12-31T19:01"),
    "week": ("2026-11-23", "2026-11-30"),
}


@pytest.mark.parametrize("text", PERIODS)
def test_what_a_time_names(text: str) -> None:
    begin, end = PERIODS[text]
    assert period_of(TimeField.DUE, text, NOW) == (_at(begin), _at(end))


def test_a_week_of_what_is_past_looks_back() -> None:
    assert period_of(TimeField.UPDATED, "week", NOW) == (_at("2026-11-17"), _at("2026-11-24"))


@pytest.mark.parametrize(
    ("op", "first", "end"),
    [
        (Op.BELOW, None, "2026-11-26"),
        (Op.AT_MOST, None, "2026-11-27"),
        (Op.IS, "2026-11-26", "2026-11-27"),
        (Op.AT_LEAST, "2026-11-26", None),
        (Op.ABOVE, "2026-11-27", None),
    ],
)
def test_an_operator_compares_with_the_whole_day(op: Op, first: str | None, end: str | None) -> None:
    found = bounds_of(When(TimeField.DUE, op, "3d"), NOW)
    assert found == (first and _at(first), end and _at(end))


def test_a_day_has_the_hours_that_it_has_there() -> None:
    paris = ZoneInfo("Europe/Paris")
    begin, end = period_of(TimeField.DUE, "2026-10-25", datetime(2026, 10, 1, tzinfo=paris))
    assert end.astimezone(UTC) - begin.astimezone(UTC) == timedelta(hours=25)
