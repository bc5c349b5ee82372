"""`POST /boards/import`: a board from another tool's file."""

from __future__ import annotations

import asyncio

from rego.wire import limits
from rego.wire.imports import ImportBoard, Imported
from rego_server.domains.imports import actions, formats
from rego_server.web.endpoint import LoggedIn, Request, RouteTable

table = RouteTable()


@table.add(
    "POST",
    "/boards/import",
    needs=LoggedIn,
    status=201,
    body_max=limits.IMPORT_MAX_BYTES,
    reads={"application/octet-stream": bytes},
)
async def import_board(request: Request, query: ImportBoard) -> Imported:
    """Make a board of the file in the body; `format` names what kind of file it is."""
    plan, report = await asyncio.to_thread(formats.read, query.format, request.content)
    return await request.run(actions.import_board, query.format, plan, report)
