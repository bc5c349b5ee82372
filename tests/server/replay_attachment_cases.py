"""Cases of the replay check for files on cards."""

from __future__ import annotations

from rego.client import attachments, cards
from rego.client.files import FileUpload
from rego.wire.attachments import UpdateAttachment
from tests.running import Somebody
from tests.server.furnished import Furnished
from tests.server.replay_cases import case


@case("POST /cards/{card}/attachments", "attachment.created")
async def attach_a_file(desk: Furnished, _: Somebody) -> None:
    await desk.send(attachments.create_attachment(desk.one.id, FileUpload.of_bytes(b"more", "more.txt")))


@case("POST /cards/{card}/attachments", "attachment.created")
async def attach_a_file_to_an_archived_card(desk: Furnished, _: Somebody) -> None:
    await desk.send(attachments.create_attachment(desk.four.id, FileUpload.of_bytes(b"", "empty.txt")))


@case("PATCH /attachments/{attachment_id}", "attachment.updated")
async def rename_a_file(desk: Furnished, _: Somebody) -> None:
    await desk.send(attachments.update_attachment(desk.attachment.id, UpdateAttachment(filename="other.txt")))


@case("PATCH /attachments/{attachment_id}")
async def rename_a_file_to_what_it_is_called(desk: Furnished, _: Somebody) -> None:
    await desk.send(attachments.update_attachment(desk.attachment.id, UpdateAttachment(filename="notes.txt")))


@case("DELETE /attachments/{attachment_id}", "attachment.deleted")
async def delete_a_file(desk: Furnished, _: Somebody) -> None:
    await desk.send(attachments.delete_attachment(desk.attachment.id))


@case("DELETE /cards/{card}", "card.deleted")
async def delete_a_card_with_a_file(desk: Furnished, _: Somebody) -> None:
    await desk.send(cards.delete_card(desk.attachment.card_id))
