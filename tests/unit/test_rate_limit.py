"""The generic cell rate algorithm: never more than the burst, never more than the rate, exact, and bounded in memory."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rego_server.core.rate_limit import Decision, MemoryLimiter, Quota

SECOND = 1_000_000_000
READS = Quota("reads", 600)
THIRDS = Quota("thirds", 180)
"""A third of a second between two requests: no whole number of nanoseconds."""

quotas = st.builds(Quota, st.just("any"), st.integers(1, 50), st.integers(1, 90))
pauses = st.lists(st.one_of(st.just(0), st.integers(0, 100 * SECOND)), max_size=80)


class FakeClock:
    """Nanoseconds, moved by the test alone."""

    def __init__(self) -> None:
        self.now = 5 * SECOND

    def __call__(self) -> int:
        return self.now


class Meter:
    """A limiter with the clock that it looks at."""

    def __init__(self, subjects_max: int = 1_000) -> None:
        self.clock = FakeClock()
        self.limiter = MemoryLimiter(self.clock, subjects_max)

    def take(self, quota: Quota, subject: str = "ada") -> Decision:
        return asyncio.run(self.limiter.take(quota, subject))

    async def allowed(self, quota: Quota, times: int) -> int:
        return sum([(await self.limiter.take(quota, "ada")).allowed for _ in range(times)])


async def test_a_burst_is_the_quota_and_not_one_more() -> None:
    assert await Meter().allowed(READS, 1_000) == 600


def test_a_decision_tells_what_is_left() -> None:
    meter, quota = Meter(), Quota("two", 2)
    assert meter.take(quota) == Decision(True, quota, remaining=1, reset_after=30, retry_after=0)
    assert meter.take(quota) == Decision(True, quota, remaining=0, reset_after=60, retry_after=30)
    meter.clock.now += 10 * SECOND
    assert meter.take(quota) == Decision(False, quota, remaining=0, reset_after=50, retry_after=20)


def test_a_refused_request_costs_nothing_and_the_promised_time_is_right() -> None:
    meter, quota = Meter(), Quota("one", 1, 7)
    meter.take(quota)
    assert [meter.take(quota).retry_after for _ in range(5)] == [7] * 5
    meter.clock.now += 7 * SECOND - 1
    assert not meter.take(quota).allowed
    meter.clock.now += 1
    assert meter.take(quota).allowed


async def test_the_long_run_is_exact() -> None:
    """An hour of asking far too often gives the burst and then the rate, to the request, also when it is no whole number."""
    meter = Meter()
    allowed = 0
    for _ in range(36_000):
        allowed += await meter.allowed(THIRDS, 1)
        meter.clock.now += SECOND // 10
    # The last request was asked for at 3599.9 s, when the 10 800th after the burst was not yet due.
    assert allowed == 180 + 10_799


async def test_requests_at_once_are_counted_exactly() -> None:
    meter = Meter()
    decisions = await asyncio.gather(*(meter.limiter.take(READS, "ada") for _ in range(900)))
    assert sum(each.allowed for each in decisions) == 600
    assert [each.remaining for each in decisions[:600]] == list(range(599, -1, -1))


def test_subjects_and_quotas_do_not_share() -> None:
    meter, one, other = Meter(), Quota("one", 1), Quota("other", 1)
    assert meter.take(one).allowed
    assert not meter.take(one).allowed
    assert meter.take(other).allowed
    assert meter.take(one, "mira").allowed


@given(quotas, pauses)
def test_no_window_has_more_than_burst_and_rate(quota: Quota, pauses: list[int]) -> None:
    meter = Meter()
    times = []
    for pause in pauses:
        meter.clock.now += pause
        if meter.take(quota).allowed:
            times.append(meter.clock.now)
    for first, begin in enumerate(times):
        for last, end in enumerate(times[first:], first):
            flowed_back = (end - begin) * quota.limit // (quota.period * SECOND)
            assert last - first + 1 <= quota.limit + flowed_back


@given(quotas, pauses)
def test_who_keeps_to_the_promise_is_allowed(quota: Quota, pauses: list[int]) -> None:
    meter = Meter()
    for pause in pauses:
        meter.clock.now += pause
        decision = meter.take(quota)
        assert decision.allowed or decision.remaining == 0
        assert (decision.remaining == 0) == (decision.retry_after > 0)
        if not decision.allowed:
            meter.clock.now += round(decision.retry_after * SECOND) + 1
            assert meter.take(quota).allowed


@given(quotas, st.lists(st.integers(-100 * SECOND, 100 * SECOND), max_size=80))
def test_a_clock_that_goes_back_gives_nothing_away(quota: Quota, steps: list[int]) -> None:
    """What is decided is what a clock that stood still instead would have decided."""
    jumping, standing = Meter(), Meter()
    for step in steps:
        jumping.clock.now += step
        standing.clock.now = max(standing.clock.now, jumping.clock.now)
        assert jumping.take(quota) == standing.take(quota)


def test_memory_is_bounded_and_whoever_was_not_seen_for_longest_goes_first() -> None:
    meter, quota = Meter(subjects_max=3), Quota("one", 1)
    for subject in ("a", "b", "c", "a", "d"):  # a comes twice: b is the oldest
        meter.take(quota, subject)
    assert meter.limiter.subjects == 3
    assert [meter.take(quota, subject).allowed for subject in ("a", "c", "d")] == [False] * 3
    assert meter.take(quota, "b").allowed


def test_idle_subjects_are_forgotten() -> None:
    meter, quota = Meter(), Quota("one", 1)
    for number in range(100):
        meter.take(quota, f"once {number}")
    assert meter.limiter.subjects == 100
    meter.clock.now += 61 * SECOND
    for _ in range(60):
        meter.take(quota, "ada")
    assert meter.limiter.subjects == 1


@pytest.mark.parametrize("limit", [1, 7, 600])
def test_a_whole_quota_is_back_after_its_period(limit: int) -> None:
    meter, quota = Meter(), Quota("any", limit)
    for _ in range(limit):
        last = meter.take(quota)
    assert last.reset_after == 60
    meter.clock.now += 60 * SECOND
    assert meter.take(quota).remaining == limit - 1
