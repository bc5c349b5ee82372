"""`rego doctor` on real services, and its judgement of what it may find there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rego_server.core.redis.condition import RedisCondition
from rego_server.upkeep.services import clock, durability, latency, policy
from tests.cli.conftest import Rego
from tests.postgres import client_programs
from tests.valkey import Valkey

ON = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}


def _states(rego: Rego, *arguments: str) -> tuple[int, dict[str, str]]:
    result = rego("doctor", "--json", *arguments)
    findings = json.loads(result.out)
    for finding in findings:
        assert (finding["state"] in ("warning", "failed")) == bool(finding["advice"]), finding
    return result.code, {finding["check"]: finding["state"] for finding in findings}


def test_a_fresh_machine_is_fit_for_a_server(rego: Rego, home: Path) -> None:
    code, states = _states(rego)
    assert (code, states["data directory"], states["migrations"]) == (0, "warning", "warning")
    assert not (home / "data").exists(), "looking must not make anything"
    rego("db", "upgrade")
    code, states = _states(rego)
    states.pop("open files")  # of the machine that runs the tests
    assert (code, set(states.values())) == (0, {"ok", "not used"}), states
    files = sorted(path.name for path in (home / "data").rglob("*") if path.is_file())
    assert files == ["rego.db", "rego.db.lock", "server.lock"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_cluster_is_looked_at_as_a_whole(
    rego: Rego, database_url: str, valkey: Valkey, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "data").mkdir(mode=0o700)
    monkeypatch.setenv("REGO_PG_BIN", str(client_programs()))
    services = ("--database-url", database_url, "--redis-url", valkey.url)
    code, states = _states(rego, *services)
    assert {states[check] for check in ("database", "database clock", "migrations", "redis", "redis clock")} == {"ok"}
    assert states["backup programs"] == "ok"
    monkeypatch.setenv("REGO_PG_BIN", str(home))
    assert _states(rego, *services)[1]["backup programs"] == "warning"
    assert (code, states["synchronous_commit"]) == (1, "failed"), "the tests' PostgreSQL does without durability"
    assert (states["secret"], states["blob store"], states["redis policy"]) == ("warning", "warning", "ok")


def test_what_does_not_answer_is_a_finding(rego: Rego) -> None:
    nowhere = ("--database-url", "postgresql://ann:hush@127.0.0.1:1/rego", "--redis-url", "redis://:hush@127.0.0.1:1")
    code, states = _states(rego, *nowhere)
    assert (code, states["database"], states["migrations"], states["redis"]) == (1, "failed", "failed", "failed")
    shown = rego("doctor", *nowhere)
    assert (shown.code, "hush" in shown.out + shown.err, "Traceback" in shown.err) == (1, False, False)


def test_several_servers_need_postgresql(rego: Rego, valkey: Valkey) -> None:
    code, states = _states(rego, "--redis-url", valkey.url)
    assert (code, states["database"]) == (1, "failed")


@pytest.mark.parametrize(
    ("settings", "state"),
    [
        (ON, "ok"),
        (ON | {"synchronous_commit": "remote_apply"}, "ok"),
        (ON | {"synchronous_commit": "local"}, "warning"),
        (ON | {"synchronous_commit": "off"}, "failed"),
        (ON | {"fsync": "off"}, "failed"),
        (ON | {"full_page_writes": "off"}, "failed"),
    ],
)
def test_durability(settings: dict[str, str], state: str) -> None:
    assert durability(settings).state == state


def test_clocks_latency_and_policy() -> None:
    assert [clock("c", "X", ahead).state for ahead in (0.9, -0.9, 1.1, -90)] == ["ok", "ok", "warning", "warning"]
    assert "90.0 s behind ours" in clock("c", "X", -90).found
    assert [latency("l", "X", seconds).state for seconds in (0.001, 0.011)] == ["ok", "warning"]
    full = RedisCondition("8.0.0", 0.001, 0.0, "noeviction", 0)
    assert policy(full).state == "ok"
    assert policy(full._replace(memory_max=1_000_000)).state == "warning"
    assert policy(full._replace(memory_max=1_000_000, policy="allkeys-lru")).state == "ok"
