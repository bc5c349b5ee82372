"""The server against its own OpenAPI document: Schemathesis makes requests from it, good and bad, and checks every answer.

What no schema can say stands here: which things there are, which passwords are too common, what is only good once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, CheckFunction, Config, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from rego.client import tokens
from rego.wire.tokens import CreateToken, Scope
from rego_server.app import TABLES
from rego_server.web.openapi import document
from rego_server.web.schemas import Schema
from tests.running import PASSWORD
from tests.server.furnished import Furnished
from tests.server.site import Account, Site

EXAMPLES = 3
"""Requests of each kind that an endpoint gets."""

LONG = 300
"""Higher limits of texts are left out: to make what is longer costs seconds, and other tests send it."""

THERE: dict[str, Callable[[Furnished], str]] = {
    "asset": lambda _: "start.js",
    "board_id": lambda desk: desk.board.id,
    "column_id": lambda desk: desk.todo.id,
    "card": lambda desk: desk.one.id,
    "card_id": lambda desk: desk.one.id,
    "label_id": lambda desk: desk.label.id,
    "checklist_id": lambda desk: desk.checklist.id,
    "item_id": lambda desk: desk.open_item.id,
    "comment_id": lambda desk: desk.comment.id,
    "attachment_id": lambda desk: desk.attachment.id,
    "automation_id": lambda desk: desk.automation.id,
}
"""What is there, by the name of the piece of a path. Nothing of it is deleted: those requests get other ids."""

GOOD: dict[str, Callable[[Furnished], list[Any]]] = {
    "password": lambda _: [PASSWORD],
    "new_password": lambda _: [PASSWORD],
    "expires_at": lambda _: [None, "2999-12-31T23:59:59Z"],
    "column_id": lambda desk: [desk.todo.id],
    "checklist_id": lambda desk: [None, desk.checklist.id],
    "after_id": lambda _: [None],
    "before_id": lambda _: [None],
    "label_ids": lambda desk: [[], [desk.label.id]],
    "assignee_ids": lambda desk: [[], [desk.member.user.id]],
    "assignee_id": lambda desk: [None, desk.member.user.id],
}
"""Values of fields whose schema cannot say what is good: of the right place, not too common, not in the past."""

QUERIES: dict[str, Schema] = {
    "q": {"enum": ["", "bug", "label:bug -is:done", "(priority>=high or due<3d) sort:-due"]},
    "type": {"enum": ["card.moved", "checklist"]},
}
"""The same for query parameters."""

GOOD_FOR_MORE_THAN_ITS_SHAPE = {
    "POST /auth/reset-password": "the token must have been mailed",
    "POST /auth/verify": "the token must have been mailed",
    "POST /boards/import": "the body must be a board's file",
    "POST /boards/{board_id}/automations": "the rule must name what is on the board",
    "PATCH /automations/{automation_id}": "the rule must name what is on the board",
}
"""Endpoints that may refuse a request of the right shape, and why."""

CONFIG: dict[str, Any] = {
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 304, 401, 403, 404, 409, 412, 416, 422]}},
}
"""A version may be stale, a range outside and an idempotency key used before, whatever their shape."""


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
async def test_every_answer_is_as_the_document_says(
    site: Site, desk: Furnished, cast: list[Account], mode: GenerationMode
) -> None:
    token = await desk.own(tokens.create_token(CreateToken(name="x", scope=Scope.WRITE)))
    visit = Visit(site.url, token.token, cast[5].token, mode)
    described = _told(_handy(document(TABLES)), desk)
    await asyncio.to_thread(visit.all, _good(described, desk) if mode is GenerationMode.POSITIVE else described)
    assert not visit.problems, "\n\n".join(visit.problems.values())
    print(f"{visit.requests} requests")


class Visit:
    """Requests to all endpoints, one after the other."""

    def __init__(self, url: str, token: str, root: str, mode: GenerationMode) -> None:
        self.url = url
        self.mode = mode
        self.requests = 0
        self.problems: dict[str, str] = {}
        self._token = token
        self._root = root
        self._session = requests.Session()

    def all(self, described: Schema) -> None:
        """Every operation of the document."""
        with self._session:
            for result in schemathesis.openapi.from_dict(described, config=Config.from_dict(CONFIG)).get_all_operations():
                assert isinstance(result, Ok), result
                operation = result.ok()
                try:
                    self._one(operation)
                except Unsatisfiable:
                    assert self.mode is GenerationMode.NEGATIVE  # where nothing is asked for, nothing can be wrong
                except FailureGroup as found:
                    self.problems[operation.label] = str(found)

    def _one(self, operation: APIOperation[Any, Any, Any, Any]) -> None:
        headers = {"Authorization": f"Bearer {self._token_for(operation.path)}"}
        unsayable: list[CheckFunction] = [positive_data_acceptance] if operation.label in GOOD_FOR_MORE_THAN_ITS_SHAPE else []

        @given(operation.as_strategy(generation_mode=self.mode))
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def check(case: Case[Any]) -> None:
            self.requests += 1
            if self.mode is GenerationMode.POSITIVE:
                _mend(case)
            case.call_and_validate(base_url=self.url, session=self._session, headers=headers, excluded_checks=unsayable)

        check()

    def _token_for(self, path: str) -> str:
        """A personal token, which no request spoils; about accounts, which no such token manages, a login."""
        if path.startswith("/admin"):
            return self._root
        if not path.startswith("/auth"):
            return self._token
        name = f"visitor-{uuid4().hex[:10]}"
        login = {"username": name, "password": PASSWORD}
        account = {**login, "email": f"{name}@example.com"}
        self._session.post(f"{self.url}/auth/register", json=account).raise_for_status()
        return str(self._session.post(f"{self.url}/auth/login", data=login).json()["access_token"])


def _mend(case: Case[Any]) -> None:
    """Good by themselves and not together are two versions, and one idempotency key for two requests. A cursor has no shape.

    And 1.0 is an integer to JSON Schema, but not to Rego.
    """
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = uuid4().hex
    case.query.pop("cursor", None)
    if isinstance(case.body, dict):
        for name, value in case.body.items():
            if isinstance(value, float) and value.is_integer():
                case.body[name] = int(value)
        if "version" in case.body:
            case.headers.pop("If-Match", None)


def _told(described: Schema, desk: Furnished) -> Schema:
    """The document with ids of what is there, so that requests get as far as they can."""
    for methods in described["paths"].values():
        for method, operation in methods.items():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path" and method != "delete" and parameter["name"] in THERE:
                    parameter["schema"] = {"enum": [THERE[parameter["name"]](desk)]}
    return described


def _good(described: Schema, desk: Furnished) -> Schema:
    """The document for requests that are to be accepted."""
    good = {name: {"enum": values(desk)} for name, values in GOOD.items()}
    for operation in [each for methods in described["paths"].values() for each in methods.values()]:
        for parameter in operation["parameters"]:
            if parameter["in"] == "query":
                parameter["schema"] = (good | QUERIES).get(parameter["name"], parameter["schema"])
    for schema in described["components"]["schemas"].values():
        if schema.get("additionalProperties") is False:
            schema["properties"] |= {name: values for name, values in good.items() if name in schema["properties"]}
    return described


def _handy(part: Any) -> Any:
    """`part` of the document without the limits of long texts."""
    if isinstance(part, list):
        return [_handy(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {name: _handy(each) for name, each in part.items() if name != "maxLength" or each <= LONG}
