"""The reader of the source sees what the other tests here rely on."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.source import Module, functions_of, imports_of, length_of, modules

TEXT = '''
import aiohttp
from rego.wire import cards
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import textual
try:
    import uvloop
except ImportError:
    pass

class Board:
    async def show(self):
        """Two lines
        of words."""
        import rich.table
        return 1
'''
SAMPLE = Module("sample", Path("sample.py"), TEXT, ast.parse(TEXT))


def test_imports_are_seen_wherever_they_stand_save_for_the_type_checker() -> None:
    seen = {(each.name, each.deferred) for each in imports_of(SAMPLE)}
    eager = {"aiohttp", "rego.wire.cards", "typing.TYPE_CHECKING", "uvloop"}
    assert seen == {(name, False) for name in eager} | {("rich.table", True)}


def test_a_docstring_does_not_count_as_length() -> None:
    assert [(function.name, length_of(function)) for function in functions_of(SAMPLE)] == [("show", 3)]


def test_the_whole_project_is_read() -> None:
    names = {module.name for module in modules()}
    assert {"rego.wire", "rego.wire.base", "rego_tui", "rego_server.core.ranking"} <= names


def test_a_module_is_within_its_packages_and_not_within_look_alikes() -> None:
    assert SAMPLE._replace(name="rego.wire.base").within("rego", "rego.wire")
    assert not SAMPLE._replace(name="rego_server.core").within("rego")
