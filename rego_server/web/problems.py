"""Errors as answers: the one place where an error meets an HTTP status."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import get_args

import msgspec
from aiohttp import web
from msgspec import Meta, Struct, inspect

from rego.wire.base import Id, to_json
from rego.wire.errors import HTTP_STATUS, InvalidInput, RegoError, problem_of
from rego_server.web.wording import printable, worded

_ID_PATTERN = next(repr(meta.pattern) for meta in get_args(Id) if isinstance(meta, Meta) and meta.pattern)
_PATH = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)


def response_of(error: RegoError) -> web.Response:
    """`error` as a JSON answer; a stranger to the table would be a bug, and answers 500."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    status = HTTP_STATUS.get(type(error), 500)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return web.Response(body=to_json(problem_of(error)), status=status, content_type="application/json", headers=headers)


def invalid(error: Exception, kind: type[Struct]) -> InvalidInput:
    """What was wrong with a body or a query string that should have been a `kind`, as a sentence with the field's name."""
    if isinstance(error.__cause__, InvalidInput):
        return error.__cause__
    if not isinstance(error, msgspec.ValidationError):
        return InvalidInput("The body is not JSON that can be read: " + _sentence(str(error)))
    found = _PATH.match(str(error))
    assert found is not None
    field = (found["path"] or "").removeprefix("$").removeprefix(".") or None
    what = found["what"]
    if field and _ID_PATTERN in what:
        return InvalidInput(f"{field} must be an id.", field=field)
    if field and (right := _what_would_be_right(kind, field, what)):
        return InvalidInput(f"{field} must be {right}.", field=field)
    sentence, field = worded(what, field)
    return InvalidInput(f"{sentence}.", field=field)


def _what_would_be_right(kind: type[Struct], field: str, what: str) -> str | None:
    """The words that `field` may be, or examples for one with a pattern; None when the decoder's own sentence says enough."""
    wanted = list(_types_at(kind, field))
    if "enum" in what or what.startswith("Invalid value"):
        words = [str(word) for each in wanted for word in _words_of(each)]
        return f"one of {', '.join(words)}" if words else None
    if "regex" in what:
        examples = [word for each in wanted if isinstance(each, inspect.Metadata) for word in _examples_of(each)]
        return f"such as {' or '.join(examples)}" if examples else None
    return None


def _words_of(kind: inspect.Type) -> Iterable[object]:
    if isinstance(kind, inspect.EnumType):
        return [word.value for word in kind.cls]
    return kind.values if isinstance(kind, inspect.LiteralType) else ()


def _examples_of(kind: inspect.Metadata) -> list[str]:
    return list((kind.extra_json_schema or {}).get("examples", ()))


def _types_at(kind: type[Struct], field: str) -> Iterator[inspect.Type]:
    """What may stand at a path such as `actions[0].type` in a `kind`, the alternatives of unions one by one."""
    found = [inspect.type_info(kind)]
    for name in re.findall(r"[^.\[\]]+", field):
        found = [inner for outer in found for each in _alternatives(outer) for inner in _inside(each, name)]
    for each in found:
        yield from _alternatives(each)


def _alternatives(kind: inspect.Type) -> Iterator[inspect.Type]:
    yield kind
    inner = kind.types if isinstance(kind, inspect.UnionType) else [kind.type] if isinstance(kind, inspect.Metadata) else []
    for each in inner:
        yield from _alternatives(each)


def _inside(kind: inspect.Type, name: str) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.ListType):
        yield kind.item_type
    if isinstance(kind, inspect.StructType):
        yield from (each.type for each in kind.fields if each.encode_name == name)
        if kind.tag_field == name:
            yield inspect.LiteralType((kind.tag,))


def _sentence(text: str) -> str:
    text = printable(text)
    return text[:1].upper() + text[1:].rstrip(".") + "."
