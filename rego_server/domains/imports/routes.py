"""`POST /boards/import`: a board from another tool's file."""

from __future__ import annotations

import asyncio

from rego.wire import limits
from rego.wire.imports import Imported
from rego_server.domains.imports import actions, formats
from rego_server.web.endpoint import LoggedIn, Request, RouteTable

table = RouteTable()


@table.add("POST", "/boards/import", needs=LoggedIn, status=201, body_max=limits.IMPORT_MAX_BYTES)
async def import_board(request: Request) -> Imported:
    """Make a board of the file in the body; `format` names what kind of file it is."""
    name = request.choice("format", tuple(formats.FORMATS), "rego")
    plan, report = await asyncio.to_thread(formats.read, name, request.content)
    return await request.run(actions.import_board, name, plan, report)
