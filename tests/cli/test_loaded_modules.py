"""What a command loads decides how fast it starts: each kind of command pays only for what it uses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Rego

HEAVY = {
    "aiohttp",
    "alembic",
    "argon2",
    "asyncio",
    "asyncpg",
    "keyring",
    "pydantic",
    "rego_server",
    "rego_tui",
    "rich",
    "sqlalchemy",
    "structlog",
    "textual",
    "websockets",
}

UNUSED = {"calendar", "csv", "dataclasses", "email", "hashlib", "http", "platformdirs", "random", "ssl", "tempfile", "tomllib"}
"""What a command that only lists something has no use for."""

PROBE = """
import json, sys
before = set(sys.modules)
from rego.cli.main import run
sys.stdout = open(sys.argv[1], "w")
run(sys.argv[2:])
json.dump(sorted(set(sys.modules) - before), sys.__stdout__)
"""


def loaded(tmp_path: Path, *arguments: str) -> set[str]:
    command = [sys.executable, "-c", PROBE, str(tmp_path / "out"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return set(json.loads(done.stdout))


def packages(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def test_the_version_loads_nothing_but_the_entry(home: Path, tmp_path: Path) -> None:
    assert packages(loaded(tmp_path, "--version")) <= {"rego", "__future__", "collections", "gc"}


@pytest.mark.parametrize("arguments", [("--help",), ()])
def test_the_help_loads_no_noun_and_no_sdk(home: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    modules = loaded(tmp_path, *arguments)
    assert packages(modules) & (HEAVY | {"http", "ssl"}) == set()
    if arguments:
        assert "msgspec" not in packages(modules)
        ours = {name for name in modules if name.startswith("rego")}
        assert ours == {"rego", "rego.cli", "rego.cli.everywhere", "rego.cli.main", "rego.cli.root", "rego.cli.synonyms"}


def test_a_command_that_cannot_reach_its_server_loads_nothing_heavy(home: Path, tmp_path: Path) -> None:
    modules = loaded(tmp_path, "--server", "unix:/nowhere/at/all.sock", "cards", "list")
    assert "rego.client.blocking" in modules
    assert packages(modules) & HEAVY == set()


def test_a_list_in_a_pipe_loads_neither_tables_nor_an_event_loop(ops: str, tmp_path: Path) -> None:
    modules = loaded(tmp_path, "cards", "list")
    assert (tmp_path / "out").read_text().startswith(f"{ops}-1\t")
    assert packages(modules) & (HEAVY | UNUSED) == set()
    assert {name for name in modules if name.startswith("rego.wire.query")} == set()


def test_a_list_from_the_local_server_is_as_light(home: Path, tmp_path: Path, rego: Rego) -> None:
    rego("boards", "add", "Mine")
    modules = loaded(tmp_path, "cards", "list")
    rego("local", "stop")
    assert "rego.client.local" in modules
    assert packages(modules) & (HEAVY | UNUSED) == set()
