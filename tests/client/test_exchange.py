"""Requests and answers without a network: bytes, headers, and what each kind of answer means."""

from __future__ import annotations

from typing import Any

import pytest

from rego import __version__
from rego.client import auth, boards, cards, exchange, imports, system
from rego.client.call import Call
from rego.client.exchange import Answer
from rego.client.server import Server
from rego.wire import errors
from rego.wire.base import to_json
from rego.wire.cards import MoveCard, Priority, UpdateCard

SERVER = Server.parse("http://board.example")


def an_answer(status: int, body: bytes = b"", **headers: str) -> Answer:
    return Answer(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=body)


def test_a_read_carries_the_token_and_no_key() -> None:
    request = exchange.build(boards.list_boards(), "token", "op")
    assert (request.method, request.target, request.body) == ("GET", "/boards", None)
    assert request.headers == {
        "Accept": "application/json",
        "User-Agent": f"rego/{__version__}",
        "Authorization": "Bearer token",
    }


def test_a_change_carries_its_key_and_only_the_fields_that_were_named() -> None:
    request = exchange.build(cards.update_card("k", UpdateCard(due_at=None, priority=Priority.HIGH)), "token", "op")
    assert request.headers["Idempotency-Key"] == "op"
    assert request.headers["Content-Type"] == "application/json"
    assert request.body == b'{"due_at":null,"priority":"high"}'


def test_an_empty_command_is_still_an_object() -> None:
    assert exchange.build(cards.move_card("k", MoveCard()), None, None).body == b"{}"


def test_a_login_is_a_form_without_a_token() -> None:
    request = exchange.build(auth.login("ada&b", "p=ä +"), "old token", None)
    assert request.body == b"username=ada%26b&password=p%3D%C3%A4+%2B"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in request.headers


def test_an_upload_is_the_file_itself_and_may_take_longer() -> None:
    request = exchange.build(imports.import_board("trello", b"\x00file"), "t", "op")
    assert (request.target, request.body) == ("/boards/import?format=trello", b"\x00file")
    assert request.timeout > exchange.build(boards.list_boards(), "t", None).timeout


def test_query_values_are_encoded() -> None:
    request = exchange.build(cards.list_cards("b", column_id="a&b=c ü"), None, None)
    assert request.target == "/boards/b/cards?column_id=a%26b%3Dc+%C3%BC"


def a_call_with_a_broken_title() -> Call[Any]:
    body = UpdateCard()
    body.title = "\udcff"
    return cards.update_card("k", body)


@pytest.mark.parametrize(
    "call", [auth.login("a", "\udcff"), cards.list_cards("b", column_id="\udcff"), a_call_with_a_broken_title()]
)
def test_text_that_is_no_text_is_bad_input(call: Call[Any]) -> None:
    with pytest.raises(errors.InvalidInput):
        exchange.build(call, None, None)


def test_no_content_is_none_whatever_the_type() -> None:
    assert exchange.read(boards.delete_board("b"), an_answer(204), SERVER) is None
    assert exchange.read(boards.delete_board("b"), an_answer(200, b'{"some": "card"}'), SERVER) is None


def test_an_answer_of_a_newer_server_may_hold_more_fields() -> None:
    body = b'{"access_token": "a", "refresh_token": "r", "expires_in": 9, "token_type": "bearer", "new": [1]}'
    assert exchange.read(auth.login("a", "b"), an_answer(200, body), SERVER).access_token == "a"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"status": 1}', b"\xff\xfe", b"[" * 100_000])
def test_an_unreadable_success_is_not_rego(body: bytes) -> None:
    with pytest.raises(errors.NotRego, match=r"board\.example"):
        exchange.read(system.health(), an_answer(200, body), SERVER)


@pytest.mark.parametrize("kind", list(errors.HTTP_STATUS))
def test_each_error_survives_the_wire(kind: type[errors.RegoError]) -> None:
    sent = kind("What was wrong.", field="title", data={"id": "k"}, request_id="r1")
    answer = an_answer(errors.HTTP_STATUS[kind], to_json(errors.problem_of(sent)), retry_after="7")
    with pytest.raises(errors.RegoError) as caught:
        exchange.read(boards.list_boards(), answer, SERVER)
    got = caught.value
    assert type(got) is kind
    assert (got.detail, got.field, got.data, got.request_id) == (sent.detail, "title", {"id": "k"}, "r1")
    assert got.retry_after == 7.0


def test_an_error_type_of_a_newer_server_falls_back_on_the_status() -> None:
    body = b'{"detail": "Locked.", "error_type": "BoardLocked"}'
    assert type(exchange.failure_of(an_answer(409, body), SERVER)) is errors.Conflict


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, errors.NotRego),
        (401, errors.NotRego),
        (404, errors.NotRego),
        (500, errors.NotRego),
        (413, errors.TooLarge),
        (429, errors.RateLimited),
        (502, errors.Unavailable),
        (503, errors.Unavailable),
        (504, errors.Unavailable),
    ],
)
def test_failures_that_others_answer(status: int, kind: type[errors.RegoError]) -> None:
    assert type(exchange.failure_of(an_answer(status, b"<html>nginx"), SERVER)) is kind


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3.0),
        (" 10 ", 10.0),
        ("", None),
        ("-1", None),
        ("nan", None),
        ("9" * 400, None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert exchange.retry_after({"retry-after": value}) == seconds


def test_the_next_page_is_the_same_call_with_the_links_query() -> None:
    call = cards.list_cards("b", column_id="x", limit=2)
    link = '<https://elsewhere.example/steal?q=x&limit=2&cursor=a%26b>; rel="next", <http://x/>; rel="first"'
    following = exchange.next_page(call, an_answer(200, b"[]", link=link))
    assert following is not None
    assert (following.path, following.query) == ("/boards/b/cards", {"q": "x", "limit": "2", "cursor": "a&b"})
    assert exchange.next_page(call, an_answer(200, b"[]", link='</boards/b/cards>; rel="prev"')) is None
    assert exchange.next_page(call, an_answer(200, b"[]")) is None


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "is the server running"),
        (FileNotFoundError(2, "No such file"), "is the server running"),
        (TimeoutError(), "took too long"),
        (ConnectionResetError(104, "reset"), "broke off"),
        (OSError(113, "No route to host"), "No route to host"),
        (OSError(), "OSError"),
    ],
)
def test_an_outage_is_told_in_words(cause: OSError, words: str) -> None:
    assert words in exchange.unreachable(SERVER, cause).detail
