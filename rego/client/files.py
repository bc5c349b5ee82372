"""Files on their way to and from the server, piece by piece; `rego.client.landing` puts them on the disk."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from msgspec import Struct

from rego.wire.errors import InvalidInput
from rego.wire.filenames import clean_filename

PIECE = 262_144
"""Bytes that are read or written at a time."""

Progress = Callable[[int], None]
"""Is told how many bytes have gone or come so far; from the beginning again when a transport tries anew."""


def unseen(_: int) -> None:
    """Nobody watches."""


class FileUpload(Struct, frozen=True, kw_only=True):
    """A file to send. `open` gives its content from the beginning, as often as a transport tries."""

    filename: str
    size: int
    open: Callable[[], IO[bytes]]
    progress: Progress = unseen

    @classmethod
    def of_path(cls, path: Path, filename: str | None = None, progress: Progress = unseen) -> FileUpload:
        """The file at `path`. Raises `InvalidInput` when it is none that can be read."""
        if path.exists() and not path.is_dir() and not path.is_file():
            raise InvalidInput(f"{path} is no file: its length cannot be told. Copy it to a file first.")
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
        except OSError as error:
            raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
        return cls(filename=filename or path.name, size=size, open=lambda: path.open("rb"), progress=progress)

    @classmethod
    def of_stream(cls, stream: BinaryIO, filename: str, progress: Progress = unseen) -> FileUpload:
        """What is left of a stream that can be read twice. It is not closed here."""
        start = stream.tell()
        size = stream.seek(0, os.SEEK_END) - start

        def again() -> IO[bytes]:
            stream.seek(start)
            return _Lent(stream)

        return cls(filename=filename, size=size, open=again, progress=progress)

    @classmethod
    def of_bytes(cls, content: bytes, filename: str) -> FileUpload:
        """Content that is in memory already."""
        return cls(filename=filename, size=len(content), open=lambda: BytesIO(content))


class Multipart:
    """The body of a request that carries one file (RFC 7578)."""

    def __init__(self, upload: FileUpload) -> None:
        boundary = uuid.uuid4().hex
        name = clean_filename(upload.filename)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._upload = upload
        self._head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()

    @property
    def length(self) -> int:
        return len(self._head) + self._upload.size + len(self._tail)

    def pieces(self) -> Iterator[bytes]:
        """The body from its beginning. Raises `InvalidInput` when the file is shorter by now than it was."""
        yield self._head
        left = self._upload.size
        with self._upload.open() as file:
            while left and (piece := file.read(min(PIECE, left))):
                yield piece
                left -= len(piece)
                self._upload.progress(self._upload.size - left)
        if left:
            raise InvalidInput(f"{clean_filename(self._upload.filename)} became shorter while it was sent; send it again.")
        yield self._tail


class Sink(Protocol):
    """Takes the content of an answer."""

    def begin(self) -> None:
        """The content comes from its beginning, maybe not for the first time."""

    def write(self, piece: bytes) -> None:
        """The next piece."""


class _Lent(BytesIO):
    """Somebody else's stream, which stays open when it is closed here."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream

    def read(self, size: int | None = -1, /) -> bytes:
        return self._stream.read(-1 if size is None else size)
