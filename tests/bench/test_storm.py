"""The storm over two processes, small: all come back. What a server spends on it is counted in tests/realtime/test_storm.py."""

from __future__ import annotations

from tests.bench.storm import QUICK, run
from tests.postgres import Postgres
from tests.valkey import OwnValkey


def test_everybody_is_back_and_alike_and_nobody_who_resumes_needs_the_board(postgres: Postgres, own_valkey: OwnValkey) -> None:
    resuming, forgetful = run(postgres, own_valkey, QUICK)
    assert len(resuming.back) == len(forgetful.back) == QUICK.clients
    assert resuming.reads == []
    # A read for the board as it was at the kill, for each change since, and for one that was under way.
    assert len(forgetful.reads) <= 2 + forgetful.events
    assert "snapshot queries" in str(forgetful)
