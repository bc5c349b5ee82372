"""Connections that send something other than HTTP: refused as every other mistake is, and not written into the log.

aiohttp would answer with the offending bytes, and log them with a traceback as an error of the server's: anybody could fill the
log so, and a header that is too long may be somebody's token.
"""

from __future__ import annotations

import secrets
from http import HTTPStatus

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from rego.wire.errors import InvalidInput
from rego_server.web.problems import response_of


class Front(web.Server):
    """The server behind the listening sockets."""

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if status != HTTPStatus.BAD_REQUEST or request.writer.output_size > 0:
            return super().handle_error(request, status, exc, message)
        refusal = _refusal(exc)
        refusal.request_id = secrets.token_hex(16)
        response = response_of(refusal)
        response.headers["X-Request-ID"] = refusal.request_id
        response.force_close()
        return response


def _refusal(error: BaseException | None) -> InvalidInput:
    if isinstance(error, LineTooLong):
        return InvalidInput("The address or a header of the request is too long.")
    return InvalidInput("This is no HTTP request that can be read.")
