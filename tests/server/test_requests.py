"""What is no proper request: each gets the right status and one sentence as problem JSON, and changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest
from yarl import URL

from rego.client import cards
from rego.wire import limits
from rego.wire.errors import Problem
from rego_server.web import bodies
from tests.server.furnished import Furnished
from tests.server.site import RawAnswer, Site, raw


def _check_problem(answer: RawAnswer, status: int, error_type: str) -> None:
    """Whether the answer is a problem as documented: a printable sentence, the class, the request's id."""
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"].startswith("application/json")
    problem = answer.json
    assert problem["error_type"] == error_type
    assert problem["detail"].isprintable()
    assert problem["detail"].endswith(".")
    assert len(problem["detail"]) < 300
    assert "Traceback" not in problem["detail"]
    assert set(problem) <= set(Problem.__struct_fields__)
    assert problem["request_id"] == answer.headers["X-Request-ID"]


async def test_an_unknown_endpoint_and_a_wrong_method_are_problems(site: Site, desk: Furnished) -> None:
    token = desk.member.token
    for path in ("/nothing", "/boards/", f"/boards/{desk.board.id}/nothing", "/%00", "/..%2f..%2fetc/passwd", "/boards//x"):
        _check_problem(await raw(site.url, "GET", path, token=token), 404, "NotFound")
    answer = await raw(site.url, "PUT", "/boards", token=token, body={})
    _check_problem(answer, 405, "NotFound")
    assert set(answer.headers["Allow"].split(",")) == {"GET", "POST"}
    _check_problem(await raw(site.url, "POST", f"/cards/{desk.one.id}", token=token, body={}), 405, "NotFound")


async def test_an_id_that_is_none_is_not_found(site: Site, desk: Furnished) -> None:
    for name in ("x", "1", "%00", "%ff", "%F0%9F%92%A5", "'%20OR%201=1", desk.board.id + "x", desk.board.id.replace("-", "")):
        for path in (
            f"/boards/{name}",
            f"/boards/{name}/snapshot",
            f"/columns/{name}",
            f"/cards/{name}",
            f"/boards/{name}/presence",
        ):
            _check_problem(await raw(site.url, "GET", path, token=desk.member.token), 404, "NotFound")


async def test_ids_may_be_written_in_capitals(site: Site, desk: Furnished) -> None:
    answer = await raw(site.url, "GET", f"/boards/{desk.board.id.upper()}", token=desk.member.token)
    assert answer.json["id"] == desk.board.id


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"nonsense",
        b"{'title': 'x'}",
        b'{"title": "x",}',
        b"[]",
        b'"x"',
        b"null",
        b"3",
        b"\xff\xfe",
        b'{"title": NaN}',
        b'{"title": 1e999}',
        b'{"title": "\\x"}',
        b"[" * 100_000,
        b'{"title":' * 5_000,
        b"\xef\xbb\xbf{}x",
    ],
    ids=lambda content: content[:12].decode(errors="replace"),
)
async def test_a_body_that_is_no_json_object_is_refused(site: Site, desk: Furnished, content: bytes) -> None:
    answer = await raw(site.url, "PATCH", f"/cards/{desk.one.id}", token=desk.member.token, content=content)
    _check_problem(answer, 400, "InvalidInput")
    assert (await desk.send(cards.get_card(desk.one.id))).version == desk.one.version


async def test_a_missing_body_lacks_its_fields(site: Site, desk: Furnished) -> None:
    answer = await raw(site.url, "POST", f"/boards/{desk.board.id}/cards", token=desk.member.token)
    _check_problem(answer, 400, "InvalidInput")
    assert "title" in answer.json["detail"]


async def test_an_unknown_field_is_named(site: Site, desk: Furnished) -> None:
    answer = await raw(site.url, "PATCH", f"/cards/{desk.one.id}", token=desk.member.token, body={"titel": "x"})
    _check_problem(answer, 400, "InvalidInput")
    assert "titel" in answer.json["detail"]


async def test_an_unknown_field_with_control_characters_is_named_printably(site: Site, desk: Furnished) -> None:
    body = {"\x1b]0;x\x07\u202e": "x"}
    answer = await raw(site.url, "PATCH", f"/cards/{desk.one.id}", token=desk.member.token, body=body)
    _check_problem(answer, 400, "InvalidInput")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
async def test_a_body_of_another_kind_is_refused(site: Site, desk: Furnished, kind: str) -> None:
    answer = await raw(
        site.url,
        "PATCH",
        f"/cards/{desk.one.id}",
        token=desk.member.token,
        content=b'{"title": "x"}',
        headers={"Content-Type": kind},
    )
    _check_problem(answer, 415, "UnsupportedMedia")


async def test_json_with_a_charset_is_json(site: Site, desk: Furnished) -> None:
    answer = await raw(
        site.url,
        "PATCH",
        f"/cards/{desk.one.id}",
        token=desk.member.token,
        content=b'{"title": "x"}',
        headers={"Content-Type": "application/json; charset=utf-8"},
    )
    assert answer.status == 200


