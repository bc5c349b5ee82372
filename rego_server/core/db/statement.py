"""Statements: written once in SQLAlchemy Core, compiled once per dialect, run on the driver's own connection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import Boolean, String

from rego_server.core.db.schema import Converter, Id, Portable

DialectName = Literal["sqlite", "postgresql"]


def _sqlite() -> Dialect:
    dialect = sqlite.dialect(paramstyle="qmark")
    # SQLite has had TRUE and FALSE since 3.23; without this every condition of our own ends in "= 1", which hides indexes.
    dialect.supports_native_boolean = True
    return dialect


_DIALECTS: dict[DialectName, Dialect] = {
    "sqlite": _sqlite(),
    "postgresql": asyncpg.dialect(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call]
}


class Prepared(NamedTuple):
    """A statement in the words of one dialect.

    `names` are the parameters in order, `defaults` the values that the statement itself brings, `binders` and `readers` the
    conversions that SQLite needs for parameters and result columns.
    """

    sql: str
    names: tuple[str, ...]
    defaults: Mapping[str, Any]
    binders: tuple[Converter | None, ...]
    columns: tuple[tuple[str, Converter | None], ...]

    def arguments(self, params: Mapping[str, Any]) -> list[Any]:
        """The positional arguments; raises `KeyError` when one is missing."""
        values = {**self.defaults, **params} if self.defaults else params
        return [values[name] for name in self.names]

    def bound(self, params: Mapping[str, Any]) -> list[Any]:
        """The positional arguments as SQLite stores them."""
        return [
            value if bind is None or value is None else bind(value)
            for value, bind in zip(self.arguments(params), self.binders, strict=True)
        ]


class Statement:
    """One SQLAlchemy Core statement, ready to be run many times. Make it once, at import."""

    def __init__(self, element: Executable) -> None:
        self.element = element
        self._prepared: dict[str, Prepared] = {}

    def on(self, dialect: DialectName) -> Prepared:
        """The statement in the words of `dialect`, compiled at the first call."""
        if (prepared := self._prepared.get(dialect)) is None:
            prepared = self._prepared[dialect] = _prepare(self.element, dialect)
        return prepared


def _prepare(element: Executable, name: DialectName) -> Prepared:
    compiled = element.compile(dialect=_DIALECTS[name])  # type: ignore[attr-defined]
    assert isinstance(compiled, SQLCompiler)
    names = tuple(compiled.positiontup or ())
    types = {key: bind.type for key, bind in compiled.binds.items()}
    on_sqlite = name == "sqlite"
    required = {key for key, bind in compiled.binds.items() if bind.required}
    return Prepared(
        sql=str(compiled),
        names=names,
        defaults={key: value for key, value in compiled.params.items() if key not in required},
        binders=tuple(_binder(types[key]) if on_sqlite else None for key in names),
        columns=tuple((key, _reader(kind) if on_sqlite else None) for key, kind in _result_columns(element)),
    )


def _result_columns(element: Executable) -> Iterable[tuple[str, Any]]:
    if isinstance(element, UpdateBase) and not element._returning:
        return ()
    columns = getattr(element, "exported_columns", ())
    # SQLAlchemy's names are a subclass of str, which msgspec takes for no field's name.
    return [(str(key), column.type) for key, column in columns.items()] if columns else ()


def _binder(kind: Any) -> Converter | None:
    return kind.to_sqlite if isinstance(kind, Portable) and not isinstance(kind, Id) else None


def _reader(kind: Any) -> Converter | None:
    if isinstance(kind, Boolean):
        return bool
    return kind.from_sqlite if isinstance(kind, Portable) and not isinstance(kind, Id) else None


@cache
def together(statements: tuple[Statement, ...]) -> str:
    """Independent writes as one PostgreSQL statement: data-modifying CTEs, parameters numbered through.

    They all see the state before any of them, so none may depend on another's effect; foreign keys and unique constraints are
    checked at the end of the whole.
    """
    parts: list[str] = []
    offset = 0
    for statement in statements:
        prepared = statement.on("postgresql")
        parts.append(_renumbered(prepared.sql, offset))
        offset += len(set(prepared.names))
    *heads, last = parts
    if not heads:
        return last
    return "WITH " + ", ".join(f"w{i} AS ({sql})" for i, sql in enumerate(heads)) + " " + last


def _renumbered(sql: str, offset: int) -> str:
    return re.sub(r"\$(\d+)", lambda m: f"${int(m[1]) + offset}", sql)


class one_of(ColumnElement[bool]):  # noqa: N801 - reads as SQL: where(one_of(cards.c.id, "ids"))
    """`column` is among the values of the list parameter `name`, as one parameter whatever the list's length."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], values: ColumnElement[Any]) -> None:
        self.column = column
        self.values = values
        self.type = Boolean()


@compiles(one_of, "sqlite")
def _one_of_sqlite(element: one_of, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = compiler.process(element.column, **kw), compiler.process(element.values, **kw)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - compiled SQL, no input


@compiles(one_of, "postgresql")
def _one_of_postgresql(element: one_of, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = compiler.process(element.column, **kw), compiler.process(element.values, **kw)
    return f"{column} = ANY (ARRAY(SELECT json_array_elements_text({values}))::uuid[])"


class ascii_lower(ColumnElement[str]):  # noqa: N801 - reads as SQL: ascii_lower(cards.c.title).contains(…)
    """A text with A to Z in lower case and all else as it is, ordered by code points: `rego.wire.text.ascii_lower` as SQL."""

    inherit_cache = False

    def __init__(self, text: ColumnElement[str]) -> None:
        self.text = text
        self.type = String()


@compiles(ascii_lower, "sqlite")
def _ascii_lower_sqlite(element: ascii_lower, compiler: SQLCompiler, **kw: Any) -> str:
    return f"lower({compiler.process(element.text, **kw)})"


@compiles(ascii_lower, "postgresql")
def _ascii_lower_postgresql(element: ascii_lower, compiler: SQLCompiler, **kw: Any) -> str:
    return f'lower(({compiler.process(element.text, **kw)}) COLLATE "C")'
