"""Every endpoint with a body, and every field of it, given what it cannot be: one sentence, and nothing has changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from rego.wire.base import Role
from rego_server.app import TABLES
from rego_server.web.endpoint import Anyone, LoggedIn, Route, Superuser
from tests.server.furnished import Furnished
from tests.server.route_samples import SAMPLES, Asking
from tests.server.site import Account, Site, raw

ROUTES = {f"{route.method} {route.path}": route for table in TABLES for route in table.routes if route.body is not None}

OF_THE_CAST = {Role.OWNER: 0, Role.MEMBER: 0, Role.VIEWER: 0, LoggedIn: 0, Superuser: -1}

SECRETS = ("token", "refresh_token")
"""Only compared, so that any short text is a wrong secret like others."""

WRONG = (
    b'{"x":{"y":1}}',
    b"1180591620717411303424",
    rb'"a\u0000b"',
    rb'"a\ud800b"',
    b'"' + b"x" * 200_000 + b'"',
)
"""What no field takes, whatever its type: a strange object, a huge number, a NUL, half a character, a text without an end."""


def _bodies(route: Route, good: dict[str, Any]) -> Iterator[bytes]:
    """Each body with one thing wrong."""
    yield from (b"[]", b"null", b"7", b'"x"', b"{", b"\xff")
    yield msgspec.json.encode({**good, "surplus": 1})
    assert route.body is not None
    for field in msgspec.structs.fields(route.body):
        rest = {name: value for name, value in good.items() if name != field.encode_name}
        for wrong in WRONG:
            if field.encode_name in SECRETS and len(wrong) < 20 and wrong.startswith(b'"'):
                continue
            yield msgspec.json.encode({**rest, field.encode_name: msgspec.Raw(wrong)})
        if field.required:
            yield msgspec.json.encode(rest)


@pytest.mark.parametrize("name", ROUTES)
async def test_what_a_body_cannot_be_is_refused(site: Site, desk: Furnished, cast: list[Account], name: str) -> None:
    route = ROUTES[name]
    who = None if route.needs is Anyone else cast[OF_THE_CAST[route.needs]]
    sample = await SAMPLES[name](Asking(site.url, desk, who, site.letters, may=True))
    token = sample.token or (who.token if who else None)
    before = await desk.snapshot(archived=True)
    for content in _bodies(route, sample.body):
        answer = await raw(site.url, route.method, sample.path, token=token, content=content)
        assert (answer.status, answer.json["error_type"]) == (400, "InvalidInput"), content[:200]
        detail = answer.json["detail"]
        assert detail.isprintable(), content[:200]
        assert len(detail) < 300, content[:200]
        assert detail.endswith("."), content[:200]
    assert await desk.snapshot(archived=True) == before