async def test_a_body_over_the_limit_is_refused_by_its_announced_length(site: Site, desk: Furnished) -> None:
    content = b'{"description": "' + b"x" * limits.BODY_MAX_BYTES + b'"}'
    answer = await raw(site.url, "PATCH", f"/cards/{desk.one.id}", token=desk.member.token, content=content)
    _check_problem(answer, 413, "TooLarge")


async def test_a_body_over_the_limit_is_refused_by_counting(site: Site, desk: Furnished) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(limits.BODY_MAX_BYTES // 65_536 + 2):
            yield b" " * 65_536

    answer = await raw(site.url, "PATCH", f"/cards/{desk.one.id}", token=desk.member.token, content=pieces())
    _check_problem(answer, 413, "TooLarge")


async def test_a_body_just_below_the_limit_is_read(site: Site, desk: Furnished) -> None:
    content = b'{"title": "x"}' + b" " * (limits.BODY_MAX_BYTES - 14)
    answer = await raw(site.url, "PATCH", f"/cards/{desk.one.id}", token=desk.member.token, content=content)
    assert answer.status == 200


async def _send_raw(url: str, request: bytes) -> bytes:
    address = URL(url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        writer.write(request)
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (b"GET /health HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer hush" + b"x" * 9_000, "too long"),
        (b"GET /health?hush=" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: x", "too long"),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nhu sh: x", "no HTTP request"),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: -1hush", "no HTTP request"),
        (b"hush", "no HTTP request"),
    ],
    ids=["header", "address", "name", "length", "method"],
)
async def test_what_is_no_http_is_refused_and_not_logged(
    site: Site, caplog: pytest.LogCaptureFixture, sent: bytes, sentence: str
) -> None:
    head, _, body = (await _send_raw(site.url, sent + b"\r\n\r\n")).partition(b"\r\n\r\n")
    problem = msgspec.json.decode(body, type=Problem)
    assert head.split()[1] == b"400"
    assert (problem.error_type, f"X-Request-ID: {problem.request_id}" in head.decode()) == ("InvalidInput", True)
    assert sentence in problem.detail
    assert b"hush" not in body
    assert caplog.records == []


async def test_a_request_id_is_kept_when_it_is_one(site: Site) -> None:
    answer = await raw(site.url, "GET", "/health", headers={"X-Request-ID": "abc-1.2_3"})
    assert answer.headers["X-Request-ID"] == "abc-1.2_3"
    for wrong in ("x" * 65, "a b", "a\tb", "ü", "\udcff", "<script>"):
        answer = await raw(site.url, "GET", "/health", headers={"X-Request-ID": wrong})
        assert answer.headers["X-Request-ID"] != wrong
        assert len(answer.headers["X-Request-ID"]) == 32


async def test_answers_tell_browsers_to_be_careful(site: Site, desk: Furnished) -> None:
    for path in ("/health", "/boards", "/nothing"):
        answer = await raw(site.url, "GET", path, token=desk.member.token)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_flags_are_true_or_false(site: Site, desk: Furnished) -> None:
    path = f"/boards/{desk.board.id}/snapshot"
    for value, status in (("true", 200), ("1", 200), ("FALSE", 200), ("maybe", 400), ("", 400)):
        answer = await raw(site.url, "GET", f"{path}?archived={value}", token=desk.member.token)
        assert answer.status == status


async def test_no_body_and_an_empty_object_change_nothing(site: Site, desk: Furnished) -> None:
    bodies: list[dict[str, str] | None] = [None, {}]
    for body in bodies:
        answer = await raw(site.url, "PATCH", f"/cards/{desk.one.id}", token=desk.member.token, body=body)
        assert (answer.status, answer.json["version"]) == (200, desk.one.version)


async def test_a_body_that_stops_arriving_is_given_up(monkeypatch: pytest.MonkeyPatch, site: Site, desk: Furnished) -> None:
    monkeypatch.setattr(bodies, "BODY_STALLS_MAX", 0.05)
    never = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b'{"title": '
        await never.wait()

    answer = await raw(site.url, "POST", "/boards", token=desk.member.token, content=body())
    _check_problem(answer, 400, "InvalidInput")
    assert "stopped arriving" in answer.json["detail"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=99999999999999999999999", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=5&limit=6", "limit"),
        ("utc_offset=901", "utc_offset"),
        ("column_id=x", "column_id"),
        ("archived=perhaps", "archived"),
        ("cursor=%00", "cursor"),
        ("q=%00", "q"),
        ("colour=red", "colour"),
        ("%1b%5b31m=1", "?[31m"),
    ],
)
async def test_a_wrong_query_parameter_is_named(site: Site, desk: Furnished, query: str, field: str) -> None:
    answer = await raw(site.url, "GET", f"/boards/{desk.board.id}/cards?{query}", token=desk.member.token)
    _check_problem(answer, 400, "InvalidInput")
    assert answer.json["field"] == field


async def test_an_endpoint_without_query_parameters_takes_none(site: Site, desk: Furnished) -> None:
    for method, path in (("GET", f"/boards/{desk.board.id}"), ("DELETE", f"/cards/{desk.one.id}"), ("GET", "/health")):
        answer = await raw(site.url, method, f"{path}?force=1", token=desk.member.token)
        _check_problem(answer, 400, "InvalidInput")
        assert answer.json["detail"] == "This endpoint has no query parameter of that name; there are none."
