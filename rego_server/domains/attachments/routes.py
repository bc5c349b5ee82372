"""`/cards/{card}/attachments` and `/attachments`."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from rego.wire.attachments import Attachment, UpdateAttachment
from rego.wire.base import Role
from rego_server.domains.attachments import actions
from rego_server.domains.attachments.depot import Depot
from rego_server.domains.cards.rules import parse_card
from rego_server.web.downloads import File, download
from rego_server.web.endpoint import Request, RouteTable
from rego_server.web.uploads import open_upload

DEPOT: web.AppKey[Depot] = web.AppKey("depot", Depot)

table = RouteTable()


@table.add("GET", "/cards/{card}/attachments", needs=Role.VIEWER)
async def list_attachments(request: Request) -> Sequence[Attachment]:
    """The card's files, oldest first."""
    return await request.read(actions.list_attachments, parse_card(request.path("card")))


@table.add(
    "POST",
    "/cards/{card}/attachments",
    needs=Role.MEMBER,
    status=201,
    location="/attachments/{id}",
    body_max=None,
    reads={"multipart/form-data": bytes},
)
async def create_attachment(request: Request) -> Attachment:
    """Attach a file to a card: `multipart/form-data` with the file in the part `file`."""
    card, depot = parse_card(request.path("card")), request.http.app[DEPOT]
    await request.read(actions.may_attach, card)
    upload = await open_upload(request, depot.attachment_max)
    content = await depot.take_in(upload.filename, upload.pieces())
    return await depot.settle(content, request.run(actions.create_attachment, card, content, depot.board_max_mb))


@table.add("GET", "/attachments/{attachment_id}", needs=Role.VIEWER)
async def get_attachment(request: Request) -> Attachment:
    """What is known of a file."""
    return await request.read(actions.get_attachment, request.id("attachment_id"))


@table.add("PATCH", "/attachments/{attachment_id}", needs=Role.MEMBER)
async def update_attachment(request: Request, body: UpdateAttachment) -> Attachment:
    """Rename a file."""
    return await request.run(actions.update_attachment, request.id("attachment_id"), body)


@table.add("DELETE", "/attachments/{attachment_id}", needs=Role.MEMBER)
async def delete_attachment(request: Request) -> None:
    """Take a file off its card."""
    await request.run(actions.delete_attachment, request.id("attachment_id"))


@table.add("GET", "/attachments/{attachment_id}/content", needs=Role.VIEWER, answers=bytes, media=("*/*",))
async def get_attachment_content(request: Request) -> web.Response:
    """The file itself, or a part of it (`Range`)."""
    row = await request.read(actions.find_attachment, request.id("attachment_id"))
    file = File(row["filename"], row["content_type"], row["size"], row["sha256"])
    return await download(request, file, lambda start, length: request.http.app[DEPOT].give_out(row, start, length))
