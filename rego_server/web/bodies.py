"""Request bodies: read up to a limit, and decoded as the struct that a route names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
from aiohttp import web
from msgspec import Struct

from rego.wire.errors import InvalidInput, TooLarge, UnsupportedMedia
from rego_server.web.problems import invalid

BODY_STALLS_MAX = 30.0
"""Seconds without a byte of a body that is not whole, after which the request is given up."""


async def content_of(http: web.Request, most: int | None) -> bytes:
    """The whole body; nothing of one without a limit, which its handler reads by itself.

    Raises `TooLarge` when it has more than `most` bytes, as soon as that is known, and `InvalidInput` when it stops arriving.
    """
    if most is None or not http.can_read_body:
        return b""
    if (http.content_length or 0) > most:
        raise TooLarge(f"The body may have at most {most} bytes.")
    content = bytearray()
    while not http.content.at_eof():
        try:
            async with asyncio.timeout(BODY_STALLS_MAX):
                content += await http.content.readany()
        except TimeoutError:
            raise InvalidInput(f"The body stopped arriving: nothing came for {BODY_STALLS_MAX:.0f} s.") from None
        if len(content) > most:
            raise TooLarge(f"The body may have at most {most} bytes.")
    return bytes(content)


def decoder_of(kind: type[Struct]) -> Callable[[web.Request, bytes], Struct]:
    """The function that reads a body as `kind`; it raises `InvalidInput` and `UnsupportedMedia`."""
    decoder = msgspec.json.Decoder(kind, strict=True)

    def decode(http: web.Request, content: bytes) -> Struct:
        if content and http.content_type not in ("application/json", "application/octet-stream"):
            raise UnsupportedMedia("Send the body as application/json.")
        try:
            return decoder.decode(content or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise invalid(error, kind) from error

    return decode
