"""What an import loads, in a fresh interpreter. (What a command loads when it runs: tests/cli/test_loaded_modules.py.)"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.architecture.source import modules

HEAVY = ["aiohttp", "alembic", "asyncpg", "keyring", "pydantic", "sqlalchemy", "structlog", "textual", "websockets"]
REPORT = "import json, sys; print(json.dumps([name for name in {names!r} if name in sys.modules]))"


def loaded_by(code: str, names: list[str]) -> list[str]:
    """Which of `names` are loaded after `code` ran."""
    script = f"{code}\n{REPORT.format(names=names)}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(
    "module",
    [
        "rego",
        "rego.wire",
        "rego.wire.events",
        "rego.wire.frames",
        "rego.wire.imports",
        "rego.replica",
        "rego.client.blocking",
        "rego.client.cards",
        "rego.cli.main",
    ],
)
def test_light_modules_load_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}", [*HEAVY, "rich", "asyncio"]) == []


def test_the_contract_needs_msgspec_alone() -> None:
    assert loaded_by("import rego.wire.events", ["typer", "platformdirs", "argon2", "jwt", "msgspec"]) == ["msgspec"]


def test_no_command_loads_heavy_parts_before_it_runs() -> None:
    """`rego serve`, `rego tui` and `rego watch` import theirs inside the function, tables come with their first use."""
    commands = [module.name for module in modules("rego") if module.within("rego.cli") and module.name != "rego.cli.tables"]
    assert loaded_by("import " + ", ".join(commands), HEAVY) == []


def test_a_local_server_starts_without_what_it_does_not_use() -> None:
    """Somebody waits for it: no migrations when there is nothing to migrate, no other database, no signed tokens."""
    assert loaded_by("import rego_server.local", ["alembic", "asyncpg", "cryptography", "jwt"]) == []
