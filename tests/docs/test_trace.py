"""The path of a move has eight steps, and every name on it is where the page says."""

from __future__ import annotations

import re

import pytest

from rego.wire.cards import MoveCard
from rego.wire.events import CardMoved, event_type
from rego_tui.actions import ACTIONS
from tests.docs.pages import ROOT, exists, names_in

TRACE = (ROOT / "docs" / "trace" / "move-card.md").read_text(encoding="utf-8")
STEPS = dict(re.findall(r"^## (\d+)\. [^\n]+\n(.*?)(?=^## |\Z)", TRACE, re.MULTILINE | re.DOTALL))


def test_there_are_eight_steps_in_order() -> None:
    assert list(STEPS) == [str(number) for number in range(1, 9)]
    assert len(re.findall(r"^## ", TRACE, re.MULTILINE)) == 8


@pytest.mark.parametrize("number", STEPS)
def test_a_step_names_code_and_the_code_is_there(number: str) -> None:
    names = names_in(STEPS[number])
    assert names, "the step names no file"
    assert [str(name) for name in names if not exists(name)] == []


def test_the_five_shapes_are_what_the_code_calls_them() -> None:
    keys = [action.id for action in ACTIONS if action.id.startswith("card.move_")]
    assert len(keys) == 4
    shapes = [*keys, MoveCard.__name__, "move_card", CardMoved.__name__, event_type(CardMoved)]
    table = TRACE[: TRACE.index("## 1.")]
    assert [shape for shape in shapes if f"`{shape}`" not in table] == []


def test_the_path_leads_through_every_room() -> None:
    rooms = {name.file.split("/")[0] for text in STEPS.values() for name in names_in(text)}
    assert rooms == {"rego", "rego_tui", "rego_server"}
