"""Each action of the keymap has a test that does it with its key: `test_<id>` in one of the modules beside this one."""

from __future__ import annotations

import pytest

from rego_tui.keymap import ACTIONS
from tests.tui import test_actions_cards, test_actions_moving, test_actions_pages

MODULES = (test_actions_moving, test_actions_cards, test_actions_pages)


@pytest.mark.parametrize("action_id", [action.id for action in ACTIONS])
def test_every_action_has_a_test(action_id: str) -> None:
    name = f"test_{action_id.replace('.', '_')}"
    assert sum(hasattr(module, name) for module in MODULES) == 1
