"""The command surface and its reference page are what they were when they were last looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from rego.cli.reference import page
from rego.cli.root import COMMANDS, load_command
from tests.cli.conftest import Rego
from tests.cli.surface import GOLDEN, surface

REFERENCE = Path(__file__).parents[2] / "docs/reference/cli.md"


def test_the_surface_is_the_golden_one() -> None:
    assert surface() == GOLDEN.read_text(encoding="utf-8"), "wanted? then: python -m tests.cli.surface"


def test_the_reference_page_is_current() -> None:
    assert page() == REFERENCE.read_text(encoding="utf-8"), "run: python -m rego.cli.reference docs/reference/cli.md"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_itself_says(name: str) -> None:
    command = load_command(name)
    assert command.help is not None
    assert COMMANDS[name].help.rstrip(".") in command.help.partition("\n\n")[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(rego: Rego, name: str) -> None:
    result = rego(name, "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: rego {name}")
