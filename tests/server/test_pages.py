"""The interface described by itself: the OpenAPI document, and the page that shows it without the internet."""

from __future__ import annotations

import re

from rego.wire.base import to_json
from rego_server.app import TABLES
from rego_server.domains.reference.routes import BORROWED
from rego_server.web.openapi import document
from tests.server.site import Site, raw


async def test_the_document_is_served(site: Site) -> None:
    answer = await raw(site.url, "GET", "/openapi.json")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json["openapi"] == "3.1.0"
    assert answer.body == to_json(document(TABLES))


async def test_the_page_needs_its_own_server_alone(site: Site) -> None:
    page = await raw(site.url, "GET", "/docs")
    assert page.headers["Content-Type"].startswith("text/html")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    text = page.body.decode()
    assert "//" not in text.replace("<!DOCTYPE html>", "")
    assert not re.search(r"<script>|<style>| on\w+=", text)
    addresses = re.findall(r'(?:src|href)="(/docs/[^"]+)"', text)
    assert {address.rpartition("/")[2] for address in addresses} == {"start.js", *BORROWED}
    for address in addresses:
        asset = await raw(site.url, "GET", address)
        assert asset.status == 200
        assert asset.headers["Content-Type"].split(";")[0] in ("text/javascript", "text/css")
        assert len(asset.body) > 100


async def test_the_page_gives_nothing_else_away(site: Site) -> None:
    for name in ("page.html", "routes.py", "swagger_preset.js", "..%2froutes.py", "redoc.js", "x"):
        assert (await raw(site.url, "GET", f"/docs/{name}")).status == 404
