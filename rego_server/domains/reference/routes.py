"""`/openapi.json` and `/docs`: the interface described by itself, for programs and for people."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from aiohttp import web

from rego.wire.base import to_json
from rego.wire.errors import NotFound
from rego_server.web.endpoint import Anyone, Request, RouteTable

HERE = Path(__file__).parent
OWN = "start.js"
BORROWED = ("swagger_bundle.js", "swagger_style.css")
"""The files of Swagger UI, as the package offapi carries them."""

MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Swagger UI writes style attributes
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

table = RouteTable()


class Document:
    """The OpenAPI document of some route tables, made when somebody asks for it first."""

    def __init__(self, tables: Sequence[RouteTable]) -> None:
        self._tables = tables

    @cached_property
    def encoded(self) -> bytes:
        """The document as JSON."""
        from rego_server.web.openapi import document

        return to_json(document(self._tables))


DOCUMENT: web.AppKey[Document] = web.AppKey("document", Document)


@table.add("GET", "/openapi.json", needs=Anyone, answers=dict[str, Any])
async def get_document(request: Request) -> web.Response:
    """This interface as an OpenAPI 3.1 document."""
    return web.Response(body=request.http.app[DOCUMENT].encoded, content_type="application/json")


@table.add("GET", "/docs", needs=Anyone, answers=str, media=("text/html",))
async def get_page(_: Request) -> web.StreamResponse:
    """The document as a page to read and to try things out; it needs nothing from the internet."""
    return web.FileResponse(HERE / "page.html", headers={"Content-Security-Policy": POLICY})


@table.add("GET", "/docs/{asset}", needs=Anyone, answers=str, media=tuple(MEDIA_TYPES.values()))
async def get_asset(request: Request) -> web.StreamResponse:
    """A file of that page."""
    name = request.path("asset")
    if name not in (OWN, *BORROWED):
        raise NotFound("The page has no such file.")
    # Found without an import, which would read all that the package has.
    place = HERE / name if name == OWN else Path(str(distribution("offapi").locate_file(f"offapi/{name}")))
    return web.FileResponse(place, headers={"Content-Type": MEDIA_TYPES[place.suffix]})
