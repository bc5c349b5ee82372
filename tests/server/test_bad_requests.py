"""Every endpoint asked in ways that are wrong whatever it does: one sentence, the right status, and nothing has changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from uuid import uuid4

import msgspec

from rego.client import labels
from rego.wire.base import Role
from rego.wire.labels import UpdateLabel
from rego_server.app import TABLES
from rego_server.web.endpoint import Anyone, Route, Superuser
from tests.server.furnished import Furnished
from tests.server.route_samples import SAMPLES, Asking, Sample
from tests.server.site import Account, Site, raw

ROUTES = [route for table in TABLES for route in table.routes]

NO_PIECES = ("%00", "%ed%a0%80", "x" * 300, "9" * 30, "%F0%9F%92%A5", "a'b")
"""What no piece of a path may be."""

SAVES_NOTHING = ("POST /automations/{automation_id}/test",)
"""Changes nothing, so that a repeat is as good as the first time."""


class Wrong(NamedTuple):
    """A request and how it is refused."""

    path: str
    content: bytes | None
    headers: dict[str, str]
    status: int


def _wrong(route: Route, sample: Sample, used_key: str) -> Iterator[Wrong]:
    content = sample.content if sample.body is None else msgspec.json.encode(sample.body)
    kind = {"Content-Type": sample.content_type}
    yield Wrong(f"{sample.path}{'&' if '?' in sample.path else '?'}surplus=1", content, kind, 400)
    names = route.path.split("/")
    for name in route.pieces:
        for piece in NO_PIECES:
            filled = sample.path.split("/")
            filled[names.index("{" + name + "}")] = piece
            yield Wrong("/".join(filled), content, kind, 404)
    if route.method == "GET":
        return
    for key in ("", "a b", "ü".encode().decode("latin-1"), "x" * 300):
        yield Wrong(sample.path, content, kind | {"Idempotency-Key": key}, 400)
    if route.body_max is not None:
        yield Wrong(sample.path, b" " * (route.body_max + 1), kind, 413)
    if isinstance(route.needs, Role) and f"{route.method} {route.path}" not in SAVES_NOTHING:
        yield Wrong(sample.path, content, kind | {"Idempotency-Key": used_key}, 422)


async def test_what_is_wrong_with_any_request_is_said_and_changes_nothing(
    site: Site, desk: Furnished, cast: list[Account]
) -> None:
    key = uuid4().hex
    await desk.own(labels.update_label(desk.other_label.id, UpdateLabel(name="other")), key)
    asked = [(route, *await _sampled(site, desk, cast, route)) for route in ROUTES]
    before = await desk.snapshot(archived=True)
    count = 0
    for route, sample, token in asked:
        for wrong in _wrong(route, sample, key):
            count += 1
            path, content, headers = wrong.path, wrong.content, wrong.headers
            answer = await raw(site.url, route.method, path, token=token, content=content, headers=headers)
            assert answer.status == wrong.status, (route.method, path, headers, answer.body)
            assert _is_sentence(answer.json["detail"]), answer.body
    assert await desk.snapshot(archived=True) == before
    print(f"{count} wrong requests to {len(ROUTES)} endpoints")


async def _sampled(site: Site, desk: Furnished, cast: list[Account], route: Route) -> tuple[Sample, str | None]:
    who = None if route.needs is Anyone else cast[5] if route.needs is Superuser else cast[0]
    sample = await SAMPLES[f"{route.method} {route.path}"](Asking(site.url, desk, who, site.letters, may=False))
    return sample, sample.token or (who.token if who else None)


def _is_sentence(detail: str) -> bool:
    return detail.isprintable() and detail.endswith(".") and len(detail) < 300
