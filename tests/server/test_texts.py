"""What a card takes as a text, a number or a place, what it mends, and what it refuses by name."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from rego.client import cards
from rego.wire.cards import UpdateCard
from tests.server.furnished import Furnished
from tests.server.site import Site, raw

# --- texts --------------------------------------------------------------------------------------------------------

ONE_LINE_REFUSED = ["a\x1b]0;x\x07b", "a\x00b", "a\nb", "a\tb", "a\x7fb", "a\x9bb", "a\u2028b", "\x1b[2J"]


async def test_a_title_with_control_characters_is_refused(site: Site, desk: Furnished) -> None:
    for text in ONE_LINE_REFUSED:
        for method, path, extra in (
            ("POST", f"/boards/{desk.board.id}/cards", {"column_id": desk.todo.id}),
            ("PATCH", f"/cards/{desk.one.id}", {}),
        ):
            answer = await raw(site.url, method, path, token=desk.member.token, body={"title": text, **extra})
            assert (answer.status, answer.json["field"]) == (400, "title")
            assert "control character U+" in answer.json["detail"]
            assert answer.json["detail"].isprintable()


async def test_a_description_with_control_characters_is_refused(site: Site, desk: Furnished) -> None:
    for text in ["a\x1bb", "a\x00b", "a\x9bb", "a\x0bb"]:
        body = {"description": text}
        answer = await raw(site.url, "PATCH", f"/cards/{desk.one.id}", token=desk.member.token, body=body)
        assert (answer.status, answer.json["field"]) == (400, "description")


async def test_half_characters_are_refused(site: Site, desk: Furnished) -> None:
    for escaped in [rb'{"title": "a\ud800b"}', rb'{"title": "a\udc00"}', b'{"title": "a\xed\xa0\x80"}', b'{"title": "\xff"}']:
        answer = await raw(site.url, "PATCH", f"/cards/{desk.one.id}", token=desk.member.token, content=escaped)
        assert (answer.status, answer.json["error_type"]) == (400, "InvalidInput")


async def test_a_title_is_mended_and_kept(desk: Furnished, site: Site) -> None:
    for sent, kept in [
        ("  padded  ", "padded"),
        ("cafe\u0301", "café"),
        ("abc\u202edef\u2066g\u200f", "abcdefg"),
        ("[/] [@click=app.quit]x[/]", "[/] [@click=app.quit]x[/]"),
        ("漢字 👩‍👩‍👧 é", "漢字 👩‍👩‍👧 é"),
        ("'; DROP TABLE cards; --", "'; DROP TABLE cards; --"),
        ("x" * 512, "x" * 512),
    ]:
        answer = await raw(site.url, "PATCH", f"/cards/{desk.one.id}", token=desk.member.token, body={"title": sent})
        assert answer.json["title"] == kept
        assert (await desk.send(cards.get_card(desk.one.id))).title == kept


async def test_a_description_keeps_its_lines(desk: Furnished) -> None:
    await desk.send(cards.update_card(desk.one.id, UpdateCard(description="a\r\n\tb\rc\n")))
    assert (await desk.send(cards.get_card(desk.one.id))).description == "a\n\tb\nc\n"


async def test_an_empty_or_endless_title_is_refused(site: Site, desk: Furnished) -> None:
    for title in ["", "   ", "\u202e", "x" * 513, "x" * 10_240]:
        body = {"title": title, "column_id": desk.todo.id}
        answer = await raw(site.url, "POST", f"/boards/{desk.board.id}/cards", token=desk.member.token, body=body)
        assert (answer.status, answer.json["field"]) == (400, "title")
        assert len(answer.json["detail"]) < 200


async def test_a_long_description_is_kept_and_stays_out_of_the_snapshot(site: Site, desk: Furnished) -> None:
    text = "ü" * 131_072
    await desk.send(cards.update_card(desk.one.id, UpdateCard(description=text)))
    assert (await desk.send(cards.get_card(desk.one.id))).description == text
    snapshot = await raw(site.url, "GET", f"/boards/{desk.board.id}/snapshot", token=desk.member.token)
    assert len(snapshot.body) < 20_000
    refused = await raw(site.url, "PATCH", f"/cards/{desk.one.id}", token=desk.member.token, body={"description": text + "x"})
    assert (refused.status, refused.json["field"]) == (400, "description")


# --- shapes -------------------------------------------------------------------------------------------------------------


async def test_a_change_of_the_wrong_shape_is_refused(site: Site, desk: Furnished) -> None:
    wrong: list[tuple[dict[str, Any], str | None]] = [
        ({"rank": "0000000000000000"}, "rank"),
        ({"board_id": "x"}, "board_id"),
        ({"id": "x"}, "id"),
        ({"created_by": "x"}, "created_by"),
        ({"number": 7}, "number"),
        ({"comment_count": 7}, "comment_count"),
        ({"title": 7}, "title"),
        ({"title": ["x"]}, "title"),
        ({"completed": "yes"}, "completed"),
        ({"completed": 1}, "completed"),
        ({"priority": "huge"}, "priority"),
        ({"version": "1"}, "version"),
        ({"version": 0}, "version"),
        ({"version": -1}, "version"),
        ({"version": 2**31}, "version"),
        ({"version": 2**63}, "version"),
        ({"version": 10**40}, "version"),
        ({"version": 1.5}, "version"),
    ]
    for change, field in wrong:
        content = str(change).replace("'", '"').encode()
        answer = await raw(site.url, "PATCH", f"/cards/{desk.one.id}", token=desk.member.token, content=content)
        assert (answer.status, answer.json["error_type"]) == (400, "InvalidInput")
        assert answer.json.get("field") == field
        assert (await desk.send(cards.get_card(desk.one.id))).version == desk.one.version


async def test_a_place_of_the_wrong_shape_is_refused(site: Site, desk: Furnished) -> None:
    places: list[dict[str, Any]] = [{"column_id": "x"}, {"column_id": None}, {"after_id": "x"}, {"position": 3}]
    for place in places:
        body = {"title": "x", "column_id": desk.todo.id, **place}
        answer = await raw(site.url, "POST", f"/boards/{desk.board.id}/cards", token=desk.member.token, body=body)
        assert (answer.status, answer.json["field"]) == (400, next(iter(place)))


async def test_labels_and_people_must_belong_to_the_board(site: Site, desk: Furnished) -> None:
    for field in ["label_ids", "assignee_ids"]:
        for wrong in ([str(uuid4())], ["x"], "x", [None]):
            body = {"title": "x", "column_id": desk.todo.id, field: wrong}
            answer = await raw(site.url, "POST", f"/boards/{desk.board.id}/cards", token=desk.member.token, body=body)
            assert answer.status == 400
            assert answer.json["field"].startswith(field)
        assert len(await desk.titles(desk.todo)) == 3
