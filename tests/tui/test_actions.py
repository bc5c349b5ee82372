"""Each action of the table has a test that does it with its key: `test_<id>` in one of the `test_actions_*` here."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from rego_tui.actions import ACTIONS

MODULES = [import_module(f"tests.tui.{path.stem}") for path in sorted(Path(__file__).parent.glob("test_actions_*.py"))]


@pytest.mark.parametrize("action_id", [action.id for action in ACTIONS])
def test_every_action_has_a_test(action_id: str) -> None:
    name = f"test_{action_id.replace('.', '_')}"
    assert sum(hasattr(module, name) for module in MODULES) == 1
