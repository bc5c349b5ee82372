"""`/boards/{id}/labels` and `/labels`."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.base import Role
from rego.wire.labels import CreateLabel, Label, UpdateLabel
from rego_server.domains.labels import actions
from rego_server.web.endpoint import Request, RouteTable

table = RouteTable()


@table.add("GET", "/boards/{board_id}/labels", needs=Role.VIEWER)
async def list_labels(request: Request) -> Sequence[Label]:
    """The board's labels."""
    return await request.read(actions.list_labels, request.id("board_id"))


@table.add("POST", "/boards/{board_id}/labels", needs=Role.MEMBER, status=201, location="/labels/{id}")
async def create_label(request: Request, body: CreateLabel) -> Label:
    """Make a label."""
    return await request.run(actions.create_label, request.id("board_id"), body)


@table.add("PATCH", "/labels/{label_id}", needs=Role.MEMBER)
async def update_label(request: Request, body: UpdateLabel) -> Label:
    """Rename or recolour a label."""
    return await request.run(actions.update_label, request.id("label_id"), body)


@table.add("DELETE", "/labels/{label_id}", needs=Role.MEMBER)
async def delete_label(request: Request) -> None:
    """Delete a label and take it off every card."""
    await request.run(actions.delete_label, request.id("label_id"))
