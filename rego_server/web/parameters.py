"""What stands in an address: the pieces of the path, each of a known kind, and the query string as a struct."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import TypeVar

import msgspec
from aiohttp import web

from rego.wire.base import Parameters
from rego.wire.errors import InvalidInput, NotFound
from rego_server.web.problems import invalid

Q = TypeVar("Q", bound=Parameters)

_NAME_IN_PATH = re.compile(r"\{(\w+)\}")


class PathKind(Enum):
    """What a piece of a path may be; the value is its pattern."""

    ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
    CARD = re.compile(rf"{ID.pattern}|[A-Za-z]{{2,6}}-[1-9][0-9]{{0,8}}", re.IGNORECASE)
    NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
    FILE = re.compile(r"[a-z][a-z0-9_-]{0,60}\.[a-z]{1,8}")


_KINDS = {"card": PathKind.CARD, "seq": PathKind.NUMBER, "asset": PathKind.FILE}


def kinds_in(path: str) -> Mapping[str, PathKind]:
    """The named pieces of a route's path: cards, numbers, files, else ids. Raises `TypeError` for another name."""
    found: dict[str, PathKind] = {}
    for name in _NAME_IN_PATH.findall(path):
        if name not in _KINDS and not name.endswith("_id"):
            raise TypeError(f"{{{name}}} in {path} is of no known kind: call it after what it names, as in {{board_id}}.")
        found[name] = _KINDS.get(name, PathKind.ID)
    return found


def piece_of_path(http: web.Request, name: str, kind: PathKind) -> str:
    """A piece of the path. Raises `NotFound` when it is not of its kind, because then it names nothing."""
    value = http.match_info[name]
    if not kind.value.fullmatch(value):
        raise NotFound("There is no such thing here, or it is not yours to see.")
    return value.lower() if kind is PathKind.ID else value


def reader_of(kind: type[Q]) -> Callable[[Mapping[str, str]], Q]:
    """The function that reads a query string as `kind`; it raises `InvalidInput`."""
    known = kind.__struct_fields__

    def read(query: Mapping[str, str]) -> Q:
        _refuse_others(query, known)
        try:
            return msgspec.convert(dict(query), kind, strict=False)
        except msgspec.ValidationError as error:
            raise invalid(error, kind) from error

    return read


def _refuse_others(query: Mapping[str, str], known: tuple[str, ...]) -> None:
    """Raise `InvalidInput` for a parameter that is not known, or comes twice."""
    seen = set()
    for name, _ in query.items():
        if name not in known:
            there = f"there are {', '.join(known)}" if known else "there are none"
            raise InvalidInput(f"This endpoint has no query parameter of that name; {there}.", field=_printable(name))
        if name in seen:
            raise InvalidInput(f"{name} stands twice in the query string; give it once.", field=name)
        seen.add(name)


def _printable(name: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in name[:64])
