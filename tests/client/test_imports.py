"""What a one-shot command imports of the SDK: nothing that takes longer than the command itself."""

from __future__ import annotations

import subprocess
import sys

NOUNS = ("auth", "boards", "cards", "checklists", "columns", "comments", "exports", "imports", "labels", "system")
ONE_SHOT = (*NOUNS, "blocking", "config", "credentials", "local", "paths", "server", "sniffing")
HEAVY = ("aiohttp", "yarl", "websockets", "keyring", "platformdirs", "rich", "textual", "sqlalchemy", "pydantic", "tomllib")


def test_a_one_shot_command_loads_no_event_loop_library() -> None:
    program = (
        "import importlib, sys\n"
        f"for name in {ONE_SHOT!r}: importlib.import_module('rego.client.' + name)\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []
