"""The benchmark of the TUI runs and prints. Whether the bars are held is for people to judge, on a quiet machine."""

from __future__ import annotations

from tests.bench.headless import CASES
from tests.bench.sittings import BARS
from tests.bench.tui import QUICK, run


def test_the_benchmark_runs_and_prints_each_measure_for_each_size() -> None:
    lines = list(run(QUICK))
    header, *rows = lines[: len(BARS) + 1]
    assert header.split()[-4:] == ["20", "cards", "bar", "ratio"]
    assert [row[:36].strip() for row in rows] == list(BARS)
    assert all(_first_figure(row) > 0 for row in rows if "events" not in row)  # the clock of processors is coarse
    blank, _header, *rows = lines[len(BARS) + 1 :]
    assert not blank
    assert [row[:36].strip() for row in rows] == list(CASES)
    assert all(_first_figure(row) > 0 for row in rows)


def _first_figure(row: str) -> float:
    return float(row[36:].split()[0])
