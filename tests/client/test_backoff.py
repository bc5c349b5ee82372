"""Pauses between attempts to reconnect."""

from __future__ import annotations

import pytest

from rego.client.backoff import Backoff


def a_backoff(jitter: float = 1.0) -> Backoff:
    return Backoff(lambda: jitter)


def test_ceilings_double_from_half_a_second_to_thirty() -> None:
    backoff = a_backoff()
    assert [backoff.pause(healthy_for=0.0) for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_jitter_is_full() -> None:
    assert a_backoff(0.0).pause(healthy_for=0.0) == 0.0
    assert a_backoff(0.5).pause(healthy_for=0.0) == 0.25


def test_a_thousand_failures_are_no_arithmetic_error() -> None:
    backoff = a_backoff()
    assert [backoff.pause(healthy_for=0.0) for _ in range(2000)][-1] == 30


@pytest.mark.parametrize(("healthy_for", "pause"), [(59.9, 2.0), (60.0, 0.5)])
def test_a_minute_of_health_wipes_the_slate_clean(healthy_for: float, pause: float) -> None:
    backoff = a_backoff()
    backoff.pause(healthy_for=0.0)
    backoff.pause(healthy_for=0.0)
    assert backoff.pause(healthy_for=healthy_for) == pause


def test_resume_now_is_at_once_but_not_in_a_loop() -> None:
    backoff = a_backoff()
    assert [backoff.pause(healthy_for=1.0, at_once=True) for _ in range(3)] == [0.0, 1.0, 2.0]


def test_what_the_server_asks_for_is_the_least() -> None:
    backoff = a_backoff()
    assert backoff.pause(healthy_for=0.0, at_once=True, floor=7.0) == 7.0
    assert backoff.pause(healthy_for=0.0, floor=7.0) == 8.0
