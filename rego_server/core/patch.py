"""Changing an entity: which fields of a PATCH really change, which are stale, and the write that sets just those."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, update

from rego.wire.base import Change, Patch
from rego.wire.errors import StaleVersion
from rego_server.core.db import Row, Statement
from rego_server.core.uow import UnitOfWork


class Merged(NamedTuple):
    """A change that may go ahead: its new values, and each field before and after."""

    values: dict[str, Any]
    changes: dict[str, Change]
    version: int


def merge(row: Row, patch: Patch, current: Callable[[Row], object]) -> Merged | None:
    """`patch` on top of `row`; None when it changes nothing.

    A patch that was made on an older version is merged when the fields that changed since are not among its own; otherwise
    raises `StaleVersion` with the entity as `current` makes it of the row. A field that has the wanted value is no conflict.
    """
    wanted = {name: value for name, value in patch.changes().items() if row[name] != value}
    if isinstance(patch.version, int):
        _refuse_stale(row, patch.version, wanted, current)
    if not wanted:
        return None
    return Merged(wanted, {name: Change(row[name], value) for name, value in wanted.items()}, row["version"] + 1)


def save(uow: UnitOfWork, table: Table, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """Queue the write of `values` and of what comes with every change; returns all that was set."""
    version = row["version"] + 1
    changed = {
        **values,
        "version": version,
        "field_versions": {**row["field_versions"], **dict.fromkeys(values, version)},
        "updated_at": uow.now,
        "updated_by": uow.author_id,
    }
    uow.write(set_fields(table, tuple(sorted(changed))), row_id=row["id"], **changed)
    return changed


@cache
def set_fields(table: Table, names: tuple[str, ...]) -> Statement:
    """The statement that sets the columns `names` of the row `row_id`."""
    values = {name: bindparam(name, type_=table.c[name].type) for name in names}
    return Statement(update(table).where(table.c.id == bindparam("row_id")).values(values))


def new_entity(uow: UnitOfWork) -> dict[str, Any]:
    """The common columns of a row that the caller makes now."""
    return {
        "id": uow.new_id(),
        "version": 1,
        "field_versions": {},
        "created_at": uow.now,
        "updated_at": uow.now,
        "created_by": uow.author_id,
        "updated_by": uow.author_id,
    }


def stamps(row: Row) -> dict[str, Any]:
    """The common fields of an entity, from its row."""
    return {
        "id": row["id"],
        "version": row["version"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "created_by": row["created_by"],
        "updated_by": row["updated_by"],
    }


def _refuse_stale(row: Row, version: int, wanted: Mapping[str, Any], current: Callable[[Row], object]) -> None:
    if version == row["version"]:
        return
    since = row["field_versions"]
    if version > row["version"]:
        raise StaleVersion(
            f"There is no version {version} yet; this is version {row['version']}.", field="version", data=current(row)
        )
    if clashing := sorted(name for name in wanted if since.get(name, 1) > version):
        raise StaleVersion(
            f"Somebody else changed {', '.join(clashing)} since version {version}; this is version {row['version']}.",
            field=clashing[0],
            data=current(row),
        )
