"""Errors as answers: the one place where an error meets an HTTP status."""

from __future__ import annotations

import re

import msgspec
from aiohttp import web

from rego.wire.base import to_json
from rego.wire.errors import HTTP_STATUS, InvalidInput, RegoError, problem_of

_PATH = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)


def response_of(error: RegoError) -> web.Response:
    """`error` as a JSON answer; a stranger to the table would be a bug, and answers 500."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    status = HTTP_STATUS.get(type(error), 500)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return web.Response(body=to_json(problem_of(error)), status=status, content_type="application/json", headers=headers)


def invalid(error: Exception) -> InvalidInput:
    """What was wrong with a body, as a sentence with the field's name."""
    if isinstance(error.__cause__, InvalidInput):
        return error.__cause__
    if not isinstance(error, msgspec.ValidationError):
        return InvalidInput("The body is not JSON that can be read: " + _sentence(str(error)))
    found = _PATH.match(str(error))
    assert found is not None
    field = (found["path"] or "").removeprefix("$").removeprefix(".") or None
    what = _sentence(found["what"])
    return InvalidInput(f"{field}: {what}" if field else what, field=field)


def _sentence(text: str) -> str:
    # The decoder's messages quote names of unknown fields, and whoever reads the answer may do so on a terminal.
    text = "".join(character if character.isprintable() else "?" for character in text)
    return text[:1].upper() + text[1:].rstrip(".") + "."
