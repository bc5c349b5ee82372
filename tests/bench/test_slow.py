"""The benchmark of bad clients runs and prints; whether the others suffer is for people to judge, on a quiet machine."""

from __future__ import annotations

from tests.bench.slow import QUICK, lines_of, run
from tests.postgres import Postgres


def test_the_benchmark_runs_and_prints_what_became_of_everybody(postgres: Postgres) -> None:
    outcome = run(postgres, QUICK)
    lines = list(lines_of(outcome, QUICK))
    assert [line.split()[0] for line in lines[-4:]] == ["deaf", "gone", "waiting", "memory"]
    assert len(outcome.among.latencies) % QUICK.attentive == 0
    assert 0 < outcome.before.p50 <= outcome.before.p99
    assert outcome.watch.memory > 0
