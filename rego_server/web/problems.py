"""Errors as answers: the one place where an error meets an HTTP status."""

from __future__ import annotations

import math
import re
from enum import StrEnum
from typing import get_args, get_type_hints

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from rego.wire.base import Id, to_json
from rego.wire.errors import HTTP_STATUS, InvalidInput, RegoError, problem_of

_ID_PATTERN = repr(next(meta.pattern for meta in get_args(Id) if isinstance(meta, Meta) and meta.pattern))
"""As the decoder's messages quote it."""

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
    what = _sentence(found["what"])
    if field and (choices := _choices(kind, field)) and "enum" in what:
        return InvalidInput(f"{field} must be one of {', '.join(choices)}.", field=field)
    if field and _ID_PATTERN in what:
        return InvalidInput(f"{field} must be an id.", field=field)
    return InvalidInput(f"{field}: {what}" if field else what, field=field)


def _choices(kind: type[Struct], field: str) -> list[str]:
    """The words that `field` may be; none when it is no enumeration."""
    wanted = get_type_hints(kind).get(field)
    enums = [each for each in (wanted, *get_args(wanted)) if isinstance(each, type) and issubclass(each, StrEnum)]
    return [word.value for enum in enums for word in enum]


def _sentence(text: str) -> str:
    # The decoder's messages quote names of unknown fields, and whoever reads the answer may do so on a terminal.
    text = "".join(character if character.isprintable() else "?" for character in text)
    return text[:1].upper() + text[1:].rstrip(".") + "."
