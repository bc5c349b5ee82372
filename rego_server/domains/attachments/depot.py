"""Content on its way to and from the blob store: measured and told apart as it comes, and let go where nobody will name it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import msgspec

from rego.wire.errors import NotFound, RegoError, Unavailable
from rego.wire.filenames import clean_filename
from rego_server.core.blobs import BlobMissing, BlobStore
from rego_server.core.db import Row
from rego_server.core.ids import NewId
from rego_server.domains.attachments.rules import HEAD, MB, content_type_of

T = TypeVar("T")


class Content(NamedTuple):
    """A file that is in the store, and in no table yet."""

    blob_id: str
    folder: str
    filename: str
    size: int
    content_type: str
    sha256: str


@dataclass(frozen=True)
class Depot:
    """Files go into a folder of `store` that is this database's own, so that no other one's sweep takes them for strays."""

    store: BlobStore
    folder: str
    new_id: NewId
    attachment_max_mb: int
    board_max_mb: int

    @property
    def attachment_max(self) -> int:
        """Bytes that one file may have."""
        return self.attachment_max_mb * MB

    async def take_in(self, filename: str, pieces: AsyncIterator[bytes]) -> Content:
        """Keep a file, whole or not at all."""
        measured = _Measured(pieces)
        blob_id = self.new_id()
        await self.store.put(key_of(self.folder, blob_id), measured.pieces())
        content_type = await asyncio.to_thread(content_type_of, bytes(measured.head))
        return Content(blob_id, self.folder, clean_filename(filename), measured.size, content_type, measured.digest.hexdigest())

    async def settle(self, content: Content, action: Awaitable[T]) -> T:
        """What the action answers that puts `content` into the tables; when it surely did not, the content goes again.

        After an outage nobody knows whether it did; then the sweep decides.
        """
        try:
            answer = await action
        except RegoError as error:
            if not isinstance(error, Unavailable):
                await self._let_go(content)
            raise
        if isinstance(answer, msgspec.Raw):
            # The answer of an earlier request with the same key, which brought the same content.
            await self._let_go(content)
        return answer

    async def give_out(self, row: Row, start: int, length: int) -> AsyncIterator[bytes]:
        """The pieces of a part of the content that `row` names. Raises `NotFound` when the store has lost it."""
        try:
            return await self.store.open(key_of(row["folder"], row["blob_id"]), start, length)
        except BlobMissing as error:
            raise NotFound("The content of this file is not in the store any more.") from error

    async def _let_go(self, content: Content) -> None:
        await self.store.delete([key_of(content.folder, content.blob_id)])


def key_of(folder: str, blob_id: str) -> str:
    """Under which key the store has a blob."""
    return f"{folder}/{blob_id}"


class _Measured:
    """Pieces that pass through, counted and digested."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces
        self.size = 0
        self.head = bytearray()
        self.digest = hashlib.sha256()

    async def pieces(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces:
            self.size += len(piece)
            self.head += piece[: max(0, HEAD - len(self.head))]
            self.digest.update(piece)
            yield piece
