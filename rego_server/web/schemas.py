"""JSON schemas of the wire structs (draft 2020-12, as in OpenAPI 3.1), with what msgspec does not say of them.

That is which characters a text may hold, which fields exclude each other, and that ids are UUIDs and moments RFC 3339.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import fields

from rego.wire.base import Command, Id
from rego.wire.events import Event
from rego.wire.text import BIDI_CONTROLS

Schema = dict[str, Any]

REF = "#/components/schemas/{name}"

# Surrogates are no characters of JSON texts that any generator or validator could speak of, so they are left out here.
_NOT_IN_A_LINE = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
_NOT_IN_A_BLOCK = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
_BLANK = r"\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000" + "".join(f"\\u{ord(each):04x}" for each in BIDI_CONTROLS)
_SEEN = rf"[^{_NOT_IN_A_LINE}]*[^{_NOT_IN_A_LINE}{_BLANK}][^{_NOT_IN_A_LINE}]*"
LINE, LINE_OR_NOTHING, BLOCK = f"^{_SEEN}$", f"^({_SEEN})?$", f"^[^{_NOT_IN_A_BLOCK}]*$"

AS_THEY_ARE_READ = {"RawEvent": Event}
"""What has another name on the way out of the log, which holds its events as they were written."""

_STAND_INS = {REF.format(name=name): REF.format(name=kind.__name__) for name, kind in AS_THEY_ARE_READ.items()}

_ID_PATTERN = next(meta.pattern for meta in get_args(Id) if isinstance(meta, Meta))


def schemas_of(kinds: Iterable[Any]) -> tuple[list[Schema], dict[str, Schema]]:
    """A schema for each of `kinds`, and the named ones that they refer to."""
    kinds = list(kinds)
    found, named = msgspec.json.schema_components(kinds, ref_template=REF)
    structs = {kind.__name__: kind for kind in _structs_in(kinds)}
    for name, schema in named.items():
        _complete(schema, structs.get(name))
    shown = [name for name in sorted(named) if name not in AS_THEY_ARE_READ]
    return [_plain(schema) for schema in found], {name: _plain(named[name]) for name in shown}


def parameters_of(kind: type[Struct]) -> dict[str, Schema]:
    """The schema of each query parameter. There is no null in a query string: what may be null may be absent."""
    _, named = schemas_of([kind])
    found = {}
    for name, schema in named[kind.__name__]["properties"].items():
        if schema.get("default", ...) is None:
            del schema["default"]
        (given,) = [each for each in schema.get("anyOf", [schema]) if each != {"type": "null"}]
        found[name] = given
    return found


def _structs_in(kinds: Iterable[Any]) -> set[type[Struct]]:
    """The structs that `kinds` are made of, at any depth."""
    found: set[type[Struct]] = set()
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if isinstance(kind, type) and issubclass(kind, Struct) and kind not in found:
            found.add(kind)
            waiting += [field.type for field in fields(kind)]
    return found


def _complete(schema: Schema, struct: type[Struct] | None) -> None:
    properties = schema.get("properties", {})
    if struct is not None and issubclass(struct, Command):
        for name in struct.line_fields:
            _set_pattern(properties[name], LINE if "minLength" in str(properties[name]) else LINE_OR_NOTHING)
        for name in struct.block_fields:
            _set_pattern(properties[name], BLOCK)
        if struct.one_of:
            schema["oneOf"] = [_given(name, struct.one_of) for name in struct.one_of]
        if struct.at_most_one_of:
            schema["anyOf"] = [_others_absent(name, struct.at_most_one_of) for name in struct.at_most_one_of]
    else:
        for name, value in properties.items():
            _set_format(name, value)


def _set_pattern(schema: Schema, pattern: str) -> None:
    for each in schema.get("anyOf", [schema]):
        if each.get("type") == "string":
            each.setdefault("pattern", pattern)


def _set_format(name: str, schema: Schema) -> None:
    """An id or a moment of an answer, known by its name."""
    wanted = "date-time" if name == "at" or name.endswith("_at") else "uuid" if name == "id" or name.endswith("_id") else None
    for each in schema.get("anyOf", [schema]):
        if each == {"type": "string"} and wanted and name not in ("op_id", "request_id"):
            each["format"] = wanted


def _given(name: str, names: Iterable[str]) -> Schema:
    return {"required": [name], "properties": {each: _null(wanted=each != name) for each in names}}


def _others_absent(name: str, names: Iterable[str]) -> Schema:
    return {"properties": {each: {"type": "null"} for each in names if each != name}}


def _null(*, wanted: bool) -> Schema:
    return {"type": "null"} if wanted else {"not": {"type": "null"}}


def _plain(value: Any) -> Any:
    """Without what only Python needs to be told: its `$` matches before a last newline too."""
    if isinstance(value, dict):
        if value.get("pattern") == _ID_PATTERN:
            value = {**value, "format": "uuid"}
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return _STAND_INS.get(value, value.replace("$(?!\\n)", "$")) if isinstance(value, str) else value
