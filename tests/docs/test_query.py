"""The page on queries: its examples parse, its limits are the real ones, and nothing of the language is missing."""

from __future__ import annotations

import re

import pytest

from rego.wire import limits
from rego.wire.query import parse
from rego.wire.query_fields import FIELDS
from rego.wire.query_terms import NONE_OF, SortField, State, Thing, TimeField
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "reference" / "query.md").read_text(encoding="utf-8")


def _examples() -> list[str]:
    """What stands in the blocks marked as queries, and in the first cells of the tables."""
    blocks = [line for block in re.findall(r"```query\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    rows = re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE)
    return [*blocks, *(piece for row in rows for piece in re.findall(r"`([^`]+)`", row))]


@pytest.mark.parametrize("example", _examples())
def test_every_example_parses(example: str) -> None:
    # A time alone is no query; it becomes one behind a field.
    query = parse(f"due<{example}" if re.match(r"-?[0-9]|today|tomorrow|yesterday|week", example) else example)
    assert query.where is not None or query.sorts


def test_the_examples_were_found() -> None:
    assert {"login", "due<3d", "-label:bug", "sort:-priority sort:due", "2026-11-30T17:00", "-4h"} <= set(_examples())
    assert len(_examples()) > 40


@pytest.mark.parametrize("example", FIELDS.values())
def test_the_examples_of_the_errors_parse(example: str) -> None:
    assert str(parse(example)) == example


def test_every_part_of_the_language_is_on_the_page() -> None:
    parts = [f"is:{state}" for state in State] + [f"has:{thing}" for thing in Thing] + [f"{name}:none" for name in NONE_OF]
    parts += [f"{name}:" for name in ("assignee", "label", "column", "priority")] + [f"{field}" for field in TimeField]
    assert [part for part in parts if part not in PAGE] == []
    assert [field for field in SortField if f"`{field}`" not in PAGE and f"sort:{field}`" not in PAGE] == []


def test_the_limits_are_the_real_ones() -> None:
    numbers = f"at most {limits.QUERY_MAX:,} characters, {limits.QUERY_TERMS_MAX} terms, and {limits.QUERY_DEPTH_MAX} brackets"
    assert numbers in PAGE
