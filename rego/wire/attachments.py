"""Files on cards."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from rego.wire import limits
from rego.wire.base import Entity, Patch
from rego.wire.filenames import clean_filename

Filename = Annotated[str, Meta(min_length=1, max_length=limits.TITLE_MAX)]
"""What a file is called; of a path only the last piece is kept, and nothing that a system would obey."""


class Attachment(Entity, kw_only=True, frozen=True):
    """A file on a card, without its content.

    `size` is in bytes; `content_type` is told by the content, not by the sender; `sha256` is its digest, in hexadecimal.
    """

    card_id: str
    filename: str
    size: int
    content_type: str
    sha256: str


class UpdateAttachment(Patch, kw_only=True):
    line_fields = ("filename",)

    filename: Filename | UnsetType = UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.filename, str):
            self.filename = clean_filename(self.filename)
