"""The retry policy: what is worth another try, after which pause, and when it is enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rego.client.retry import ONCE, Policy, pause_before_retry
from rego.wire import errors

POLICY = Policy(budget=10.0, unreachable=3.0, base=0.1, cap=2.0)


def outage(cause: BaseException) -> errors.Unreachable:
    error = errors.Unreachable("No answer.")
    error.__cause__ = cause
    return error


def pause(error: errors.RegoError, attempt: int = 1, elapsed: float = 0.0, jitter: float = 0.0) -> float | None:
    return pause_before_retry(POLICY, error, attempt, elapsed, lambda: jitter)


@pytest.mark.parametrize(
    "cause", [ConnectionRefusedError(), ConnectionResetError(), BrokenPipeError(), TimeoutError(), FileNotFoundError()]
)
def test_what_a_restart_mends_is_tried_again(cause: OSError) -> None:
    assert pause(outage(cause)) == 0.0


@pytest.mark.parametrize("cause", [OSError("certificate"), PermissionError(), ValueError()])
def test_what_time_does_not_mend_is_final(cause: BaseException) -> None:
    assert pause(outage(cause)) is None


@pytest.mark.parametrize("kind", sorted(set(errors.BY_NAME.values()) - {errors.Unavailable, errors.RateLimited}, key=str))
def test_an_answer_is_final(kind: type[errors.RegoError]) -> None:
    assert pause(kind("No.")) is None


def test_nobody_there_ends_sooner_than_a_server_that_asks_to_come_back() -> None:
    assert pause(outage(ConnectionRefusedError()), elapsed=4.0) is None
    assert pause(errors.Unavailable("Soon."), elapsed=4.0) is not None
    assert pause(errors.Unavailable("Soon."), elapsed=10.1) is None


def test_retry_after_is_the_least_and_jitter_comes_on_top() -> None:
    assert pause(errors.RateLimited("Slow.", retry_after=4.0), jitter=0.5) == pytest.approx(4.05)


def test_a_wait_beyond_the_budget_is_not_begun() -> None:
    assert pause(errors.RateLimited("Slow.", retry_after=60.0)) is None
    assert pause(errors.Unavailable("Soon.", retry_after=6.0), elapsed=5.0) is None


def test_pauses_double_up_to_the_cap() -> None:
    ceilings = [pause(errors.Unavailable("Soon."), attempt=n, jitter=1.0) for n in range(1, 8)]
    assert ceilings == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0])


def test_once_means_once() -> None:
    assert pause_before_retry(ONCE, errors.Unavailable("Soon."), 1, 0.0, lambda: 0.0) is None
    assert pause_before_retry(ONCE, outage(ConnectionRefusedError()), 1, 0.0, lambda: 0.0) is None


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1), st.floats(0, 5))
def test_the_whole_never_takes_longer_than_the_budget(jitters: list[float], retry_after: float) -> None:
    elapsed = 0.0
    for attempt, jitter in enumerate(jitters, start=1):
        rest = pause(errors.Unavailable("Soon.", retry_after=retry_after), attempt, elapsed, jitter)
        if rest is None:
            break
        elapsed += rest
    assert elapsed <= POLICY.budget
