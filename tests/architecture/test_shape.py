"""The shape of the source: sizes, names, and what no module does."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.source import ROOT, Module, functions_of, length_of, modules

MODULES = modules()
WRITTEN = [module for module in MODULES if not module.within("rego_server.migrations.versions")]
"""Without the revisions of the schema, which are long lists by nature and never change."""
LINES_MAX = 400
FUNCTION_LINES_MAX = 35
LONGER_ON_PURPOSE: set[str] = set()
"""Modules over the limit. It stays empty: a long file is two rooms that share a wall too few."""

DRAWERS = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "base_service", "repository"}


def test_no_module_is_too_long() -> None:
    too_long = {module.name for module in WRITTEN if len(module.text.splitlines()) > LINES_MAX}
    assert too_long == LONGER_ON_PURPOSE


def test_no_test_module_is_too_long() -> None:
    assert {path.name for path in (ROOT / "tests").rglob("*.py") if len(path.read_text().splitlines()) > LINES_MAX} == set()


def test_no_function_is_longer_than_a_screen() -> None:
    assert [
        f"{module.name}.{function.name}: {length_of(function)} lines"
        for module in WRITTEN
        for function in functions_of(module)
        if length_of(function) > FUNCTION_LINES_MAX
    ] == []


def test_functions_are_short_as_a_rule() -> None:
    lengths = sorted(length_of(function) for module in WRITTEN for function in functions_of(module))
    assert lengths[len(lengths) // 2] <= 8
    assert lengths[len(lengths) * 9 // 10] < FUNCTION_LINES_MAX


def test_nothing_is_a_drawer() -> None:
    assert [module.name for module in MODULES if DRAWERS & set(module.name.split("."))] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_module_opens_with_a_sentence_on_its_job(module: Module) -> None:
    if module.path.name == "__init__.py" and not module.tree.body:
        return
    opening = ast.get_docstring(module.tree)
    assert opening, "no docstring"
    assert re.search(r"[.:?!)]$", opening.splitlines()[0]), "the first line is no sentence"


def test_annotations_are_not_evaluated() -> None:
    """One rule for all modules, so that a type may be named before it is there."""
    annotated = (ast.AnnAssign, ast.FunctionDef, ast.AsyncFunctionDef)
    needed = [module for module in MODULES if any(isinstance(node, annotated) for node in ast.walk(module.tree))]
    assert [module.name for module in needed if "from __future__ import annotations" not in module.text] == []


def test_only_the_unit_of_work_commits() -> None:
    """Invariant 1: every change is an action in a unit of work."""
    commits = re.compile(r"\bcommit\(|\bCOMMIT\b")
    assert [
        module.name
        for module in MODULES
        if commits.search(module.text) and not module.within("rego_server.core.db", "rego_server.core.uow")
    ] == []


def test_domains_raise_wire_errors_and_know_no_status() -> None:
    """Nobody below the web layer knows an HTTP status; routes answer through the endpoint."""
    status = re.compile(r"HTTP_STATUS|\bweb\.HTTP|\bstatus=|status_code")
    below = [m for m in MODULES if m.within("rego_server.core", "rego_server.domains") and not m.name.endswith(".routes")]
    assert [module.name for module in below if status.search(module.text)] == []


def test_time_and_chance_come_from_outside() -> None:
    """The unit of work gives the time and the ids, so that a test can."""
    sources = re.compile(r"\bdatetime\.now\(|\butcnow\(|\buuid[147]\(|\brandom\.|\btime\.time\(")
    below = [module for module in MODULES if module.within("rego_server.domains", "rego.wire", "rego.replica", "rego.replay")]
    assert [module.name for module in below if sources.search(module.text)] == []


def test_nothing_is_left_for_later() -> None:
    left = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [module.name for module in MODULES if left.search(module.text)] == []
