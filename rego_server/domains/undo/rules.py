"""When an event can be taken back: what it changed must be as it left it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, NoReturn

import msgspec
from msgspec import Struct

from rego.wire.base import Change, Entity
from rego.wire.errors import ChangedSince, Conflict
from rego.wire.undo import Clash
from rego_server.core.db import Row
from rego_server.core.ranking import to_wire

STAMPS = {field.name for field in msgspec.structs.fields(Entity)} - {"id"}


class Irreversible(NamedTuple):
    """Why an event of some type has no inverse. A `silent` one only goes with others, which are taken back without it."""

    reason: str
    silent: bool = False


def there(row: Row | None, what: str) -> Row:
    """`row`; raises `Conflict` when what the event was about is not on the board any more."""
    if row is None:
        raise Conflict(f"{what} is not on this board any more, so this cannot be undone.")
    return row


def refuse_change(what: str, left: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raise `ChangedSince` for the fields that are not as the event `left` them."""
    clashes = {name: Clash(left=value, now=now[name]) for name, value in left.items() if now[name] != value}
    if clashes:
        raise ChangedSince(
            f"{what} has changed since: {', '.join(sorted(clashes))} of it is not as this event left it.",
            field=min(clashes),
            data=clashes,
        )


def refuse_change_of(what: str, left: Struct, now: Struct, *, but: frozenset[str] = frozenset()) -> None:
    """The same for a whole entity, whose versions and moments may differ, and its fields `but`."""
    names = set(left.__struct_fields__) - STAMPS - but
    refuse_change(what, {name: getattr(left, name) for name in names}, {name: getattr(now, name) for name in names})


def refuse_moved(what: str, row: Row, version: int, left: Mapping[str, Any]) -> None:
    """The same for a place, which an event of `version` left. A rank that changed without a move was shifted to make room."""
    now = {name: row[name] for name in left} | {"rank": to_wire(row["rank"])}
    if row["field_versions"].get("rank", 1) <= version:
        now["rank"] = left["rank"]
    refuse_change(what, left, now)


def before(what: str, now: Struct, changes: Mapping[str, Change]) -> dict[str, Any]:
    """The fields of an entity as they were before an event's `changes`; raises `ChangedSince`."""
    types = _types(type(now))
    left = {name: msgspec.convert(change.after, types[name]) for name, change in changes.items()}
    refuse_change(what, left, {name: getattr(now, name) for name in left})
    return {name: msgspec.convert(change.before, types[name]) for name, change in changes.items()}


def gone(what: str) -> NoReturn:
    """Say that there is no place any more to which something could go back."""
    raise Conflict(f"{what} is not on this board any more, so there is nowhere to go back to; undo its deletion first.")


@cache
def _types(kind: type[Struct]) -> dict[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(kind)}
