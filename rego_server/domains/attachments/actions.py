"""Putting files on cards, renaming them and taking them off."""

from __future__ import annotations

from collections.abc import Sequence

from rego.wire.attachments import Attachment, UpdateAttachment
from rego.wire.base import Role
from rego.wire.events import AttachmentCreated, AttachmentDeleted, AttachmentUpdated
from rego_server.core.db import Row
from rego_server.core.patch import merge, new_entity, save
from rego_server.core.uow import Reading, UnitOfWork
from rego_server.domains.access.policy import enter, look, look_before_change
from rego_server.domains.attachments import queries
from rego_server.domains.attachments.depot import Content
from rego_server.domains.attachments.models import attachments
from rego_server.domains.attachments.rules import refuse_overfull
from rego_server.domains.cards import queries as cards
from rego_server.domains.cards.queries import named
from rego_server.domains.cards.rules import CardName


async def list_attachments(reading: Reading, card: CardName) -> Sequence[Attachment]:
    """The card's files, oldest first."""
    row = await look(reading, cards.CARD.for_(card), **named(card))
    return [queries.attachment_of(found) for found in await reading.fetch(queries.OF_CARD, card_id=row["id"])]


async def find_attachment(reading: Reading, attachment_id: str) -> Row:
    """The row of a file, with what is known of its content."""
    return await look(reading, queries.ATTACHMENT, attachment_id=attachment_id)


async def get_attachment(reading: Reading, attachment_id: str) -> Attachment:
    """One file, without its content."""
    return queries.attachment_of(await find_attachment(reading, attachment_id))


async def may_attach(reading: Reading, card: CardName) -> None:
    """Refuse whoever may not put a file on the card, before they have sent it."""
    await look_before_change(reading, cards.CARD.for_(card), Role.MEMBER, **named(card))


async def create_attachment(uow: UnitOfWork, card: CardName, content: Content, board_max_mb: int) -> Attachment:
    """Put a file on the card, whose content is in the store. Raises `TooLarge` when the board has no room for it."""
    found = await enter(uow, queries.ENTER_TO_ATTACH.for_(card), Role.MEMBER, **named(card))
    refuse_overfull(found["bytes_used"], content.size, board_max_mb)
    known = {"folder": content.folder, "size": content.size, "content_type": content.content_type, "sha256": content.sha256}
    uow.write(queries.ADD_BLOB, id=content.blob_id, board_id=found["board_id"], orphaned_at=None, **known)
    row = {**new_entity(uow), "card_id": found["id"], "blob_id": content.blob_id, "filename": content.filename}
    uow.write(queries.ADD, **row)
    count = found["attachment_count"] + 1
    uow.write(queries.SET_COUNT, row_id=found["id"], attachment_count=count)
    attachment = queries.attachment_of({**known, **row})
    ref = cards.ref_of(found, found["head_key"])
    uow.emit(found["board_id"], AttachmentCreated(card=ref, attachment=attachment, attachment_count=count))
    return attachment


async def update_attachment(uow: UnitOfWork, attachment_id: str, body: UpdateAttachment) -> Attachment:
    """Give a file another name."""
    row = await enter(uow, queries.ENTER, Role.MEMBER, attachment_id=attachment_id)
    if merged := merge(row, body, queries.attachment_of):
        row = {**row, **save(uow, attachments, row, merged.values)}
        uow.emit(
            row["card_board_id"],
            AttachmentUpdated(
                card=queries.card_of(row),
                attachment_id=attachment_id,
                filename=row["filename"],
                changes=merged.changes,
                version=merged.version,
            ),
        )
    return queries.attachment_of(row)


async def delete_attachment(uow: UnitOfWork, attachment_id: str) -> None:
    """Take a file off its card. Its content stays for a while, so that this can be undone."""
    row = await enter(uow, queries.ENTER, Role.MEMBER, attachment_id=attachment_id)
    uow.write(queries.DELETE, row_id=attachment_id)
    count = row["attachment_count"] - 1
    uow.write(queries.SET_COUNT, row_id=row["card_id"], attachment_count=count)
    deleted = AttachmentDeleted(
        card=queries.card_of(row), attachment=queries.attachment_of(row), attachment_count=count, blob_id=row["blob_id"]
    )
    uow.emit(row["card_board_id"], deleted)
