"""A file as an answer: piece by piece, whole or in part, and such that no browser shows or runs it (RFC 9110, 6266)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple
from urllib.parse import quote

import structlog
from aiohttp import AsyncIterablePayload, web

from rego.wire.errors import Unavailable
from rego_server.web.conditional import CAREFUL, is_known
from rego_server.web.endpoint import Request

_HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Accept-Ranges": "bytes",
    **CAREFUL,
}


_log = structlog.get_logger("rego.web")


class File(NamedTuple):
    """What is known of a file. `digest` changes whenever the content does."""

    name: str
    content_type: str
    size: int
    digest: str


Open = Callable[[int, int], Awaitable[AsyncIterator[bytes]]]
"""Gives the content from a byte on, for a number of bytes."""


async def download(request: Request, file: File, open_part: Open) -> web.Response:
    """The answer that holds `file`, or the range of it that is asked for."""
    tag = f'"{file.digest}"'
    headers = {**_HARMLESS, "ETag": tag}
    if is_known(request.http, tag):
        return web.Response(status=304, headers=headers)
    part = _range_of(request.http, file.size, tag)
    if part is None:
        return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{file.size}"})
    start, length = part
    status = 200 if length == file.size else 206
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{file.size}"
    headers |= {"Content-Disposition": disposition(file.name), "Content-Length": str(length)}
    body = AsyncIterablePayload(_whole(await open_part(start, length), length), content_type=file.content_type)
    return web.Response(body=body, status=status, headers=headers, content_type=file.content_type)


async def _whole(pieces: AsyncIterator[bytes], length: int) -> AsyncIterator[bytes]:
    """`pieces`, of `length` bytes. Where the store does not give them all, the connection ends: nobody waits for the rest."""
    try:
        async for piece in pieces:
            length -= len(piece)
            yield piece
    except Unavailable as error:
        _log.warning("download broke off", error=error.detail)
        raise ConnectionAbortedError from error
    if length:
        _log.warning("download broke off", error=f"The file in the store lacks {length} bytes.")
        raise ConnectionAbortedError


def disposition(name: str) -> str:
    """The header that makes a browser save a file as `name`, in both forms: for old clients, and for all characters."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _range_of(http: web.Request, size: int, tag: str) -> tuple[int, int] | None:
    """Where the wanted part begins and how long it is; None for one that lies outside.

    Several ranges at once, and what is no range, count as none: then the whole file is answered, as the RFC allows.
    """
    if "Range" not in http.headers or http.headers.get("If-Range", tag) != tag:
        return 0, size
    try:
        wanted = http.http_range
    except ValueError:
        return 0, size
    begin = wanted.start or 0
    start = max(0, size + begin) if begin < 0 else begin
    end = size if wanted.stop is None else min(wanted.stop, size)
    return (start, end - start) if start < end else None
