"""The pages as data: their text, their links, and the names of code in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

_NAME = re.compile(r"`([\w/.-]+\.py)::([\w.]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)|\bsrc=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


class Name(NamedTuple):
    """A name in a file, as pages write it: `path/to/file.py::Class.method`."""

    file: str
    symbol: str

    def __str__(self) -> str:
        return f"{self.file}::{self.symbol}"


def pages() -> list[Path]:
    """Every page of the project."""
    found = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    assert len(found) > 5
    return found


def label(path: Path) -> str:
    """The page's path from the root, for a test's name."""
    return str(path.relative_to(ROOT))


def names_in(text: str) -> list[Name]:
    """The names of code that `text` mentions."""
    return [Name(file, symbol) for file, symbol in _NAME.findall(text)]


def exists(name: Name) -> bool:
    """Whether the file defines the name, at its top level or in the class that the name begins with."""
    path = ROOT / name.file
    return path.is_file() and name.symbol in _symbols(path)


def links_in(text: str) -> list[str]:
    """Where a page points, apart from the web."""
    targets = [one or other for one, other in _LINK.findall(text)]
    return [target for target in targets if "://" not in target]


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether the file is there, and the heading in it if one is named."""
    file, _, anchor = link.partition("#")
    target = (page.parent / file).resolve() if file else page
    if not target.exists():
        return False
    return not anchor or anchor in {_anchor(heading) for heading in _HEADING.findall(target.read_text(encoding="utf-8"))}


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@cache
def _symbols(path: Path) -> frozenset[str]:
    return frozenset(_defined(ast.parse(path.read_text(encoding="utf-8")).body, ""))


def _defined(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield prefix + node.name
        if isinstance(node, ast.ClassDef):
            yield from _defined(node.body, f"{prefix}{node.name}.")
        for target in _targets(node):
            if isinstance(target, ast.Name):
                yield prefix + target.id


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []
