"""The OpenAPI document: every endpoint of the route table is in it, and all that it refers to."""

from __future__ import annotations

import re

import pytest

from rego.wire.base import to_json
from rego_server.app import TABLES
from rego_server.web.endpoint import Anyone
from rego_server.web.openapi import document
from rego_server.web.schemas import Schema

ROUTES = [route for table in TABLES for route in table.routes]


@pytest.fixture(scope="module")
def described() -> Schema:
    return document(TABLES)


def test_every_endpoint_is_an_operation_with_its_own_name(described: Schema) -> None:
    operations = {(m.upper(), path): each for path, methods in described["paths"].items() for m, each in methods.items()}
    assert set(operations) == {(route.method, route.path) for route in ROUTES}
    names = [each["operationId"] for each in operations.values()]
    assert len(names) == len(set(names))
    assert {tag for each in operations.values() for tag in each["tags"]} == {tag["name"] for tag in described["tags"]}


def test_every_operation_says_what_it_does_and_who_may(described: Schema) -> None:
    for route in ROUTES:
        operation = described["paths"][route.path][route.method.lower()]
        assert operation["summary"]
        assert bool(operation["security"]) == (route.needs is not Anyone)
        named = {parameter["name"] for parameter in operation["parameters"]}
        assert {*route.pieces, *route.query.__struct_fields__} <= named
        assert ("Idempotency-Key" in named) == (route.method != "GET")


def test_every_reference_leads_somewhere(described: Schema) -> None:
    references = set(re.findall(r'"#/components/(\w+)/([\w-]+)"', to_json(described).decode()))
    assert references
    for kind, name in references:
        assert name in described["components"][kind], name


def test_a_body_is_needed_where_a_field_is() -> None:
    paths = document(TABLES)["paths"]
    assert paths["/cards/{card}/checklists"]["post"]["requestBody"]["required"] is True
    assert paths["/cards/{card}/move"]["post"]["requestBody"]["required"] is False
