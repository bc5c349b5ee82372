"""The project's own source as data: every module with its imports, for the tests in this folder."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGES = ("rego", "rego_tui", "rego_server")


class Module(NamedTuple):
    """A module by its dotted name, such as `rego.wire.base`; a package's `__init__` has the name of the package."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    def within(self, *packages: str) -> bool:
        return any(self.name == package or self.name.startswith(f"{package}.") for package in packages)


class Import(NamedTuple):
    """One imported module; `deferred` when it happens inside a function, so not when the module is loaded."""

    name: str
    deferred: bool

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]


@cache
def modules(*packages: str) -> tuple[Module, ...]:
    """Every module of `packages`, or of the whole project without tests."""
    found = [_read(path) for package in packages or PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    assert found, f"no source below {ROOT}"
    return tuple(found)


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text(encoding="utf-8")
    return Module(name, path, text, ast.parse(text, str(path)))


def imports_of(module: Module) -> Iterator[Import]:
    """What a module imports at run time; imports under `if TYPE_CHECKING` are for the type checker only."""
    yield from _imports(module.tree, deferred=False)


def _imports(node: ast.AST, *, deferred: bool) -> Iterator[Import]:
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, deferred) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module is not None:
        # `from a.b import c` may name a module too, so both spellings count as an import of a.b.c.
        yield from (Import(f"{node.module}.{alias.name}", deferred) for alias in node.names)
    inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, deferred=deferred or inside)


def functions_of(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the signature to the end, without the docstring."""
    assert function.end_lineno is not None
    documented = function.body[0] if ast.get_docstring(function) else None
    described = documented.end_lineno - documented.lineno + 1 if documented and documented.end_lineno else 0
    return function.end_lineno - function.lineno + 1 - described
