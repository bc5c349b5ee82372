"""Conditional requests: entity tags that are never stale, answers without a body, and `If-Match`."""

from __future__ import annotations

from typing import Any

import pytest

from rego.client import boards, cards, comments
from rego.wire.cards import MoveCard, UpdateCard
from rego.wire.comments import CreateComment
from rego.wire.errors import NotFound
from rego_server.app import TABLES
from rego_server.web.conditional import is_entity
from tests.server.furnished import Furnished
from tests.server.route_samples import SAMPLES, Asking, Sample
from tests.server.site import Account, RawAnswer, Site, raw

ROUTES = {f"{route.method} {route.path}": (table, route) for table in TABLES for route in table.routes}
TAGGED = [name for name, (_, route) in ROUTES.items() if route.method == "GET" and is_entity(route.answer)]
COMPARING = [name for name, (table, route) in ROUTES.items() if table.compares(route)]
UNSAFE = [name for name, (_, route) in ROUTES.items() if route.method != "GET"]


async def _ask(site: Site, desk: Furnished, cast: list[Account], name: str, **headers: str) -> RawAnswer:
    """The sample of an endpoint, sent by the board's owner with some more headers."""
    return await _send(site, desk, name, await _sample(site, desk, cast, name), **headers)


async def _sample(site: Site, desk: Furnished, cast: list[Account], name: str) -> Sample:
    """The sample of an endpoint for the board's owner; what it needs is made on the board now."""
    owner = next(account for account in cast if account.user.id == desk.owner.user.id)
    return await SAMPLES[name](Asking(site.url, desk, owner, may=True, letters=site.letters))


async def _send(site: Site, desk: Furnished, name: str, sample: Sample, **headers: str) -> RawAnswer:
    token, method = sample.token or desk.owner.token, name.partition(" ")[0]
    named = {header.replace("_", "-"): value for header, value in headers.items()}
    return await raw(site.url, method, sample.path, token=token, body=sample.body, content=sample.content, headers=named)


@pytest.mark.parametrize("name", TAGGED)
async def test_an_entity_that_the_client_has_is_not_sent_again(
    site: Site, desk: Furnished, cast: list[Account], name: str
) -> None:
    first = await _ask(site, desk, cast, name)
    tag = first.headers["ETag"]
    assert tag.startswith(f'"{first.json["version"]}-')
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await _ask(site, desk, cast, name, If_None_Match=known)
        assert (again.status, again.body) == (304, b"")
        for header in ("ETag", "Cache-Control", "Vary"):
            assert again.headers[header] == first.headers[header]
        assert "X-Request-ID" in again.headers
        assert "Content-Type" not in again.headers
    for other in ('"1"', f'"{tag.strip(chr(34))}x"', tag.strip('"'), '"', ""):
        assert (await _ask(site, desk, cast, name, If_None_Match=other)).status == 200


async def test_a_snapshot_is_known_by_any_of_the_tags_given(site: Site, desk: Furnished) -> None:
    path, token = f"/boards/{desk.board.id}/snapshot", desk.viewer.token
    tag = (await raw(site.url, "GET", path, token=token)).headers["ETag"]
    answer = await raw(site.url, "GET", path, token=token, headers={"If-None-Match": f'"x", W/{tag}'})
    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", tag)


async def test_a_tag_changes_with_what_changes_without_the_version(site: Site, desk: Furnished) -> None:
    """A comment is counted, a label stuck on, a place left: none of it changes the version of the card."""

    async def seen() -> tuple[int, str]:
        answer = await raw(site.url, "GET", f"/cards/{desk.one.id}", token=desk.viewer.token)
        return answer.json["version"], answer.headers["ETag"]

    states = [await seen()]
    for call in (
        comments.create_comment(desk.one.id, CreateComment(text="x")),
        cards.label_card(desk.one.id, desk.other_label.id),
        cards.move_card(desk.one.id, MoveCard(after_id=desk.two.id)),
    ):
        await desk.send(call)
        states.append(await seen())
    assert len({tag for _, tag in states}) == 4
    await desk.send(cards.update_card(desk.one.id, UpdateCard(title="uno", version=states[0][0])))


async def test_the_tag_of_a_board_depends_on_who_reads(site: Site, desk: Furnished) -> None:
    path = f"/boards/{desk.board.id}"
    tags = {(await raw(site.url, "GET", path, token=p.token)).headers["ETag"] for p in (desk.owner, desk.member, desk.viewer)}
    assert len(tags) == 3


