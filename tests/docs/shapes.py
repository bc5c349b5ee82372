"""Wire structs in words, for the reference pages: what a field may hold, and which other shapes it leads to."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, get_args

import msgspec
from msgspec import Struct
from msgspec import inspect as kinds

from rego.wire.base import Command, Id
from rego.wire.events import Event
from rego.wire.frames import ClientFrame

PAGE = "shapes.md"
"""The page that describes all shapes which others name."""

_ID_PATTERN = next(meta.pattern for meta in get_args(Id) if isinstance(meta, msgspec.Meta))


def description_of(struct: type) -> str:
    """The struct's own docstring on one line, or nothing; that of a parent is not its own."""
    return " ".join(inspect.cleandoc(struct.__dict__.get("__doc__") or "").split())


def field_table(struct: type[Struct]) -> str:
    """The fields of `struct` as a Markdown table."""
    fields = fields_of(struct)
    if not fields:
        return "No fields.\n"
    required = "refused" if issubclass(struct, Command | ClientFrame) else "never absent"
    rows = [f"| `{f.encode_name}` | {words(f.type)} | {required if f.required else presence(f)} |" for f in fields]
    return "\n".join(["| field | value | when absent |", "|---|---|---|", *rows]) + "\n"


def parameter_table(struct: type[Struct]) -> str:
    """The query parameters in `struct` as a Markdown table."""
    rows = [
        f"| `{f.encode_name}` | {words(_without_null(f.type))} | {presence(f) if f.default is not None else ''} |"
        for f in fields_of(struct)
    ]
    return "\n".join(["| query | value | when absent |", "|---|---|---|", *rows]) + "\n"


def _without_null(kind: kinds.Type) -> kinds.Type:
    """A query string has no null: what may be null may be absent."""
    if not isinstance(kind, kinds.UnionType):
        return kind
    (there,) = (each for each in kind.types if not isinstance(each, kinds.NoneType))
    return there


def fields_of(struct: type[Struct]) -> tuple[kinds.Field, ...]:
    info = kinds.type_info(struct)
    assert isinstance(info, kinds.StructType)
    return info.fields


def presence(field: kinds.Field) -> str:
    """What it means that an optional field is not there."""
    if field.default_factory is not msgspec.NODEFAULT:
        return f"`{_json(field.default_factory())}`"
    if field.default is not msgspec.NODEFAULT:
        return f"`{_json(field.default)}`"
    return "conflicts are not looked for" if field.name == "version" else "as it was"


def words(kind: kinds.Type) -> str:
    """What a value of `kind` looks like."""
    if isinstance(kind, kinds.Metadata):
        extra = (kind.extra_json_schema or {}).get("description")
        return f"{words(kind.type)} ({extra})" if extra else words(kind.type)
    if isinstance(kind, kinds.StructType):
        return shape_link(kind.cls)
    if isinstance(kind, kinds.UnionType):
        return " or ".join(words(each) for each in kind.types)
    return _WORDS[type(kind)](kind)


def section_of(struct: type[Struct]) -> str:
    """The struct's docstring, if it has one, and its fields."""
    described = description_of(struct)
    return (f"{described}\n\n" if described else "") + field_table(struct)


def shape_link(struct: type) -> str:
    place = "events.md#the-envelope" if struct is Event else f"{PAGE}#{struct.__name__.lower()}"
    return f"[{struct.__name__}]({place})"


def shapes_in(structs: Iterable[type[Struct]]) -> list[type[Struct]]:
    """`structs` and all that their fields lead to, each once, by name."""
    found: dict[str, type[Struct]] = {}
    waiting = list(structs)
    while waiting:
        struct = waiting.pop()
        if struct.__name__ not in found:
            found[struct.__name__] = struct
            waiting += shapes_inside(struct)
    return [found[name] for name in sorted(found)]


def shapes_inside(struct: type[Struct]) -> list[type[Struct]]:
    """The structs that the fields of `struct` name."""
    return [shape for field in fields_of(struct) for shape in _shapes(field.type)]


def shapes_of(annotation: Any) -> list[type[Struct]]:
    """The structs that an annotation such as `Sequence[Board]` names."""
    return list(_shapes(kinds.type_info(annotation)))


def _shapes(kind: kinds.Type) -> Iterator[type[Struct]]:
    if isinstance(kind, kinds.StructType):
        yield kind.cls
    for inner in (
        *getattr(kind, "types", ()),
        *(getattr(kind, name) for name in ("type", "item_type", "key_type", "value_type") if hasattr(kind, name)),
    ):
        yield from _shapes(inner)


def _text(kind: kinds.StrType) -> str:
    if kind.pattern == _ID_PATTERN:
        return "id"
    if kind.max_length is None:
        return "text"
    least = f"{kind.min_length:,} to " if kind.min_length else "at most "
    return f"text, {least}{kind.max_length:,} characters"


def _number(kind: kinds.IntType) -> str:
    if kind.ge is None:
        return "whole number"
    open_ended = kind.le is None or kind.le >= 2**31 - 1
    return f"whole number, {kind.ge} or more" if open_ended else f"whole number, {kind.ge} to {kind.le}"


def _choice(kind: kinds.EnumType) -> str:
    return "one of " + ", ".join(f"`{each.value}`" for each in kind.cls)


_WORDS: dict[type[kinds.Type], Callable[[Any], str]] = {
    kinds.StrType: _text,
    kinds.IntType: _number,
    kinds.EnumType: _choice,
    kinds.FloatType: lambda _: "number",
    kinds.BoolType: lambda _: "true or false",
    kinds.NoneType: lambda _: "null",
    kinds.DateTimeType: lambda _: "time",
    kinds.AnyType: lambda _: "any JSON",
    kinds.RawType: lambda _: "any JSON",
    kinds.ListType: lambda kind: f"list of {words(kind.item_type)}",
    kinds.CollectionType: lambda kind: f"list of {words(kind.item_type)}",
    kinds.DictType: lambda kind: f"object, {words(kind.key_type)} → {words(kind.value_type)}",
}


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
