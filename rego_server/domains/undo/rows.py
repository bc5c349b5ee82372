"""The rows of things that come back as an event describes them, under the ids that they had."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from rego.wire.base import Entity
from rego_server.core.ranking import from_wire
from rego_server.core.uow import UnitOfWork


def revived(uow: UnitOfWork, entity: Entity) -> dict[str, Any]:
    """The row of `entity` in its next version."""
    row = {**asdict(entity), "field_versions": {}, "version": entity.version + 1}
    if "rank" in row:
        row["rank"] = from_wire(row["rank"])
    return {**row, "updated_at": uow.now, "updated_by": uow.author_id}
