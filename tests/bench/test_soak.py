"""The soak runs for a moment and prints; its verdict sees what grows."""

from __future__ import annotations

import asyncio

import pytest

from tests.soak import COMPLAINT, GROWTH, Reading, Size, place, run, verdict

MOMENT = Size(minutes=0.02, sockets=4, changes_per_second=20.0, reading_seconds=0.6, warm_up=0.3)
CALM: Reading = {"memory MB": 200.0, "files": 300.0, "PostgreSQL": 20.0, "Redis": 9.0, COMPLAINT: 0.0}


def test_the_soak_runs_and_prints_a_line_a_reading(capsys: pytest.CaptureFixture[str]) -> None:
    with place() as at:
        asyncio.run(run(at, MOMENT))
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split()[:2] == ["minute", "changes"]
    assert len(lines) >= 3
    assert all(line.split()[-1] == "0" for line in lines[:-1]), "somebody's exception was never retrieved"


@pytest.mark.parametrize("name", GROWTH)
def test_whatever_grows_is_told(name: str) -> None:
    assert verdict(CALM, CALM) == []
    [wrong] = verdict(CALM, {**CALM, name: CALM[name] * 2})
    assert wrong.startswith(f"{name} grew from ")


def test_a_complaint_in_the_log_is_told() -> None:
    assert verdict(CALM, {**CALM, COMPLAINT: 1.0}) == ['"never retrieved" stands 1 times in the logs']
