"""The interface described by itself: the OpenAPI document, and the page that shows it without the internet."""

from __future__ import annotations

import re

from rego_server.app import TABLES
from rego_server.domains.reference.routes import BORROWED
from rego_server.web.endpoint import Anyone
from rego_server.web.openapi import document
from tests.server.site import Site, raw

ROUTES = [route for table in TABLES for route in table.routes]
DOCUMENT = document(TABLES)


def test_every_endpoint_is_an_operation_with_its_own_name() -> None:
    operations = {(m.upper(), path): each for path, methods in DOCUMENT["paths"].items() for m, each in methods.items()}
    assert set(operations) == {(route.method, route.path) for route in ROUTES}
    names = [each["operationId"] for each in operations.values()]
    assert len(names) == len(set(names))
    assert {tag for each in operations.values() for tag in each["tags"]} == {tag["name"] for tag in DOCUMENT["tags"]}


def test_every_operation_says_what_it_does_and_who_may() -> None:
    for route in ROUTES:
        operation = DOCUMENT["paths"][route.path][route.method.lower()]
        assert operation["summary"]
        assert bool(operation["security"]) == (route.needs is not Anyone)
        named = {parameter["name"] for parameter in operation["parameters"]}
        assert {*route.pieces, *route.query.__struct_fields__} <= named
        assert ("Idempotency-Key" in named) == (route.method != "GET")


def test_every_reference_leads_somewhere() -> None:
    for reference in re.findall(r"'\$ref': '#/components/(\w+)/([\w-]+)'", str(DOCUMENT)):
        kind, name = reference
        assert name in DOCUMENT["components"][kind], reference


async def test_the_document_is_served(site: Site) -> None:
    answer = await raw(site.url, "GET", "/openapi.json")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json["openapi"] == "3.1.0"
    assert answer.json["paths"].keys() == DOCUMENT["paths"].keys()


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
