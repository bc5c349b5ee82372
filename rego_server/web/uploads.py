"""One file in a multipart body (RFC 7578), read piece by piece: never the whole of it in memory, never more than allowed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

from aiohttp import (
    BadContentDispositionHeader,
    BadContentDispositionParam,
    BodyPartReader,
    ClientPayloadError,
    MultipartReader,
    web,
)
from aiohttp.http_exceptions import HttpProcessingError

from rego.wire.errors import InvalidInput, RegoError, TooLarge, UnsupportedMedia
from rego_server.web.bodies import BODY_STALLS_MAX
from rego_server.web.endpoint import Request

T = TypeVar("T")

FIELD = "file"
"""The name of the part that holds the file."""

FRAMING_MAX = 65_536
"""Bytes that boundaries and headers may take beside the file."""

_PIECE = 262_144
_AS_IT_IS = ("", "7bit", "8bit", "binary")
_MALFORMED = (
    ValueError,
    AssertionError,
    RuntimeError,
    HttpProcessingError,
    BadContentDispositionHeader,
    BadContentDispositionParam,
)
"""What aiohttp raises, or warns of, for a body that is not as it must be."""

_ASK = f"Send the file as multipart/form-data, in one part named {FIELD}."


class Upload:
    """A file on its way in. `filename` is what the sender calls it, as it came."""

    def __init__(self, request: Request, reader: MultipartReader, part: BodyPartReader, most: int) -> None:
        self.filename = part.filename or ""
        self._request = request
        self._reader = reader
        self._part = part
        self._most = most

    async def pieces(self) -> AsyncIterator[bytes]:
        """The content, to its end; raises `TooLarge` and, for a body that breaks off or goes on, `InvalidInput`."""
        # The boundary is another one in each try, so the name and the content are what makes a repeat.
        self._request.digest.update(f"{self.filename}\n".encode(errors="replace"))
        size = 0
        while not self._part.at_eof():
            piece = bytes(await _sound(self._part.read_chunk(_PIECE)))
            size += len(piece)
            if size > self._most:
                raise _too_large(self._most)
            self._request.digest.update(piece)
            if piece:
                yield piece
        if await _sound(self._reader.next()) is not None:
            raise InvalidInput(f"Send one file at a time, and nothing beside the part {FIELD}.", field=FIELD)


async def open_upload(request: Request, most: int) -> Upload:
    """The file in the body of `request`, of at most `most` bytes, which is not read yet.

    Raises `UnsupportedMedia` for another kind of body, `InvalidInput` for one without the file, `TooLarge` where the length
    that the sender announces says so.
    """
    if request.http.content_type != "multipart/form-data":
        raise UnsupportedMedia(_ASK)
    if (request.http.content_length or 0) > most + FRAMING_MAX:
        raise _too_large(most)
    reader = await _sound(request.http.multipart())
    return await _sound(_first_part(request, reader, most))


async def _first_part(request: Request, reader: MultipartReader, most: int) -> Upload:
    part = await reader.next()
    if not isinstance(part, BodyPartReader) or part.name != FIELD:
        raise InvalidInput(_ASK, field=FIELD)
    if part.headers.get("Content-Transfer-Encoding", "").lower() not in _AS_IT_IS or "Content-Encoding" in part.headers:
        raise InvalidInput("Send the file as it is, without a transfer or content encoding.", field=FIELD)
    return Upload(request, reader, part, most)


async def _sound(step: Awaitable[T]) -> T:
    """What `step` reads; raises `InvalidInput` where the body is no multipart body, or ends before its end."""
    try:
        async with asyncio.timeout(BODY_STALLS_MAX):
            return await step
    except RegoError:
        raise
    except TimeoutError as error:
        raise InvalidInput(f"The upload stopped arriving: nothing came for {BODY_STALLS_MAX:.0f} s.", field=FIELD) from error
    except (OSError, ClientPayloadError, web.RequestPayloadError) as error:
        raise InvalidInput("The upload broke off before its end; nothing was kept.", field=FIELD) from error
    except _MALFORMED as error:
        raise InvalidInput("The body is not multipart/form-data that can be read to its end.", field=FIELD) from error


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"The file may have at most {most:,} bytes.", field=FIELD)
