"""`rego cards` against a real server."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from rego.cli.card_views import way_back
from rego.client import cards
from rego.client.blocking import Client
from rego.client.boards import create_board
from rego.client.call import Call
from rego.client.labels import create_label
from rego.wire.boards import CreateBoard
from rego.wire.cards import CardSummary, UpdateCard
from rego.wire.columns import Color
from rego.wire.labels import CreateLabel
from tests.cli.conftest import Person, Rego
from tests.cli.payloads import HOSTILE, steering


def board_of(rego: Rego, key: str) -> dict[str, list[str]]:
    """The titles of the cards by column."""
    found: dict[str, list[str]] = {}
    for card in json.loads(rego("cards", "list", key, "--json", "column,title").out):
        found.setdefault(card["column"], []).append(card["title"])
    return found


def test_a_list_in_a_pipe_is_one_line_a_card(rego: Rego, ops: str) -> None:
    result = rego("cards", "list", ops)
    assert (result.code, result.err) == (0, "")
    assert result.lines == [f"{ops}-{n}\tTo do\t{title}\t\t\t\t\t" for n, title in ((1, "One"), (2, "Two"), (3, "Three"))]


def test_the_only_board_needs_no_name(rego: Rego, ops: str) -> None:
    assert rego("cards", "list").out == rego("cards", "list", ops).out == rego("cards", "list", "--board", ops.lower()).out


def test_with_two_boards_the_name_is_asked_for_or_taken_from_the_environment(
    rego: Rego, ops: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rego("boards", "add", "Website")
    result = rego("cards", "list")
    assert result.code == 2
    assert f"Which board? You have {ops} (Operations), " in result.err
    monkeypatch.setenv("REGO_BOARD", ops)
    assert rego("cards", "list", "-q").lines == [f"{ops}-1", f"{ops}-2", f"{ops}-3"]


def test_a_list_of_one_column(rego: Rego, ops: str) -> None:
    rego("cards", "move", f"{ops}-2", "doing")
    assert rego("cards", "list", "--column", "doi", "-q").lines == [f"{ops}-2"]


@pytest.mark.parametrize(
    ("arguments", "after"),
    [
        (("Doing",), {"To do": ["Two", "Three"], "Doing": ["One"]}),
        (("--bottom",), {"To do": ["Two", "Three", "One"]}),
        (("To do", "--bottom"), {"To do": ["Two", "Three", "One"]}),
        (("--after", "{key}-2"), {"To do": ["Two", "One", "Three"]}),
        (("--before", "{key}-3"), {"To do": ["Two", "One", "Three"]}),
    ],
)
def test_moves(rego: Rego, ops: str, arguments: tuple[str, ...], after: dict[str, list[str]]) -> None:
    result = rego("cards", "move", f"{ops.lower()}-1", *(a.format(key=ops) for a in arguments))
    assert (result.code, result.lines) == (0, [f"{ops}-1"])
    assert board_of(rego, ops) == after


def test_a_move_to_the_top_is_told_in_one_line(rego: Rego, ops: str) -> None:
    rego("cards", "move", f"{ops}-3", "Doing")
    result = rego("cards", "move", f"{ops}-2", "Doing", "--top")
    assert result.err == f"{ops}-2 moved from To do to Doing, at the top{way_back(ops)}\n"
    assert board_of(rego, ops)["Doing"] == ["Two", "Three"]


def test_a_move_next_to_a_card_of_another_column_goes_there(rego: Rego, ops: str) -> None:
    rego("cards", "move", f"{ops}-3", "Doing")
    rego("cards", "move", f"{ops}-1", "--before", f"{ops}-3")
    assert board_of(rego, ops) == {"To do": ["Two"], "Doing": ["One", "Three"]}


def test_add_with_everything(rego: Rego, ops: str, ada: Person) -> None:
    with Client(ada.server, ada.credentials) as client:
        board_id = json.loads(rego("boards", "list", "--json", "id").out)[0]["id"]
        client.send(create_label(board_id, CreateLabel(name="bug", color=Color.RED)))
    words = ("--to", "doing", "--due", "2026-12-24", "--priority", "high", "--label", "BUG", "-d", "-")
    result = rego("cards", "add", "Fix login", *words, input="# Steps\n")
    assert (result.code, result.err) == (0, f"{ops}-4 added to Doing: Fix login\n")
    sheet = json.loads(rego("cards", "show", result.lines[0], "--json").out)
    assert (sheet["column"], sheet["priority"], sheet["labels"], sheet["description"]) == (
        "Doing",
        "high",
        ["bug"],
        "# Steps\n",
    )
    assert datetime.fromisoformat(sheet["due_at"]) == datetime(2026, 12, 24, 23, 59).astimezone()


def test_add_next_to_a_card_goes_to_its_column(rego: Rego, ops: str) -> None:
    rego("cards", "move", f"{ops}-3", "Doing")
    rego("cards", "add", "Four", "--after", f"{ops}-3")
    assert board_of(rego, ops)["Doing"] == ["Three", "Four"]


def test_an_edit_changes_what_is_named_and_can_clear(rego: Rego, ops: str) -> None:
    rego("cards", "edit", f"{ops}-1", "--due", "2026-12-24", "-d", "text")
    result = rego("cards", "edit", f"{ops}-1", "--title", "Uno", "--no-due")
    assert (result.code, result.err) == (0, f"{ops}-1: title, due date changed{way_back(ops)}\n")
    sheet = json.loads(rego("cards", "show", f"{ops}-1", "--json", "title,due_at,description").out)
    assert sheet == {"title": "Uno", "due_at": None, "description": "text"}


def test_an_edit_that_changes_nothing_says_so(rego: Rego, ops: str) -> None:
    assert rego("cards", "edit", f"{ops}-1", "--title", "One").err == f"{ops}-1 was so already\n"


def test_an_edit_that_another_overtook_is_a_conflict(
    rego: Rego, ops: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = cards.update_card

    def overtaken(card: str, body: UpdateCard) -> Call[CardSummary]:
        with Client(ada.server, ada.credentials) as client:
            client.send(update(card, UpdateCard(title="Theirs")))
        return update(card, body)

    monkeypatch.setattr(cards, "update_card", overtaken)
    result = rego("cards", "edit", f"{ops}-1", "--title", "Mine")
    assert (result.code, result.out) == (6, "")
    assert len(result.err.splitlines()) == 1
    assert board_of(rego, ops)["To do"][0] == "Theirs"


@pytest.mark.parametrize(("verb", "field"), [("done", "completed"), ("archive", "archived")])
def test_done_and_archive_can_be_taken_back(rego: Rego, ops: str, verb: str, field: str) -> None:
    told = rego("cards", verb, f"{ops}-1")
    assert f"rego cards {verb} {ops}-1 --undo" in told.err
    assert json.loads(rego("cards", "show", f"{ops}-1", "--json", field).out) == {field: True}
    assert rego("cards", verb, f"{ops}-1", "--undo").code == 0
    assert json.loads(rego("cards", "show", f"{ops}-1", "--json", field).out) == {field: False}


def test_archived_cards_are_listed_when_asked_for(rego: Rego, ops: str) -> None:
    rego("cards", "archive", f"{ops}-2")
    assert rego("cards", "list", "-q").lines == [f"{ops}-1", f"{ops}-3"]
    assert f"{ops}-2\tTo do\tTwo\tarchived\t\t\t\t" in rego("cards", "list", "--archived").lines


def test_show_is_plain_text(rego: Rego, ops: str) -> None:
    rego("cards", "edit", f"{ops}-1", "-d", "# Why\n\n*because*")
    assert rego("cards", "show", f"{ops}-1").out == f"{ops}-1  One\nTo do on Operations\n\n# Why\n\n*because*\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("show", "{key}-99"), 3, "There is no card {key}-99 here"),
        (("show", "ZZZZZZ-1"), 3, "There is no card ZZZZZZ-1 here"),
        (("move", "{key}-99", "Doing"), 3, "There is no card {key}-99"),
        (("move", "{key}-1", "Nowhere"), 3, "No column is called 'Nowhere': there are To do, Doing, Done."),
        (("move", "{key}-1", "Do"), 2, "'Do' fits 2 columns"),
        (("move", "{key}-1", "--after", "{key}-99"), 3, "There is no card {key}-99"),
        (("add", "x", "--to", "Nowhere"), 3, "No column is called"),
        (("add", "x", "--label", "nope"), 3, "No label is called 'nope': there are none."),
        (("add", ""), 2, "title"),
        (("add", "x" * 10_000), 2, "title"),
        (("add", "\x1b]0;owned\x07"), 2, "control character U+001B"),
        (("list", "nope"), 3, "No board is called 'nope'"),
    ],
)
def test_what_is_not_there_is_one_sentence(rego: Rego, ops: str, arguments: tuple[str, ...], code: int, said: str) -> None:
    result = rego("cards", *(a.format(key=ops) for a in arguments))
    assert (result.code, result.out) == (code, "")
    assert said.format(key=ops) in result.err
    assert len(result.err.splitlines()) == 1
    assert board_of(rego, ops) == {"To do": ["One", "Two", "Three"]}


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_title_is_refused_or_shown_harmlessly(rego: Rego, ops: str, payload: str) -> None:
    said = [rego("cards", "add", f"x{payload}"), rego("cards", "list"), rego("cards", "show", f"{ops}-4")]
    assert said[0].code in (0, 2)
    for result in said:
        assert steering(result.err) == []
        assert [c for c in steering(result.out) if c != "\t"] == []


def test_a_stranger_s_board_is_not_there(rego: Rego, ops: str, server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGO_TOKEN", "not-a-token")
    result = rego("cards", "show", f"{ops}-1")
    assert (result.code, result.out) == (4, "")
    assert "rego login" in result.err


def test_a_board_without_columns_says_how_to_add_one(rego: Rego, ada: Person) -> None:
    with Client(ada.server, ada.credentials) as client:
        key = client.send(create_board(CreateBoard(title="Empty"))).key
    assert f"rego columns add TITLE --board {key}" in rego("cards", "add", "x", "--board", key).err
