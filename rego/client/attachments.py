"""Files on cards."""

from __future__ import annotations

from rego.client.call import Call, path_of
from rego.client.files import FileUpload, Sink
from rego.wire.attachments import Attachment, UpdateAttachment


def list_attachments(card: str) -> Call[list[Attachment]]:
    return Call(method="GET", path=path_of("cards", card, "attachments"), returns=list[Attachment])


def create_attachment(card: str, file: FileUpload) -> Call[Attachment]:
    """Send a file, piece by piece."""
    return Call(method="POST", path=path_of("cards", card, "attachments"), file=file, returns=Attachment)


def get_attachment(attachment_id: str) -> Call[Attachment]:
    return Call(method="GET", path=path_of("attachments", attachment_id), returns=Attachment)


def update_attachment(attachment_id: str, body: UpdateAttachment) -> Call[Attachment]:
    return Call(method="PATCH", path=path_of("attachments", attachment_id), body=body, returns=Attachment)


def delete_attachment(attachment_id: str) -> Call[None]:
    return Call(method="DELETE", path=path_of("attachments", attachment_id), returns=None)


def get_attachment_content(attachment_id: str, into: Sink) -> Call[None]:
    """Fetch a file, piece by piece; `rego.client.landing.Landing` puts it on the disk."""
    return Call(method="GET", path=path_of("attachments", attachment_id, "content"), into=into, returns=None)
