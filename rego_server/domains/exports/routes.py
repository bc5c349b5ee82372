"""`GET /boards/{board_id}/export`: a board as a file."""

from __future__ import annotations

from aiohttp import web

from rego.wire.base import Role
from rego.wire.imports import ExportBoard, Plan
from rego_server.domains.exports import actions
from rego_server.domains.exports.formats import MEDIA_TYPES
from rego_server.web.endpoint import Request, RouteTable

table = RouteTable()


@table.add("GET", "/boards/{board_id}/export", needs=Role.VIEWER, answers=Plan, media=tuple(MEDIA_TYPES.values()))
async def export_board(request: Request, query: ExportBoard) -> web.Response:
    """The board as a file: `json` can be imported again, `csv` has one card a row, `md` is a document to read."""
    file, key = await request.read(actions.write_export, request.id("board_id"), query.format)
    name = f"{key}.{query.format}"
    headers = {"Content-Type": MEDIA_TYPES[query.format], "Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=file, headers=headers)
