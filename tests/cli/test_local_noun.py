"""`rego local`: the state of local mode, ending it, and a copy of its data."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Rego


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch, rego: Rego) -> Iterator[Path]:
    monkeypatch.chdir(home)
    yield home
    rego("local", "stop")


def test_a_local_server_is_seen_stopped_and_started_again(rego: Rego, here: Path) -> None:
    assert json.loads(rego("local", "status", "--json", "running,pid").out) == {"running": False, "pid": None}
    assert rego("local", "stop").err == "No local server is running.\n"
    rego("boards", "add", "Mine")
    running = json.loads(rego("local", "status", "--json").out)
    assert (running["running"], running["data_dir"], running["size"] > 0) == (True, str(here / "data"), True)
    assert f"process {running['pid']}" in rego("local", "status").out
    assert rego("local", "stop").err == "The local server has ended.\n"
    assert rego("local", "status", "-q").out == "stopped\n"
    assert len(rego("boards", "list").lines) == 1
    assert rego("local", "path").out == f"{here}/data\n"


def test_a_backup_is_whole_private_and_replaces_nothing_unasked(rego: Rego, here: Path) -> None:
    assert rego("local", "backup", "copy.db").code == 3
    rego("boards", "add", "Mine")
    assert rego("local", "backup", "copy.db").out == "copy.db\n"
    assert stat.S_IMODE((here / "copy.db").stat().st_mode) == 0o600
    with closing(sqlite3.connect(here / "copy.db")) as copy:
        assert copy.execute("SELECT title FROM boards").fetchall() == [("Mine",)]
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    before = (here / "copy.db").read_bytes()
    assert rego("local", "backup", "copy.db").code == 6
    assert (here / "copy.db").read_bytes() == before
    assert rego("local", "backup", "copy.db", "--force").code == 0
    assert not list(here.glob(".*.part"))