# --- If-Match ----------------------------------------------------------------------------------------------------


async def _patch(site: Site, desk: Furnished, if_match: str, **body: Any) -> RawAnswer:
    path = f"/cards/{desk.one.id}"
    return await raw(site.url, "PATCH", path, token=desk.member.token, body=body, headers={"If-Match": if_match})


async def test_a_change_of_the_version_that_was_read_goes_through(site: Site, desk: Furnished) -> None:
    got = await raw(site.url, "GET", f"/cards/{desk.one.id}", token=desk.member.token)
    changed = await _patch(site, desk, got.headers["ETag"], title="a")
    assert changed.status == 200
    assert (await _patch(site, desk, changed.headers["ETag"], title="b")).status == 200
    assert (await _patch(site, desk, f'W/"{changed.json["version"] + 1}"', title="c")).status == 200
    assert (await _patch(site, desk, "*", title="d")).status == 200
    got = await raw(site.url, "GET", f"/cards/{desk.one.id}", token=desk.member.token)
    last = await _patch(site, desk, got.headers["ETag"], title="e", version=got.json["version"])
    assert (
        last.headers["ETag"] == (await raw(site.url, "GET", f"/cards/{desk.one.id}", token=desk.member.token)).headers["ETag"]
    )


async def test_a_stale_change_is_refused_or_merged(site: Site, desk: Furnished) -> None:
    stale = f'"{desk.one.version}"'
    await desk.send(cards.update_card(desk.one.id, UpdateCard(title="theirs")))
    refused = await _patch(site, desk, stale, title="mine")
    assert (refused.status, refused.json["error_type"], refused.json["field"]) == (412, "PreconditionFailed", "title")
    assert (refused.json["data"]["title"], refused.json["data"]["version"]) == ("theirs", desk.one.version + 1)
    merged = await _patch(site, desk, stale, description="mine")
    assert (merged.status, merged.json["title"], merged.json["description"]) == (200, "theirs", "mine")


@pytest.mark.parametrize("wrong", ["7", '"x"', '"7', '""', '"7","8"', '"07"', '"-7"', '"7-x"', "x*", '"99999999999"'])
async def test_what_is_no_version_is_refused(site: Site, desk: Furnished, wrong: str) -> None:
    answer = await _patch(site, desk, wrong, title="mine")
    assert (answer.status, answer.json["field"]) == (400, "If-Match")
    assert (await desk.send(cards.get_card(desk.one.id))).title == "one"


async def test_two_different_versions_are_refused(site: Site, desk: Furnished) -> None:
    answer = await _patch(site, desk, f'"{desk.one.version}"', title="mine", version=desk.one.version + 1)
    assert (answer.status, answer.json["field"]) == (400, "version")


@pytest.mark.parametrize("name", [name for name in COMPARING if name.startswith("DELETE")])
async def test_a_deletion_of_another_version_is_refused(site: Site, desk: Furnished, cast: list[Account], name: str) -> None:
    sample = await _sample(site, desk, cast, name)
    before = await desk.snapshot(archived=True)
    refused = await _send(site, desk, name, sample, If_Match='"999"')
    assert (refused.status, refused.json["error_type"]) == (412, "PreconditionFailed")
    assert await desk.snapshot(archived=True) == before
    version = refused.json["data"]["version"]
    assert (await _send(site, desk, name, sample, If_Match=f'"{version}"')).status == 204


async def test_a_deletion_is_repeatable_with_its_precondition(site: Site, desk: Furnished) -> None:
    headers = {"If-Match": f'"{desk.two.version}"', "Idempotency-Key": desk.board.id}
    for _ in range(2):
        answer = await raw(site.url, "DELETE", f"/cards/{desk.two.id}", token=desk.member.token, headers=headers)
        assert answer.status == 204
    with pytest.raises(NotFound):
        await desk.send(cards.get_card(desk.two.id))


@pytest.mark.parametrize("name", [name for name in UNSAFE if name not in COMPARING])
async def test_an_endpoint_that_compares_nothing_refuses_a_version(
    site: Site, desk: Furnished, cast: list[Account], name: str
) -> None:
    """Silence would be worse: the client would believe that it was heeded."""
    seq = (await desk.own(boards.get_snapshot(desk.board.id))).seq
    answer = await _ask(site, desk, cast, name, If_Match='"1"')
    assert (answer.status, answer.json["field"]) == (400, "If-Match")
    assert (await desk.own(boards.get_snapshot(desk.board.id))).seq - seq <= 1  # a sample may need one thing to be made first
