"""Lists that come in pages. A page begins after the keys of the last entry before it, which its cursor holds."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from rego.wire.base import to_json
from rego.wire.errors import InvalidInput
from rego.wire.text import not_in_a_line
from rego_server.core.db import Row

T = TypeVar("T")


class Page(NamedTuple, Generic[T]):
    """One page, and where the next one begins; None at the end."""

    entries: list[T]
    cursor: str | None


def page_of(rows: Sequence[Row], limit: int, entry_of: Callable[[Row], T], cursor_of: Callable[[Row], str]) -> Page[T]:
    """The first `limit` of `rows`, which were read with one more to see whether the list goes on."""
    shown = rows[:limit]
    return Page([entry_of(row) for row in shown], cursor_of(shown[-1]) if len(rows) > len(shown) else None)


def write_cursor(*keys: Any) -> str:
    """The cursor of a page that begins after these keys."""
    return base64.urlsafe_b64encode(to_json(keys)).decode().rstrip("=")


def read_cursor(cursor: str, *types: Any) -> tuple[Any, ...]:
    """The keys in a cursor; raises `InvalidInput` for one that does not hold keys of these types."""
    try:
        encoded = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise _no_cursor() from error
    return read_keys(encoded, *types)


def read_keys(encoded: bytes, *types: Any) -> tuple[Any, ...]:
    """The keys in a JSON array; raises `InvalidInput` as `read_cursor` does."""
    try:
        keys: tuple[Any, ...] = msgspec.json.decode(encoded, type=tuple[types])  # type: ignore[valid-type]
    except (msgspec.DecodeError, ValueError) as error:
        raise _no_cursor() from error
    if not all(map(_is_storable, keys)):
        raise _no_cursor()
    return keys


def _is_storable(key: object) -> bool:
    """Whether both databases can compare with it."""
    if isinstance(key, str):
        return not_in_a_line().search(key) is None
    return not isinstance(key, datetime) or key.utcoffset() == timedelta()


def _no_cursor() -> InvalidInput:
    return InvalidInput("cursor must be the one of the Link to the next page, with the same query.", field="cursor")
