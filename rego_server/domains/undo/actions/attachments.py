"""Taking back what was done to a file on a card. Its content is kept for a while after nothing names it any more."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire import events as e
from rego.wire.attachments import UpdateAttachment
from rego.wire.errors import Conflict
from rego.wire.events import Event
from rego_server.core.uow import UnitOfWork
from rego_server.domains.attachments import actions, queries
from rego_server.domains.attachments.models import attachments
from rego_server.domains.cards import queries as cards
from rego_server.domains.undo.actions.checklists import card_now
from rego_server.domains.undo.queries import row_on_board
from rego_server.domains.undo.rows import revived
from rego_server.domains.undo.rules import refuse_change, there

_OF_THE_CONTENT = ("size", "content_type", "sha256")


async def attachment_created(uow: UnitOfWork, event: Event, data: e.AttachmentCreated) -> None:
    await _refuse_other_name(uow, event, data.attachment.id, data.attachment.filename)
    await actions.delete_attachment(uow, data.attachment.id)


async def attachment_updated(uow: UnitOfWork, event: Event, data: e.AttachmentUpdated) -> None:
    await _refuse_other_name(uow, event, data.attachment_id, data.filename)
    await actions.update_attachment(uow, data.attachment_id, UpdateAttachment(filename=data.changes["filename"].before))


async def attachment_deleted(uow: UnitOfWork, event: Event, data: e.AttachmentDeleted) -> None:
    """Back on its card, as long as its content is kept."""
    card = await card_now(uow, event, data.card)
    if not await claim_contents(uow, [data.blob_id]):
        raise Conflict(f"The content of {data.attachment.filename} is not kept any more, so the file cannot come back.")
    row = revived(uow, data.attachment)
    known = {name: row.pop(name) for name in _OF_THE_CONTENT}
    row["blob_id"] = data.blob_id
    uow.write(queries.ADD, **row)
    count = card["attachment_count"] + 1
    uow.write(queries.SET_COUNT, row_id=card["id"], attachment_count=count)
    ref = cards.ref_of(card, uow.heads[event.board_id].key)
    attachment = queries.attachment_of({**row, **known})
    uow.emit(event.board_id, e.AttachmentCreated(card=ref, attachment=attachment, attachment_count=count))


async def claim_contents(uow: UnitOfWork, blob_ids: Sequence[str]) -> set[str]:
    """Those of some contents that are still kept; from now on the sweep leaves them alone."""
    return {row["id"] for row in await uow.fetch(queries.CLAIM, ids=blob_ids)} if blob_ids else set()


async def _refuse_other_name(uow: UnitOfWork, event: Event, attachment_id: str, filename: str) -> None:
    what = f"The file {filename}"
    row = there(await row_on_board(uow, attachments, event.board_id, attachment_id), what)
    refuse_change(what, {"filename": filename}, {"filename": row["filename"]})
