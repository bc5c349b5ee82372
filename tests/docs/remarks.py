"""The remarks at the ends of lines: what a constant means, where a docstring for each would hide the table that they form."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path
from types import ModuleType
from typing import NamedTuple


class Constant(NamedTuple):
    """A constant (or two in one assignment) with the remark behind it; an empty remark means that there is none."""

    names: tuple[str, ...]
    remark: str


def constants_of(module: ModuleType, owner: str | None = None) -> list[Constant]:
    """The constants in capitals of a module, or of its class `owner`, in their order."""
    assert module.__file__ is not None
    text = Path(module.__file__).read_text(encoding="utf-8")
    remarks = _remarks(text)
    body = ast.parse(text).body
    if owner is not None:
        body = next(node.body for node in body if isinstance(node, ast.ClassDef) and node.name == owner)
    return [
        Constant(names, remarks.get(node.lineno, ""))
        for node in body
        if isinstance(node, ast.Assign) and (names := _names(node.targets[0])) and all(name.isupper() for name in names)
    ]


def _names(target: ast.expr) -> tuple[str, ...]:
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return tuple(part.id for part in parts if isinstance(part, ast.Name))


def _remarks(text: str) -> dict[int, str]:
    """The comment of each line that has one."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}
