"""Rego's own board files: what a plan says comes back, and a mistake in a file is pointed at."""

from __future__ import annotations

import msgspec
import pytest

from rego.wire.errors import InvalidInput
from rego.wire.imports import Plan, PlannedCard, PlannedColumn, Tally
from rego_server.domains.imports import rego_format


def test_a_plan_comes_back_from_its_json() -> None:
    plan = Plan(
        title="Board",
        columns=[PlannedColumn(key="a", title="A", wip_limit=3, done=True)],
        cards=[PlannedCard(column="a", title="Card", number=4, archived=True)],
    )
    read, report = rego_format.read(msgspec.json.encode(plan))
    assert read == plan
    assert report.tallies["cards"] == Tally(found=1, imported=1)
    assert report.tallies["cards (archived)"] == Tally(found=1, imported=1)
    assert report.remarks == []


def test_texts_are_mended_as_in_other_formats() -> None:
    plan, report = rego_format.read(b'{"title": "\\u001b[2J", "cards": [{"column": "?", "title": "\\u200e"}]}')
    assert (plan.title, plan.cards[0].title, plan.columns[0].title) == ("[2J", "(untitled)", "(no column)")
    assert report.tallies["lists"] == Tally(found=0, imported=1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{}", "its top level lacks the field `title`"),
        (
            b'{"title": "B", "columns": [{"key": "a"}]}',
            "$.columns[0] lacks the field `title`",
        ),
        (b'{"title": "B", "cards": [{"column": "a", "title": 5}]}', "$.cards[0].title should be of type str, not int"),
        (
            b'{"title": "B", "labels": [{"key": "a", "name": "", "color": "\\u001b[2J"}]}',
            "$.labels[0].color: Invalid enum value '\\x1b[2J'",
        ),
        (
            b'{"title": "B", "cards": [{"column": "a", "title": "x", "due_at": "soon"}]}',
            "$.cards[0].due_at: Invalid RFC3339 encoded datetime",
        ),
    ],
)
def test_a_mistake_is_pointed_at(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        rego_format.read(content)
    assert caught.value.detail == f"This is no Rego board file: {sentence}."
