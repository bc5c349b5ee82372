"""Due dates as people type them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rego.dates import ago, parse_due, parse_past
from rego.wire.errors import InvalidInput

CET = timezone(timedelta(hours=1))


@pytest.fixture(autouse=True)
def _berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


WEDNESDAY = datetime(2026, 11, 25, 15, 30, tzinfo=CET)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-24", datetime(2026, 12, 24, 23, 59, tzinfo=CET)),
        ("2026-12-24T17:00", datetime(2026, 12, 24, 17, 0, tzinfo=CET)),
        ("2026-12-24 17:00", datetime(2026, 12, 24, 17, 0, tzinfo=CET)),
        ("2026-12-24T17:00:00Z", datetime(2026, 12, 24, 17, 0, tzinfo=UTC)),
        ("today", datetime(2026, 11, 25, 23, 59, tzinfo=CET)),
        ("Tomorrow", datetime(2026, 11, 26, 23, 59, tzinfo=CET)),
        ("friday", datetime(2026, 11, 27, 23, 59, tzinfo=CET)),
        ("fri", datetime(2026, 11, 27, 23, 59, tzinfo=CET)),
        ("tuesday", datetime(2026, 12, 1, 23, 59, tzinfo=CET)),
        ("+3d", datetime(2026, 11, 28, 23, 59, tzinfo=CET)),
        ("+2w", datetime(2026, 12, 9, 23, 59, tzinfo=CET)),
        ("+4h", datetime(2026, 11, 25, 19, 30, tzinfo=CET)),
        (" today ", datetime(2026, 11, 25, 23, 59, tzinfo=CET)),
    ],
)
def test_reads(text: str, expected: datetime) -> None:
    assert parse_due(text, WEDNESDAY) == expected


def test_a_weekday_is_never_today() -> None:
    assert parse_due("wednesday", WEDNESDAY).date() == (WEDNESDAY + timedelta(days=7)).date()


def test_a_day_in_summer_ends_in_summer_time() -> None:
    assert parse_due("2026-07-01", WEDNESDAY).utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(
    "text", ["", "soon", "t", "2026-13-01", "2026-02-30", "+d", "+-3d", "3d", "2026-1", "\x1b[2J", "+99999d"]
)
def test_says_what_it_reads(text: str) -> None:
    with pytest.raises(InvalidInput, match="write 2026-11-30"):
        parse_due(text, WEDNESDAY)


@given(st.text())
def test_any_text_is_a_moment_with_a_zone_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        assert parse_due(text, WEDNESDAY).tzinfo is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=CET)),
        ("2026-11-20T17:00", datetime(2026, 11, 20, 17, tzinfo=CET)),
        ("today", datetime(2026, 11, 25, tzinfo=CET)),
        ("Yesterday", datetime(2026, 11, 24, tzinfo=CET)),
        ("wednesday", datetime(2026, 11, 18, tzinfo=CET)),
        ("tue", datetime(2026, 11, 24, tzinfo=CET)),
        ("30m", WEDNESDAY - timedelta(minutes=30)),
        ("4h", WEDNESDAY - timedelta(hours=4)),
        ("3d", WEDNESDAY - timedelta(days=3)),
        ("2w", WEDNESDAY - timedelta(weeks=2)),
    ],
)
def test_a_moment_in_the_past_is_read(text: str, expected: datetime) -> None:
    assert parse_past(text, WEDNESDAY) == expected


@pytest.mark.parametrize("text", ["", "soon", "+3d", "-3d", "tomorrow", "2026-13-01", "2026-11-20T25:00", "t"])
def test_what_is_no_moment_in_the_past_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="yesterday"):
        parse_past(text, WEDNESDAY)


@pytest.mark.parametrize(
    ("back", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=28), "28 days ago"),
        (timedelta(days=29), "2026-10-27"),
    ],
)
def test_how_long_ago_it_was(back: timedelta, said: str) -> None:
    assert ago(WEDNESDAY - back, WEDNESDAY) == said
